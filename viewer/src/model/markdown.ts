/**
 * Markdown made safe: a subset of CommonMark (spec.commonmark.org/0.31.2) as a tree of texts, which the page shows as such.
 * There is no HTML in it, only http and https become links, and pictures become links to them. What is no Markdown stays
 * as it was written, lines too. The time is linear in the length: cells of 100 kB come from anywhere.
 */
import { safeLink } from "./detail";

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "em"; readonly children: readonly Inline[] }
  | { readonly kind: "strong"; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

export type Block =
  | { readonly kind: "paragraph" | "heading" | "quote"; readonly children: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] };

// --- blocks -----------------------------------------------------------------------------------------------------------

const HEADING = /^#{1,6}[ \t]+(.+)$/;
const QUOTE = /^>[ \t]?(.*)$/;
const BULLET = /^[-*+][ \t]+(.+)$/;
const NUMBERED = /^(\d{1,3})[.)][ \t]+(.+)$/;

type LineKind = "paragraph" | "heading" | "quote" | "bullet" | "numbered" | "blank";

/** `number`: of a line of a numbered list. */
interface Line {
  readonly kind: LineKind;
  readonly text: string;
  readonly number: number;
}

function lineOf(source: string): Line {
  const line = source.trimEnd();
  const text = line.trimStart();
  if (text === "") return { kind: "blank", text, number: 0 };
  const forms: [LineKind, RegExp][] = [
    ["heading", HEADING],
    ["quote", QUOTE],
    ["bullet", BULLET],
  ];
  for (const [kind, form] of forms) {
    const found = form.exec(text);
    if (found) return { kind, text: found[1] ?? "", number: 0 };
  }
  const numbered = NUMBERED.exec(text);
  if (numbered) return { kind: "numbered", text: numbered[2] ?? "", number: Number(numbered[1]) };
  return { kind: "paragraph", text, number: 0 };
}

/** A numbered list counts 1, 2, ...: "12. March" and a lone "1. Edition" are sentences. */
function withoutSentences(lines: readonly Line[], sources: readonly string[]): Line[] {
  const counts = (at: number, by: number) =>
    lines[at + by]?.kind === "numbered" && lines[at + by]?.number === (lines[at]?.number ?? 0) + by;
  let counting = false;
  return lines.map((line, at) => {
    counting = line.kind === "numbered" && (counting ? counts(at, -1) : line.number === 1 && counts(at, 1));
    const kept = line.kind !== "numbered" || counting;
    return kept ? line : { kind: "paragraph", text: (sources[at] ?? "").trim(), number: 0 };
  });
}

export function blocksOf(text: string): Block[] {
  const sources = text.split(/\r\n|\r|\n/);
  const lines = withoutSentences(sources.map(lineOf), sources);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const { kind } = lines[at] as Line;
    let end = at + 1;
    // A heading is one line; all else goes on as long as lines are of its kind.
    while (kind !== "heading" && lines[end]?.kind === kind) end += 1;
    const texts = lines.slice(at, end).map((line) => line.text);
    if (kind !== "blank") blocks.push(blockOf(kind, texts));
    at = end;
  }
  return blocks;
}

function blockOf(kind: Exclude<LineKind, "blank">, texts: readonly string[]): Block {
  if (kind === "bullet" || kind === "numbered")
    return { kind: "list", ordered: kind === "numbered", items: texts.map(inlinesOf) };
  return { kind, children: inlinesOf(texts.join("\n")) };
}

// --- within a line ----------------------------------------------------------------------------------------------------

const ESCAPED = /\\([!-/:-@[-`{-~])/y;
const CODE = /`([^`\n]{1,500})`/y;
const LINK = /!?\[([^[\]\n]{1,500})\]\(<?([^\s()<>]{1,2000})>?\)/y;
const ADDRESS = /https?:\/\/[^\s<>"]{1,2000}/iy;
const MARK = /\*\*|[*_]/y;
/** What may start something; all else is text. */
const SPECIAL = /[\\`![*_\nhH]/g;
const CLOSING = /[.,;:!?'")\]*_]+$/;
const WORD = /[\p{L}\p{N}]/u;

interface Open {
  readonly mark: string;
  readonly children: Inline[];
}

export function inlinesOf(source: string): Inline[] {
  const root: Open = { mark: "", children: [] };
  const open: Open[] = [root];
  for (let at = 0; at < source.length; ) at = step(source, at, open);
  while (open.length > 1) giveUp(open);
  return joined(root.children);
}

function put(open: readonly Open[], ...nodes: readonly Inline[]): void {
  for (const node of nodes) open.at(-1)?.children.push(node);
}

/** An emphasis that is not closed is text. */
function giveUp(open: Open[]): void {
  const last = open.pop();
  if (last) put(open, { kind: "text", text: last.mark }, ...last.children);
}

/** Take what stands at a place, and say where it ends. */
function step(source: string, at: number, open: Open[]): number {
  const match = (form: RegExp) => {
    form.lastIndex = at;
    return form.exec(source);
  };
  const escaped = match(ESCAPED);
  if (escaped) return take(open, at + 2, { kind: "text", text: escaped[1] ?? "" });
  if (source[at] === "\n") return take(open, at + 1, { kind: "break" });
  const code = match(CODE);
  if (code) return take(open, at + code[0].length, { kind: "code", text: code[1] ?? "" });
  const link = match(LINK);
  const href = link && safeLink(link[2] ?? "");
  if (link && href) return take(open, at + link[0].length, { kind: "link", text: link[1] ?? "", href });
  const address = match(ADDRESS);
  if (address && !WORD.test(source[at - 1] ?? "")) return takeAddress(address[0], at, open);
  const mark = match(MARK);
  if (mark) return takeMark(source, at, mark[0], open);
  SPECIAL.lastIndex = at + 1;
  const end = SPECIAL.exec(source)?.index ?? source.length;
  return take(open, end, { kind: "text", text: source.slice(at, end) });
}

function take(open: readonly Open[], end: number, node: Inline): number {
  put(open, node);
  return end;
}

/** An address that stands in the text; the dot after it is the sentence's. */
function takeAddress(found: string, at: number, open: readonly Open[]): number {
  const text = found.replace(CLOSING, "");
  const href = safeLink(text);
  return take(open, at + text.length, href ? { kind: "link", text, href } : { kind: "text", text });
}

/** Emphasis opens before a word and closes after one; of each mark one is open at a time. */
function takeMark(source: string, at: number, mark: string, open: Open[]): number {
  const end = at + mark.length;
  const [before, after] = [source[at - 1] ?? " ", source[end] ?? " "];
  const inside = mark === "_" && WORD.test(before) && WORD.test(after);
  const place = open.findLastIndex((one) => one.mark === mark);
  if (place > 0 && /\S/.test(before) && !inside) {
    while (open.length > place + 1) giveUp(open);
    const { children } = open.pop() as Open;
    put(open, { kind: mark === "**" ? "strong" : "em", children: joined(children) });
  } else if (place < 0 && /\S/.test(after) && !inside) open.push({ mark, children: [] });
  else put(open, { kind: "text", text: mark });
  return end;
}

/** Neighbouring texts as one. */
function joined(nodes: readonly Inline[]): Inline[] {
  const found: Inline[] = [];
  let texts: string[] = [];
  const flush = () => {
    if (texts.length > 0) found.push({ kind: "text", text: texts.join("") });
    texts = [];
  };
  for (const node of nodes) {
    if (node.kind === "text") texts.push(node.text);
    else {
      flush();
      found.push(node);
    }
  }
  flush();
  return found;
}
