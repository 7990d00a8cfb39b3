/** Stories as the site tells them (docs/format.md, "Stories"). */
import { list, nullable, type Reader, record, text } from "./check";
import { FormatError } from "./errors";

export interface Slide {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  /** What follows the # of an address; at most one of these is given. */
  readonly view: string | null;
  /** The id of a hotspot. */
  readonly hotspot: string | null;
  readonly item: string | null;
}

export interface Story {
  readonly title: string;
  /** One at least. */
  readonly slides: readonly Slide[];
}

const slide = record<Slide>({
  title: text,
  text,
  view: nullable(text),
  hotspot: nullable(text),
  item: nullable(text),
});

const slides: Reader<Slide[]> = (value, where) => {
  const found = list(slide)(value, where);
  if (found.length === 0) throw new FormatError(where, "a slide or more", value);
  return found;
};

const stories = list(record<Story>({ title: text, slides }));

export function readStories(json: unknown): Story[] {
  return stories(json, "stories");
}
