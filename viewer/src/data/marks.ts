/** What is written and drawn under the pictures of a layout. */
import { FormatError } from "../format/errors";
import type { Layout, LinesRef, TableRef } from "../format/manifest";
import { type Caption, ranked } from "../model/captions";
import type { Lines, Marks } from "../model/travel";
import { fetchArray } from "./fetch";

const COLUMNS = ["text", "x", "y", "level", "anchor"] as const;

/** The labels and lines of a layout; null where it has none. */
export async function fetchMarks({ labels, lines }: Layout): Promise<Marks | null> {
  if (!labels && !lines) return null;
  const [captions, drawn] = await Promise.all([
    labels ? fetchCaptions(labels) : [],
    lines ? fetchLines(lines) : null,
  ]);
  return { captions: ranked(captions), lines: drawn };
}

async function fetchCaptions(labels: TableRef): Promise<Caption[]> {
  const { fetchTable } = await import("./table");
  const table = await fetchTable(labels, COLUMNS);
  return Array.from({ length: table.count }, (_, row) => {
    const [text, x, y, level, anchor] = COLUMNS.map((column) => table.value(column, row));
    return {
      text: `${text ?? ""}`,
      x: Number(x),
      y: Number(y),
      level: Number(level),
      anchor: anchor === "right" ? "right" : "top",
    };
  });
}

async function fetchLines(lines: LinesRef): Promise<Lines> {
  const [points, ends] = await Promise.all([fetchArray(lines.points, "f32"), fetchArray(lines.ends, "u32")]);
  const last = ends.at(-1) ?? 0;
  if (2 * last !== points.length)
    throw new FormatError(lines.ends.file, `${points.length / 2} at the end`, last);
  return { points, ends };
}
