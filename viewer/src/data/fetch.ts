/** Fetching from the site's own folder; every failure becomes a LoadError that says what to do. */

import { type ArrayOf, readArray } from "../format/arrays";
import { LoadError } from "../format/errors";
import {
  type ArrayRef,
  type Dtype,
  type FileRef,
  type Manifest,
  readManifest,
  rooted,
} from "../format/manifest";

const MANIFEST = "data/manifest.json";

const HERE = "Serve the site folder with a web server (for example `python -m http.server`) and reload.";
const ELSEWHERE =
  "Check the address. If it is right, the server there must allow other pages to read its files (Access-Control-Allow-Origin).";

async function request(file: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(file, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new LoadError(file, "an answer from the server", "none", /^https?:/.test(file) ? ELSEWHERE : HERE);
  }
  if (!response.ok) throw new LoadError(file, "the file", `HTTP status ${response.status}`);
  return response;
}

/** `root`: the folder of the collection, "" for the page's own. */
export async function fetchManifest(root: string): Promise<Manifest> {
  // The one file whose name does not change with its contents: ask the server each time.
  const file = root + MANIFEST;
  const response = await request(file, { cache: "no-cache" });
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new LoadError(file, "JSON", `something else that starts with "${text.slice(0, 20)}"`);
  }
  return rooted(readManifest(json), root);
}

export async function fetchFile(ref: FileRef, signal?: AbortSignal): Promise<Blob> {
  const response = await request(ref.file, signal ? { signal } : {});
  const blob = await response.blob();
  if (blob.size !== ref.bytes) throw new LoadError(ref.file, `${ref.bytes} bytes`, `${blob.size}`);
  return blob;
}

export async function fetchBytes(ref: FileRef): Promise<ArrayBuffer> {
  const bytes = await (await request(ref.file, {})).arrayBuffer();
  if (bytes.byteLength !== ref.bytes)
    throw new LoadError(ref.file, `${ref.bytes} bytes`, `${bytes.byteLength}`);
  return bytes;
}

export async function fetchJson(ref: FileRef): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await fetchBytes(ref)));
}

export async function fetchArray<D extends Dtype>(ref: ArrayRef, dtype: D): Promise<ArrayOf<D>> {
  const response = await request(ref.file, {});
  return readArray(ref, dtype, await response.arrayBuffer());
}

/** Some bytes of a file; null where the server knows no ranges and would send all of it. */
export async function fetchRange(file: string, start: number, length: number): Promise<ArrayBuffer | null> {
  const abort = new AbortController();
  const headers = { Range: `bytes=${start}-${start + length - 1}` };
  const response = await request(file, { headers, signal: abort.signal });
  if (response.status !== 206) {
    abort.abort();
    return null;
  }
  const bytes = await response.arrayBuffer();
  return bytes.byteLength === length ? bytes : null;
}

export async function fetchPicture(path: string, signal: AbortSignal): Promise<Blob> {
  return (await request(path, { signal })).blob();
}
