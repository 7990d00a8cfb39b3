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

/** Milliseconds until what did not come is asked for a second and a third time: a network may be away for a moment. */
const PAUSES = [1000, 4000];
/** HTTP's answers to a mistake of the asker's, which will be the same the next time; but for "timeout", "too early" and "too many". */
const refuses = (status: number) => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

async function request(file: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(file, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new LoadError(file, "an answer from the server", "none", /^https?:/.test(file) ? ELSEWHERE : HERE);
  }
  const { ok, status } = response;
  if (!ok) throw new LoadError(file, "the file", `HTTP status ${status}`, undefined, refuses(status));
  return response;
}

/** Ask again for what is only not there now; for what a page can wait for. */
async function patiently<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted || (error instanceof LoadError && error.refused)) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, pause);
        signal?.addEventListener("abort", resolve, { once: true });
      });
      if (signal?.aborted) throw error;
    }
  }
  return ask();
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

export function fetchFile(ref: FileRef, signal?: AbortSignal): Promise<Blob> {
  return patiently(async () => {
    const response = await request(ref.file, signal ? { signal } : {});
    const blob = await response.blob();
    if (blob.size !== ref.bytes) throw new LoadError(ref.file, `${ref.bytes} bytes`, `${blob.size}`);
    return blob;
  }, signal);
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

export function fetchPicture(path: string, signal: AbortSignal): Promise<Blob> {
  return patiently(async () => (await request(path, { signal })).blob(), signal);
}
