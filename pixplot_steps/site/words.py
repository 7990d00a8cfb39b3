"""Text as a search sees it: folded, and cut into words. The same as `viewer/src/model/fold.ts`, for whole columns at once.

A word is a run of letters, digits and pictographs, in lower case, without accents, and without the brackets of an editor who completed it.
In the scripts of `UNSPACED`, which put no space between words, a search looks inside of words too.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pixplot_steps import completed

LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ς": "σ"}
"""Letters that no decomposition takes apart, and the second form of the sigma."""

LONGEST = 4000
"""Cells beyond this length are searched up to here."""

_PICTOGRAPHS = r"\x{2600}-\x{27BF}\x{2B00}-\x{2BFF}\x{1F000}-\x{1FAFF}"
_GAP = rf"[^\pL\pN{_PICTOGRAPHS}]+"
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]"
"""A character of such a script, as RE2 writes it."""


def folded(texts: pa.Array) -> pa.Array:
    """Texts (utf8, no nulls) in lower case and without accents."""
    cut = pc.utf8_slice_codeunits(texts, 0, LONGEST)
    if pc.all(pc.string_is_ascii(cut), min_count=0).as_py():
        return pc.ascii_lower(cut)
    # Lower case last: compatibility forms such as the sign for "No" come apart into capitals.
    bare = pc.utf8_lower(pc.replace_substring_regex(pc.utf8_normalize(cut, form="NFKD"), r"\pM+", ""))
    for letter, plain in LETTERS.items():
        bare = pc.replace_substring(bare, letter, plain)
    return bare


def words_of(texts: pa.Array) -> pa.Array:
    """The words of each text (utf8, no nulls), with one space between them."""
    return pc.utf8_trim(pc.replace_substring_regex(completed.whole(folded(texts)), _GAP, " "), characters=" ")


def unspaced(words: pa.Array) -> pa.Array:
    """Whether each text has a character of a script without spaces."""
    return pc.match_substring_regex(words, UNSPACED)
