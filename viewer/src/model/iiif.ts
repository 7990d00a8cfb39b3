/** Rows as a IIIF Presentation 3 manifest (https://iiif.io/api/presentation/3.0/), to open in any viewer of such. */
import type { Column, Rights } from "../format/manifest";
import type { ReadCell } from "./columns";
import { picturePath, safeLink, titleOf } from "./detail";
import { ownRights, restOf, rightsOf, rightsUri } from "./rights";
import type { Service } from "./service";

export interface Exported {
  /** The folder of the page, which ends in a slash. */
  readonly address: string;
  readonly title: string;
  readonly columns: readonly Column[];
  /** What the collection says of its pictures as a whole. */
  readonly rights: Rights | null;
  /** The manifest's pattern of pictures, and the longest side of one in pixels. */
  readonly pictures: { readonly path: string; readonly longest_side: number };
  read: ReadCell;
  size(row: number): readonly [number, number];
  service(row: number): Service | null;
}

interface Body {
  readonly id: string;
  readonly type: "Image";
  readonly format: "image/jpeg";
  readonly width: number;
  readonly height: number;
  readonly service?: readonly object[];
}

/**
 * A canvas for each row, in order. What the collection says of all of them is said once, of the manifest. `mark`: of the selection,
 * which makes ids its own.
 */
export function toManifest(rows: Iterable<number>, from: Exported, mark: string): string {
  const id = `${from.address}iiif/selection-${mark}.json`;
  const listed = Array.from(rows, (row) => ({
    row,
    own: ownRights(from.columns, (name) => from.read(name, row)),
  }));
  const first = (key: "credit" | "licence") => listed.map(({ own }) => own[key]).find((text) => text) ?? "";
  const shared = restOf({ credit: first("credit"), licence: first("licence"), address: "" }, from.rights);
  // What is not said of all is said of each that has nothing of its own.
  const rest = restOf({ ...shared, licence: shared.licence || shared.address }, from.rights);
  const items = listed.map(({ row, own }) => ({
    ...canvas(row, from, id),
    ...stated(rightsOf(own, rest)),
  }));
  const label = { none: [from.title] };
  const context = "http://iiif.io/api/presentation/3/context.json";
  return `${JSON.stringify({ "@context": context, id, type: "Manifest", label, ...stated(shared), items }, null, 1)}\n`;
}

function canvas(row: number, from: Exported, manifest: string): object {
  const id = `${manifest}/canvas/${row}`;
  const image = body(row, from);
  const painting = { id: `${id}/image`, type: "Annotation", motivation: "painting", body: image, target: id };
  const { width, height } = image;
  const label = { none: [titleOf([...from.columns], (column) => from.read(column, row))] };
  const page = { id: `${id}/page`, type: "AnnotationPage", items: [painting] };
  return { id, type: "Canvas", label, height, width, items: [page], ...described(row, from) };
}

function described(row: number, from: Exported): object {
  const value = (name: string | undefined) => `${(name && from.read(name, row)) ?? ""}`;
  const named = (name: string) => value(from.columns.find((column) => column.name === name)?.name);
  const page = safeLink(value(from.columns.find((column) => column.role === "permalink")?.name));
  const source = safeLink(named("manifest"));
  return {
    ...(page ? { homepage: [{ id: page, type: "Text", label: { none: [page] }, format: "text/html" }] } : {}),
    ...(source ? { partOf: [{ id: source, type: "Manifest" }] } : {}),
  };
}

/** `rights`, where the licence is one that may stand there, and all as a text that viewers show. */
function stated({ credit, licence, address }: Rights): object {
  const rights = rightsUri(address) ?? rightsUri(licence);
  const terms = [licence, address].filter((text) => text !== "" && rightsUri(text) === null);
  const label = credit === "" ? "Licence" : terms.length > 0 ? "Attribution and licence" : "Attribution";
  const texts = [...new Set([credit, ...terms])].filter((text) => text !== "");
  return {
    ...(rights === null ? {} : { rights }),
    ...(texts.length > 0 ? { requiredStatement: { label: { en: [label] }, value: { none: texts } } } : {}),
  };
}

function body(row: number, from: Exported): Body {
  const service = from.service(row);
  const [width, height] = from.size(row);
  if (service === null) {
    const scale = Math.min(1, from.pictures.longest_side / Math.max(width, height));
    const id = from.address + picturePath(from.pictures.path, `${from.read("image", row) ?? ""}`);
    return image(id, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  }
  const known = service.width > 0 && service.height > 0;
  const whole = image(service.large, known ? service.width : width, known ? service.height : height);
  return { ...whole, service: [reference(service)] };
}

function image(id: string, width: number, height: number): Body {
  return { id, type: "Image", format: "image/jpeg", width, height };
}

function reference({ id, version, level }: Service): object {
  if (version === 3) return { id, type: "ImageService3", profile: `level${level}` };
  const profile =
    version === 2
      ? `http://iiif.io/api/image/2/level${level}.json`
      : `http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level${level}`;
  return { "@id": id, "@type": `ImageService${version}`, profile };
}
