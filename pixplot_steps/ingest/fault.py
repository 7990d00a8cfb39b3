"""What can be wrong with a picture: each kind with words for the person who owns it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One row of the problems: its kind, what happened, and what to do about it."""

    kind: str
    reason: str
    action: str


_REPLACE = "replace the file with an undamaged copy, or leave it out"
_CONVERT = "convert it to JPEG, PNG or TIFF"
_AGAIN = "run again, when nothing changes the files any more"

MISSING = Fault("missing", "the file is no longer there", "put it back, or run again without it")
EMPTY = Fault("empty", "the file holds no data", _REPLACE)
CHANGED = Fault("changed", "the file was changed after it was listed", _AGAIN)
TRUNCATED = Fault("repaired", "the file is damaged or cut off; what could be read of it is shown", _REPLACE)
PROFILE = Fault("repaired", "its colour profile cannot be used and was ignored; colours may be off", "save it again with an sRGB profile")
MEMORY = Fault("too large", "decoding it takes more memory than a picture may take", "save it as a smaller picture, or as a tiled TIFF")
NOTHING_LEFT = Fault("unreadable", "the file is damaged, and nothing of the picture could be read", _REPLACE)


def unsupported(reason: str) -> Fault:
    """A file that is no picture, or of a format that is not read."""
    return Fault("unsupported", reason, _CONVERT)


def unreadable(detail: str) -> Fault:
    """A file of a known format whose content is wrong."""
    return Fault("unreadable", f"the picture in it cannot be read ({detail})", _REPLACE)


def locked(detail: str) -> Fault:
    """A file that the operating system does not give out."""
    return Fault("unreadable", f"the file cannot be opened ({detail})", "check its permissions and the disk")


def crashed(how: str) -> Fault:
    """A file that a decoder does not survive."""
    return Fault("unreadable", f"the decoder did not survive it: it {how}", _REPLACE)


def too_small(size: tuple[int, int], least: int) -> Fault:
    """A picture below the limit of pixels."""
    reason = f"it has {size[0]} x {size[1]} pixels, and the shorter side is to have {least}"
    return Fault("too small", reason, "give a larger scan, or lower ingest: min_size")


def too_large(what: str, megapixels: int) -> Fault:
    """A picture beyond the limit of pixels, or a file that can only hold such a one."""
    return Fault("too large", f"{what}, and the limit is {megapixels} megapixels", "make it smaller, or raise ingest: max_megapixels")
