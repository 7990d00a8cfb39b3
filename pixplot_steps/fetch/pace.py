"""When a host may be asked next: its rate, how many requests at a time, and how long it is left alone after it complained.

Arithmetic on a clock that is handed in, in seconds since 1970, so that what is known of a host outlives the program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

_SPARE = 0.02
"""Share of a rate that is left unused, so that the network's unevenness breaks no limit."""

_STRIKES = 8
"""Failures of a host in a row, each after a longer wait, after which it is given up for this run."""

_DOUBLINGS = 5
"""How often a wait is doubled at most."""

_FORBIDDEN = 3
"""Answers 403 in a row that are taken for the host's refusal of this program, and not of one restricted picture."""

_UNREACHED = 2
"""Failures in a row, of a server or on the way to it, from which on it is left alone for a while."""

_MANY, _REFUSED = 429, 403


@dataclass(frozen=True)
class Rules:
    """`per_minute`: requests, 0 for no limit; `at_once`: open requests; `patience`: longest wait in seconds that a host may ask for.

    `cool_down`: first wait in seconds after a complaint, doubled at each in a row.
    """

    per_minute: float
    at_once: int
    cool_down: float
    patience: float

    @property
    def interval(self) -> float:
        """Seconds between two requests."""
        return 60 / (self.per_minute * (1 - _SPARE)) if self.per_minute else 0.0


PRESETS: dict[str, tuple[float, int]] = {
    "loc.gov": (60, 2),
    "tile.loc.gov": (200, 2),
    "gallica.bnf.fr": (20, 1),
    "wikimedia.org": (120, 2),
    "wikipedia.org": (120, 2),
}
"""Requests a minute and at a time of hosts that publish limits, or whose limits are known from practice; a name covers those that end
in it. Library of Congress: 10 in 10 seconds for items, 200 a minute for all (loc.gov/apis, "Working within limits"). Gallica: one in 3
seconds (the bnfimage package; not officially documented). Wikimedia: two connections (its robot policy)."""


@dataclass
class Host:
    """What is known of a host. `next`: earliest time of the next request; `cool`: until when it is left alone.

    `strikes`: failures in a row; `refusals`: answers 403 in a row; `open`: requests under way.
    `given_up`: why it is asked no more in this run; empty where it is. `trouble`: what it failed with last; empty while it is well.
    `failing`: what has failed since it was last of use.
    """

    rules: Rules
    next: float = 0.0
    cool: float = 0.0
    strikes: int = 0
    refusals: int = 0
    open: int = 0
    given_up: str = ""
    trouble: str = ""
    failing: set[str] = field(default_factory=set)

    def ready(self) -> float:
        """The earliest time at which a request may start; infinite while too many are open."""
        return math.inf if self.open >= self.rules.at_once else max(self.next, self.cool)

    def start(self, now: float) -> None:
        """Count a request that starts now."""
        self.open += 1
        self.next = now + self.rules.interval

    def succeeded(self) -> None:
        """Count an answer that was of use; also one like 404, which says that the host is well."""
        self.open -= 1
        self.strikes = self.refusals = 0
        self.trouble = ""
        self.failing.clear()

    def failed(self, now: float, code: int, asked: float | None, what: str = "") -> None:
        """Count a failure: `code` of the answer, 0 where there was none; `asked`: seconds that the host asks to be left alone.

        `what` was asked for: that it fails again, and nothing else does, tells nothing more of the host.
        """
        self.open -= 1
        if asked is not None and asked > self.rules.patience:
            self.given_up = f"it asks to be left alone for {asked:.0f} seconds"
            self.cool = now + asked
            return
        # Requests that were under way when the host first complained are one complaint with it.
        fresh = now >= self.cool
        self.refusals += code == _REFUSED
        if code == _REFUSED and self.refusals < _FORBIDDEN and asked is None:
            return
        again = what in self.failing
        self.failing |= {what} - {""}
        if again and asked is None and code not in (_MANY, _REFUSED):
            return
        self.strikes += fresh
        if self.strikes >= _STRIKES:
            self.given_up = f"it failed {self.strikes} times in a row"
        if asked is not None or code in (_MANY, _REFUSED) or self.strikes >= _UNREACHED:
            doubled = self.rules.cool_down * 2 ** min(max(self.strikes - 1, 0), _DOUBLINGS)
            self.cool = max(self.cool, now + (asked if asked is not None else min(doubled, self.rules.patience)))


def waits(hosts: Mapping[str, Host], now: float) -> str:
    """Which hosts are left alone just now, for how long and why; empty where none is."""
    cooling = [(name, host) for name, host in sorted(hosts.items()) if host.cool > now and not host.given_up]
    return "; ".join(f"waiting {host.cool - now:.0f} s for {name}: {host.trouble or 'it asked for a rest'}" for name, host in cooling)


def rules_of(host: str, given: dict[str, dict[str, float]], common: Rules) -> Rules:
    """The rules of a host: the configuration's for it, else the preset, else what holds for all."""
    bare = host.rpartition(":")[0] or host
    own = next((given[name] for name in (host, bare) if name in given), {})
    preset = max((name for name in PRESETS if bare == name or bare.endswith("." + name)), key=len, default="")
    per_minute, at_once = PRESETS.get(preset, (common.per_minute, common.at_once))
    return Rules(float(own.get("per_minute", per_minute)), int(own.get("concurrency", at_once)), common.cool_down, common.patience)


def backoff(attempt: int, chance: float, cool_down: float) -> float:
    """Seconds until a picture that failed is tried again: a sixtieth of the cool-down, doubled each time up to the whole.

    A random part of it between half and all, so that pictures that failed together do not come back together. `attempt` from 1;
    `chance` in [0, 1).
    """
    return float(cool_down * min(1.0, 2 ** (attempt - 1) / 60) * (0.5 + chance / 2))


def retry_after(text: str | None, now: float) -> float | None:
    """Seconds of a header Retry-After (RFC 9110, section 10.2.3), which is a number or a date; None where it is neither."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text.strip())
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
