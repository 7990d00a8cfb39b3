/**
 * The language of the search field. Whatever is typed means something: what is no syntax is a word.
 *
 *     red bird            both words, each the beginning of a word, in any column
 *     "red bird"          these words, whole and side by side
 *     artist:ralph        in one column;  artist:"Ralph Earl"
 *     year<1900  year:1890..1910  year>=1890   numbers and dates; an end may be left open: 1890..
 *     cluster:portraits   the pictures of clusters whose name or tags have the word;  tag:people of those tagged so
 *     OR, NOT or -, ( )   AND may be written too
 */
import { fold } from "./fold";

export type Comparison = "<" | "<=" | ">" | ">=" | "=" | "..";

export type Query =
  | { readonly kind: "all" }
  | { readonly kind: "text"; readonly field: string | null; readonly text: string; readonly exact: boolean }
  | Clusters
  | {
      readonly kind: "compare";
      readonly field: string;
      readonly by: Comparison;
      readonly low: string;
      readonly high: string;
    }
  | { readonly kind: "and" | "or"; readonly parts: readonly Query[] }
  | { readonly kind: "not"; readonly part: Query };

/** The pictures of all clusters that are called so. */
export interface Clusters {
  readonly kind: "clusters";
  /** Names and tags, or tags alone. */
  readonly of: "all" | "tags";
  readonly text: string;
  /** The beginning of a word, words side by side, or the whole name. */
  readonly as: "begins" | "words" | "whole";
}

/** What a name before ":" or "<" stands for: a column and whether its values can be compared; null for no column. */
export type FieldOf = (name: string) => { readonly name: string; readonly ordered: boolean } | null;

type Token =
  | { readonly kind: "open" | "close" | "and" | "or" | "not" }
  | { readonly kind: "leaf"; readonly query: Query };

const FIELD = /("[^"]+"|(?:[^\s()"<>=:!]|!(?!=))+)(<=|>=|!=|<|>|=|:)/y;
const VALUE = /"([^"]*)"?|([^\s()"]+)/y;
const WORD = /"([^"]*)"?|([^\s()"]+)/y;
const RANGE = /^(.*?)\.\.(.*)$/;
/** In the languages of the page, folded. A column of such a name is asked too. */
const CLUSTERS = ["cluster", "clusters", "hotspot", "hotspots", "gruppe", "gruppen", "groupe", "groupes"];
const TAGS = ["tag", "tags", "schlagwort", "schlagworter", "mot-cle", "mots-cles"];
const OPERATORS: Readonly<Record<string, Token["kind"]>> = { AND: "and", OR: "or", NOT: "not" };
/** Deeper nesting than this is a stuck key, and would exhaust the stack. */
const DEEPEST = 50;

export function parseQuery(text: string, fieldOf: FieldOf): Query {
  // Phones and other languages type other quotes.
  return new Parser(tokensOf(text.replace(/[“”„«»]\s*/g, '"'), fieldOf)).whole();
}

/** The words looked for in any column: where a title has them, it comes first. */
export function plainTexts(query: Query): (Query & { readonly kind: "text" })[] {
  if (query.kind === "text") return query.field === null ? [query] : [];
  if (query.kind === "and" || query.kind === "or") return query.parts.flatMap(plainTexts);
  return [];
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function tokensOf(text: string, fieldOf: FieldOf): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = text[at] ?? "";
    if (/\s/.test(letter)) at += 1;
    else if (letter === "(" || letter === ")") {
      tokens.push({ kind: letter === "(" ? "open" : "close" });
      at += 1;
    } else if (letter === "-" && /[^\s-]/.test(text[at + 1] ?? " ") && /[\s(]|^$/.test(text[at - 1] ?? "")) {
      tokens.push({ kind: "not" });
      at += 1;
    } else at = takeLeaf(text, at, fieldOf, tokens);
  }
  return tokens;
}

