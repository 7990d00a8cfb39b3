/** Who may import whom: read from the import statements, so that a slip fails before it spreads. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../src");

/** What the files of a folder may import, besides the files of that folder. */
const ALLOWED: Record<string, { folders: string[]; packages: string[] }> = {
  format: { folders: [], packages: [] },
  data: { folders: ["format", "model"], packages: ["@uwdata/flechette", "kdbush"] },
  model: { folders: ["format"], packages: ["kdbush", "d3-interpolate"] },
  layers: { folders: ["format", "model"], packages: ["twgl.js"] },
  ui: { folders: ["format", "model"], packages: ["svelte", "d3-selection", "d3-zoom", "openseadragon"] },
  control: { folders: ["format", "data", "model", "layers", "ui"], packages: ["svelte"] },
};

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.(ts|svelte)$/.test(name),
);

function importsOf(file: string): string[] {
  const source = readFileSync(join(SRC, file), "utf8");
  return [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
}

function folderOf(file: string, target: string): string {
  return relative(SRC, join(SRC, dirname(file), target)).split("/")[0] ?? "";
}

describe.each(Object.entries(ALLOWED))("%s", (folder, { folders, packages }) => {
  const own = files.filter((file) => file.startsWith(`${folder}/`));

  it("has files", () => expect(own.length).toBeGreaterThan(0));

  it.each(own)("%s imports only what it may", (file) => {
    for (const name of importsOf(file)) {
      if (name.startsWith(".")) expect([folder, ...folders]).toContain(folderOf(file, name));
      else expect(packages).toContain(name);
    }
  });
});

it.each(files.filter((file) => file.startsWith("control/")))(
  "%s knows layers by their types only",
  (file) => {
    const source = readFileSync(join(SRC, file), "utf8");
    expect(source).not.toMatch(/import (?!type)[^;]*"\.\.\/layers\//);
  },
);

it("leaves main.ts as the only file outside the folders", () => {
  expect(files.filter((file) => !file.includes("/"))).toEqual(["main.ts"]);
});

it.each(files.filter((file) => /^(format|model)\//.test(file)))("%s knows no page and no WebGL", (file) => {
  const source = readFileSync(join(SRC, file), "utf8");
  expect(source).not.toMatch(/\b(document|window|canvas|WebGL2?\w+|HTML\w+Element)\./);
});

it.each(files.filter((file) => file.endsWith(".svelte")))("%s never parses text as HTML", (file) => {
  expect(readFileSync(join(SRC, file), "utf8")).not.toMatch(/\{@html|innerHTML/);
});
