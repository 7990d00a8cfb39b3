/** Atlas pages: fetched two at a time, decoded off the main thread, handed out in strips small enough for one frame. */
import { LoadError } from "../format/errors";
import type { FileRef } from "../format/manifest";
import { fetchFile } from "./fetch";

/** Texels per strip: 4 MiB, about ten milliseconds of upload on a slow machine. */
const STRIP_TEXELS = 2 ** 20;

/** Rows of a page from y on. */
export interface Strip {
  layer: number;
  y: number;
  height: number;
  /** The whole page: a bitmap cut from it would be taken from its upper edge by Firefox, when it becomes a texture. */
  page: ImageBitmap;
  last: boolean;
}

/** The pixels of the file, as they are. */
export const EXACT: ImageBitmapOptions = {
  premultiplyAlpha: "none",
  colorSpaceConversion: "none",
  imageOrientation: "none",
};

async function decodePage(ref: FileRef, shrink: number): Promise<ImageBitmap> {
  const blob = await fetchFile(ref);
  try {
    const whole = await createImageBitmap(blob, EXACT);
    if (shrink === 1) return whole;
    const [resizeWidth, resizeHeight] = [whole.width / shrink, whole.height / shrink].map(Math.ceil) as [
      number,
      number,
    ];
    return await createImageBitmap(whole, { ...EXACT, resizeWidth, resizeHeight, resizeQuality: "medium" });
  } catch (error) {
    throw new LoadError(ref.file, "a picture the browser can decode", `${error}`);
  }
}

/** Give the strips of a page away, one after another. `take` may wait for a frame. */
async function deliver(
  page: ImageBitmap,
  layer: number,
  take: (strip: Strip) => Promise<void>,
): Promise<void> {
  const step = Math.max(1, Math.floor(STRIP_TEXELS / page.width));
  for (let y = 0; y < page.height; y += step) {
    const height = Math.min(step, page.height - y);
    await take({ layer, y, height, page, last: y + height >= page.height });
  }
  page.close();
}

/** Load all pages in an order; one that fails is told to `failed`, and the rest go on. Settles when every page was tried. */
export async function loadPages(
  pages: readonly FileRef[],
  order: readonly number[],
  shrink: number,
  take: (strip: Strip) => Promise<void>,
  failed: (error: unknown) => void,
): Promise<void> {
  const queue = order.values();
  const work = async () => {
    for (const layer of queue) {
      const ref = pages[layer];
      if (!ref) continue;
      try {
        await deliver(await decodePage(ref, shrink), layer, take);
      } catch (error) {
        failed(error);
      }
    }
  };
  await Promise.all([work(), work()]);
}
