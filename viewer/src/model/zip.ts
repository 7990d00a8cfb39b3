/**
 * A ZIP archive without compression, which pictures do not need: each file behind a header of its own, and a list at the end
 * (PKWARE, "APPNOTE.TXT", version 6.3). Names are UTF-8; there are no times in it.
 */

const CRC = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The most files, and bytes, of an archive without the extension for more, which not every reader has. */
export const MOST_FILES = 65_534;
export const MOST_BYTES = 2 ** 32 - 2;

/** CRC-32 as ZIP has it. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let at = 0; at < bytes.length; at++)
    value = (CRC[(value ^ (bytes[at] ?? 0)) & 255] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

interface Entry {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly size: number;
  readonly start: number;
}

const UTF8 = new TextEncoder();
/** 1 January 1980, the first day that ZIP knows. */
const DAY = 33;
const VERSION = 20;
/** The name is UTF-8. */
const FLAGS = 1 << 11;

/** Takes files one after the other, and gives the bytes to write before each. */
export class Zip {
  readonly #entries: Entry[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The header that a file stands behind. Throws RangeError where the archive would be too large. */
  add(name: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const entry = { name: UTF8.encode(name), crc: crc32(bytes), size: bytes.length, start: this.#size };
    const header = head(0x04034b50, 30, entry, 4);
    const size = this.#size + header.length + bytes.length;
    if (this.#entries.length >= MOST_FILES || size > MOST_BYTES)
      throw new RangeError(`expected at most ${MOST_FILES} files of ${MOST_BYTES} bytes together`);
    this.#entries.push(entry);
    this.#size = size;
    return header;
  }

  /** The list of all files, which closes the archive. */
  end(): Uint8Array<ArrayBuffer>[] {
    const list = this.#entries.map((entry) => {
      const header = head(0x02014b50, 46, entry, 6);
      const view = new DataView(header.buffer);
      view.setUint16(4, VERSION, true);
      view.setUint32(42, entry.start, true);
      return header;
    });
    const last = new DataView(new ArrayBuffer(22));
    last.setUint32(0, 0x06054b50, true);
    last.setUint16(8, list.length, true);
    last.setUint16(10, list.length, true);
    last.setUint32(
      12,
      list.reduce((sum, { length }) => sum + length, 0),
      true,
    );
    last.setUint32(16, this.#size, true);
    return [...list, new Uint8Array(last.buffer)];
  }
}

/** What the header before a file and that in the list share: from `at` on the same fields. */
function head(mark: number, length: number, { name, crc, size }: Entry, at: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, mark, true);
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, FLAGS, true);
  view.setUint16(at + 8, DAY, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, name.length, true);
  bytes.set(name, length);
  return bytes;
}

/** Characters that no system's file names take, and those that turn a name's direction. */
const REFUSED = /[\p{Cc}\p{Cf}\p{Cs}<>:"|?*\\]/gu;
const JPEG = /\.jpe?g$/i;
/** Letters of a folder's or a file's name. */
const LONGEST = 120;

/**
 * Names for JPEG files: each item's own path, as far as every system takes it, with ".jpg" where it ends otherwise; of those that
 * come twice the later ones are numbered.
 */
export function jpegNames(items: readonly string[]): string[] {
  const taken = new Set<string>();
  return items.map((item) => {
    const parts = item
      .split("/")
      .map(partOf)
      .filter((part) => part !== "");
    const path = parts.join("/") || "picture";
    const stem = path.replace(JPEG, "");
    const ending = JPEG.exec(path)?.[0] ?? ".jpg";
    let name = `${stem}${ending}`;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${stem} (${number})${ending}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

function partOf(text: string): string {
  const part = text.replace(REFUSED, "_").trim().replace(/^\.+$/, "");
  return part.length > LONGEST ? `${part.slice(0, LONGEST - 12)}${part.slice(-12)}` : part;
}
