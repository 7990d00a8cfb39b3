/** A IIIF image service behind a row (docs/format.md, "Services"), from bytes that are only as good as their server. */
import { count, oneOf, record, text } from "../format/check";
import { FormatError } from "../format/errors";

export interface Service {
  readonly id: string;
  /** Of the Image API. */
  readonly version: 1 | 2 | 3;
  readonly level: 0 | 1 | 2;
  /** Of the whole image in pixels; 0 where it is not known. */
  readonly width: number;
  readonly height: number;
  /** The part that is shown. */
  readonly region: string;
  /** The address of a large picture. */
  readonly large: string;
}

const service = record<Service>({
  id: text,
  version: oneOf<1 | 2 | 3>(1, 2, 3),
  level: oneOf<0 | 1 | 2>(0, 1, 2),
  width: count,
  height: count,
  region: text,
  large: text,
});

/** The service in a row's record; null for none. `hosts`: the origins that the page may ask. */
export function readService(bytes: ArrayBuffer, hosts: readonly string[]): Service | null {
  if (bytes.byteLength === 0) return null;
  const found = service(JSON.parse(new TextDecoder().decode(bytes)), "service");
  const origin = URL.canParse(found.id) ? new URL(found.id).origin : "";
  if (!hosts.includes(origin)) throw new FormatError("service.id", `a host of ${hosts.join(", ")}`, found.id);
  return { ...found, large: found.id + found.large };
}

/** Where a deep zoom begins. */
export function infoOf(service: Service): string {
  return `${service.id}/info.json`;
}
