/** The image services of rows: a few bytes of each row asked for, or all of a small collection's. */
import type { ServicesRef } from "../format/manifest";
import { readService, type Service } from "../model/service";
import { fetchArray, fetchFile, fetchRange } from "./fetch";

/** Bytes that may be fetched at once. */
const SMALL = 1 << 22;
/** Rows from which on all records are fetched. */
const MANY = 64;

export class Services {
  #ends: Promise<Uint32Array> | null = null;
  #all: Promise<ArrayBuffer> | null = null;

  constructor(readonly ref: ServicesRef) {}

  async of(row: number): Promise<Service | null> {
    const [start, end] = await this.#place(row);
    if (start === end) return null;
    const part =
      this.#all || this.ref.records.bytes <= SMALL
        ? null
        : await fetchRange(this.ref.records.file, start, end - start);
    return readService(part ?? (await this.#records()).slice(start, end), this.ref.hosts);
  }

  /** Those of many rows, by row. A record that is no service counts as none: the pictures of the others can still be taken home. */
  async ofRows(rows: Int32Array): Promise<Map<number, Service>> {
    if (rows.length >= MANY) await this.#records();
    const found = new Map<number, Service>();
    for (const row of rows) {
      const service = await this.of(row).catch(() => null);
      if (service) found.set(row, service);
    }
    return found;
  }

  async #place(row: number): Promise<[number, number]> {
    this.#ends ??= fetchArray(this.ref.ends, "u32");
    const ends = await this.#ends;
    return [row > 0 ? (ends[row - 1] ?? 0) : 0, ends[row] ?? 0];
  }

  #records(): Promise<ArrayBuffer> {
    this.#all ??= fetchFile(this.ref.records).then((blob) => blob.arrayBuffer());
    return this.#all;
  }
}
