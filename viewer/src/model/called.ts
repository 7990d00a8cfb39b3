/** Clusters by what they are called: which of them a search means, and which it could mean. */
import { needleOf, wordsOf } from "./fold";
import type { Group } from "./groups";
import { type Clusters, plainTexts, type Query } from "./query";

/** The rows of the clusters that a query asks for, 1 for each, by `keyOf`. */
export type Called = ReadonlyMap<string, Uint8Array>;

export const NONE_CALLED: Called = new Map();

export function keyOf({ of, as, text }: Clusters): string {
  return `${of} ${as} ${text}`;
}

export function isCalled({ label, tags }: Group, { of, as, text }: Clusters): boolean {
  const names = [...tags, ...(of === "all" ? [label] : [])].map(wordsOf);
  if (as === "whole") return wordsOf(text) !== "" && names.includes(wordsOf(text));
  const needle = needleOf(text, as === "words");
  return needle !== null && names.some((name) => name.includes(needle));
}

/** The rows of all groups that are meant; null where those of one are not known. */
export function rowsCalled(
  wanted: Clusters,
  groups: readonly Group[],
  count: number,
  maskOf: (group: Group) => Uint8Array | null,
): Uint8Array | null {
  const all = new Uint8Array(count);
  for (const group of groups) {
    if (!isCalled(group, wanted)) continue;
    const mask = maskOf(group);
    if (!mask) return null;
    for (let row = 0; row < count; row++) if (mask[row]) all[row] = 1;
  }
  return all;
}

/** A search that is offered, for what is typed is what clusters are called. */
export interface Offer {
  readonly kind: "cluster" | "tag";
  readonly text: string;
  /** Rows of the cluster, or clusters that have the tag. */
  readonly count: number;
  readonly query: string;
}

/** More are not offered: what is typed then says too little. */
const MOST_OFFERS = 5;

/** The clusters and tags that have all words that are looked for in any column. Numbered clusters are found by their fields alone. */
export function offersFor(query: Query, groups: readonly Group[]): Offer[] {
  const needles = plainTexts(query).map(({ text, exact }) => needleOf(text, exact));
  const wanted = needles.filter((needle) => needle !== null);
  if (wanted.length === 0 || wanted.length < needles.length) return [];
  const has = (name: string) => wanted.every((needle) => wordsOf(name).includes(needle));
  const named = groups.filter((group) => group.named && has(group.label));
  const tags = new Map<string, number>();
  for (const tag of groups.flatMap((group) => group.tags))
    if (has(tag)) tags.set(tag, (tags.get(tag) ?? 0) + 1);
  return [
    ...named.map(({ label, count }) => offer("cluster", label, count)),
    ...Array.from(tags, ([tag, count]) => offer("tag", tag, count)),
  ].slice(0, MOST_OFFERS);
}

function offer(kind: Offer["kind"], text: string, count: number): Offer {
  // A quotation mark in a name would end it.
  return { kind, text, count, query: `${kind}="${text.replace(/["“”„«»]/g, " ")}"` };
}