/** Read a word, a phrase, or a field with its value; returns where the next token starts. */
function takeLeaf(text: string, at: number, fieldOf: FieldOf, tokens: Token[]): number {
  const named = match(FIELD, text, at);
  const name = (named?.[1] ?? "").replaceAll('"', "");
  const field = named ? fieldOf(name) : null;
  const clusters = clustersBy(fold(name), named?.[2] ?? "");
  if (named && (field || clusters)) {
    const start = at + named[0].length;
    const value = match(VALUE, text, start);
    const words = value?.[1] ?? value?.[2] ?? "";
    tokens.push(...fieldTokens(field, clusters, named[2] ?? ":", words, value?.[1] !== undefined));
    return start + (value?.[0].length ?? 0);
  }
  const found = match(WORD, text, at);
  const words = found?.[1] ?? found?.[2] ?? "";
  const quoted = found?.[1] !== undefined;
  const operator = quoted ? undefined : OPERATORS[words];
  if (operator && operator !== "leaf") tokens.push({ kind: operator });
  else tokens.push({ kind: "leaf", query: { kind: "text", field: null, text: words, exact: quoted } });
  return at + Math.max(1, found?.[0].length ?? 1);
}

/** Which clusters a name asks for; null for none. They can be called, and not compared. */
function clustersBy(name: string, operator: string): Clusters["of"] | null {
  if (![":", "=", "!="].includes(operator)) return null;
  return CLUSTERS.includes(name) ? "all" : TAGS.includes(name) ? "tags" : null;
}

function fieldTokens(
  field: { name: string; ordered: boolean } | null,
  clusters: Clusters["of"] | null,
  written: string,
  text: string,
  quoted: boolean,
): Token[] {
  const operator = written === "!=" ? "=" : written;
  const as = operator === "=" ? "whole" : quoted ? "words" : "begins";
  const query = joined("or", [
    ...(field ? [fieldQuery(field, operator, text, quoted)] : []),
    ...(clusters && text !== "" ? [{ kind: "clusters", of: clusters, text, as } as const] : []),
  ]);
  return written === "!=" ? [{ kind: "not" }, { kind: "leaf", query }] : [{ kind: "leaf", query }];
}

function fieldQuery(
  { name, ordered }: { name: string; ordered: boolean },
  operator: string,
  text: string,
  quoted: boolean,
): Query {
  const range = RANGE.exec(text);
  if (text === "") return { kind: "all" };
  if (!ordered) return { kind: "text", field: name, text, exact: quoted || operator === "=" };
  if (range && !quoted)
    return { kind: "compare", field: name, by: "..", low: range[1] ?? "", high: range[2] ?? "" };
  const by = operator === ":" ? "=" : (operator as Comparison);
  return { kind: "compare", field: name, by, low: text, high: text };
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(readonly tokens: readonly Token[]) {}

  whole(): Query {
    const parts: Query[] = [];
    while (this.#at < this.tokens.length) {
      parts.push(this.#or());
      // A bracket that closes nothing.
      if (this.#peek() === "close") this.#at += 1;
    }
    return joined("and", parts);
  }

  #peek(): Token["kind"] | null {
    return this.tokens[this.#at]?.kind ?? null;
  }

  #or(): Query {
    const parts = [this.#and()];
    while (this.#peek() === "or") {
      this.#at += 1;
      parts.push(this.#and());
    }
    return joined("or", parts);
  }

  #and(): Query {
    const parts: Query[] = [];
    for (let next = this.#peek(); next !== null && next !== "or" && next !== "close"; next = this.#peek()) {
      if (next === "and") this.#at += 1;
      else parts.push(this.#not());
    }
    return joined("and", parts);
  }

  #not(): Query {
    if (this.#peek() !== "not") return this.#leaf();
    this.#at += 1;
    const next = this.#peek();
    const part = next === null || next === "close" || next === "or" ? ALL : this.#not();
    return part.kind === "all" ? part : { kind: "not", part };
  }

  #leaf(): Query {
    const token = this.tokens[this.#at];
    this.#at += 1;
    if (token?.kind === "leaf") return token.query;
    if (token?.kind !== "open" || this.#depth >= DEEPEST) return ALL;
    this.#depth += 1;
    const inner = this.#or();
    this.#depth -= 1;
    if (this.#peek() === "close") this.#at += 1;
    return inner;
  }
}

const ALL: Query = { kind: "all" };

/** Parts that ask for nothing are left out: while "a OR" is typed, it means "a". */
function joined(kind: "and" | "or", parts: readonly Query[]): Query {
  const asking = parts.filter((part) => part.kind !== "all");
  const [first, second] = asking;
  if (!first) return ALL;
  return second ? { kind, parts: asking } : first;
}
