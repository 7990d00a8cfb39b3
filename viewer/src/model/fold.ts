/** Text as a search sees it: without case, accents and punctuation. `pixplot_steps/site/words.py` does the same for an index. */

/** Letters that no decomposition takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
  ς: "σ",
};
/** Cells beyond this length are searched up to here: nobody looks for the hundred-thousandth letter. */
const LONGEST = 4000;
/** Letters, digits and pictographs make words; the latter by their blocks, since each Unicode version has others. */
const SPLIT = /[^\p{L}\p{N}\u2600-\u27bf\u2b00-\u2bff\u{1f000}-\u{1faff}]+/gu;
/** Most texts need no more, which takes a third of the time. */
const ASCII = /^[\0-\x7f]*$/;
const SPLIT_ASCII = /[^a-z0-9]+/g;
const PLAIN = /^[a-z0-9 ]*$/;
/** What an editor wrote into a word: in "N[ew] Mex[ico]", or in front of it. */
const COMPLETED = [/(\p{L})\[(\p{L}+)\]/gu, /\[(\p{L}+)\](\p{L})/gu];

/** Lower case, without accents. */
export function fold(text: string): string {
  const cut = text.slice(0, LONGEST);
  const lower = cut.toLowerCase();
  if (PLAIN.test(lower)) return lower;
  // Lower case last: compatibility forms such as "№" come apart into capitals.
  const bare = cut
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  return bare.replace(/[ßæœøłđðþıς]/g, (letter) => LETTERS[letter] ?? letter);
}

/** The words of a text, each with a space before it, and one after the last: " two words "; empty for none. */
export function wordsOf(text: string): string {
  const folded = completed(fold(text));
  const words = folded.replace(ASCII.test(folded) ? SPLIT_ASCII : SPLIT, " ").trim();
  return words === "" ? "" : ` ${words} `;
}

/** The same with the words whole that an editor completed. */
function completed(text: string): string {
  if (!text.includes("[")) return text;
  return COMPLETED.reduce((whole, pattern) => whole.replace(pattern, "$1$2"), text);
}

/** Scripts that put no space between words: there a search looks inside of them too. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

export function isUnspaced(words: string): boolean {
  return UNSPACED.test(words);
}

/** What to look for in `wordsOf`: the beginning of a word, or whole words where `exact`. Null where nothing is left to look for. */
export function needleOf(text: string, exact: boolean): string | null {
  const words = wordsOf(text);
  if (words === "") return null;
  if (isUnspaced(words)) return words.trim();
  return exact ? words : words.trimEnd();
}
