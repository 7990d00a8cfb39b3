/** What the page's address keeps after its #: the arrangement and the open picture, so that a view can be passed on. */

export interface Address {
  readonly layout: string | null;
  /** The table's column `item`: unique, and the same after the collection grew. */
  readonly item: string | null;
}

export function readAddress(hash: string): Address {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  return { layout: values.get("layout"), item: values.get("item") };
}

/** With its #; empty for the first layout and no picture. */
export function writeAddress({ layout, item }: Address): string {
  const values = new URLSearchParams();
  if (layout !== null) values.set("layout", layout);
  if (item !== null) values.set("item", item);
  return values.size > 0 ? `#${values}` : "";
}
