/** How a picture lies in a square cell: the formula of docs/format.md, section Atlas. */

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The drawn length of one side, in pixels of the cell; `longest` is the picture's longer side. */
export function fitSide(cell: number, side: number, longest: number): number {
  return Math.max(1, Math.floor((cell * side) / longest + 0.5));
}

/** The rectangle of a picture of `width` x `height` fitted into and centred in a cell, in pixels from its top left. */
export function fitCell(cell: number, width: number, height: number): Rectangle {
  const longest = Math.max(width, height);
  const w = fitSide(cell, width, longest);
  const h = fitSide(cell, height, longest);
  return { x: Math.floor((cell - w) / 2), y: Math.floor((cell - h) / 2), width: w, height: h };
}

/** Where a slot lies: its page, and the top left corner of its cell in pixels of that page. */
export function placeSlot(slot: number, page: number, cell: number): { page: number; x: number; y: number } {
  const perRow = Math.floor(page / cell);
  const perPage = perRow * perRow;
  const index = slot % perPage;
  return {
    page: Math.floor(slot / perPage),
    x: (index % perRow) * cell,
    y: Math.floor(index / perRow) * cell,
  };
}
