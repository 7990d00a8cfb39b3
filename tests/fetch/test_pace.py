"""How often a host is asked, on a clock that is wound by hand."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.fetch import pace
from pixplot_steps.fetch.pace import Host, Rules

CALM = Rules(per_minute=0, at_once=2, cool_down=60, patience=3600)


def most_in_a_minute(starts: list[float], seconds: float = 60) -> int:
    """The largest number of starts in any window, open at its end."""
    return max((bisect_left(starts, start + seconds) - i for i, start in enumerate(starts)), default=0)


def busy(rules: Rules, minutes: float, late: list[float]) -> list[float]:
    """When a host is asked that is asked as often as it may be, by a program that is `late` each time."""
    host, now = Host(rules), 0.0
    starts: list[float] = []
    while True:
        now = max(now, host.ready()) + late[len(starts) % len(late)]
        if now > 60 * minutes:
            return starts
        host.start(now)
        host.succeeded()
        starts.append(now)


@pytest.mark.parametrize("per_minute", [1, 4, 20, 60, 120, 200, 1000])
def test_a_rate_is_used_and_not_broken(per_minute: int) -> None:
    starts = busy(Rules(per_minute, 1, 60, 3600), 60, [0.0])
    assert most_in_a_minute(starts) <= per_minute
    assert len(starts) >= 0.95 * per_minute * 60


@given(st.integers(2, 2000), st.lists(st.floats(0, 0.05), min_size=1, max_size=20))
def test_no_window_is_broken_however_late_the_program_is(per_minute: int, late: list[float]) -> None:
    assert most_in_a_minute(busy(Rules(per_minute, 1, 60, 3600), 3, late)) <= per_minute


def test_the_library_of_congress_counts_in_ten_seconds() -> None:
    rules = pace.rules_of("www.loc.gov", {}, CALM)
    assert most_in_a_minute(busy(rules, 10, [0.0]), 10) <= 10


def test_a_host_without_a_limit_is_always_ready() -> None:
    host = Host(CALM)
    host.start(5.0)
    assert host.ready() <= 5.0


def test_so_many_at_once_and_no_more() -> None:
    host = Host(CALM)
    host.start(0)
    host.start(0)
    assert math.isinf(host.ready())
    host.succeeded()
    assert host.ready() == 0


class TestComplaints:
    def failing(self, codes: list[int], asked: float | None = None) -> Host:
        host = Host(CALM)
        for code in codes:
            host.start(host.ready())
            host.failed(host.ready() if not math.isinf(host.ready()) else 0, code, asked)
        return host

    @pytest.mark.parametrize(
        ("codes", "asked", "cool"),
        [
            ([429], None, 60),
            ([429], 7, 7),
            ([503], 7, 7),
            ([503], None, 0),
            ([503, 503], None, 120),
            ([0], None, 0),
            ([0, 0], None, 120),
            ([403], None, 0),
            ([403, 403], None, 0),
            ([403, 403, 403], None, 60),
            ([429, 429], None, 60 + 120),
            ([429, 429, 429], None, 60 + 120 + 240),
            ([429, 429], 10, 20),
        ],
    )
    def test_how_long_it_is_left_alone(self, codes: list[int], asked: float | None, cool: float) -> None:
        assert self.failing(codes, asked).cool == pytest.approx(cool)

    def test_waits_grow_to_the_longest(self) -> None:
        host = self.failing([429] * 7)
        assert host.cool == sum(60 * 2 ** min(n, 5) for n in range(7))
        assert host.given_up == ""

    def test_after_eight_in_a_row_it_is_given_up(self) -> None:
        assert self.failing([429] * 8).given_up == "it failed 8 times in a row"

    def test_a_success_is_a_new_beginning(self) -> None:
        host = self.failing([429] * 7)
        host.start(host.ready())
        host.succeeded()
        assert (host.strikes, host.refusals) == (0, 0)

    @pytest.mark.parametrize(
        ("what", "code", "cool"),
        [
            (["a", "a", "a", "a"], 500, 0),
            (["a", "a", "a", "a"], 0, 0),
            (["a", "a"], 429, 60 + 120),
            (["a", "b"], 500, 120),
            (["a", "b", "a", "b"], 500, 120),
        ],
    )
    def test_a_picture_that_fails_alone_is_no_sign_of_its_host(self, what: list[str], code: int, cool: float) -> None:
        host = Host(CALM)
        for one in what:
            now = host.cool
            host.start(now)
            host.failed(now, code, None, one)
        assert host.cool == pytest.approx(cool)

    def test_it_is_given_up_where_it_asks_for_more_patience_than_there_is(self) -> None:
        host = self.failing([429], 4000)
        assert host.given_up == "it asks to be left alone for 4000 seconds"
        assert host.cool == 4000

    def test_requests_under_way_are_one_complaint(self) -> None:
        host = Host(Rules(0, 8, 60, 3600))
        for _ in range(8):
            host.start(0)
        for _ in range(8):
            host.failed(1, 429, None)
        assert host.strikes == 1
        assert host.cool == 61


class TestRules:
    GIVEN: ClassVar[dict[str, dict[str, float]]] = {"a.org": {"per_minute": 7}, "b.org:8080": {"concurrency": 9}}

    @pytest.mark.parametrize(
        ("host", "wanted"),
        [
            ("a.org", (7, 2)),
            ("a.org:443", (7, 2)),
            ("b.org:8080", (0, 9)),
            ("c.org", (0, 2)),
            ("tile.loc.gov", (200, 2)),
            ("www.loc.gov", (60, 2)),
            ("notloc.gov", (0, 2)),
            ("gallica.bnf.fr", (20, 1)),
            ("upload.wikimedia.org", (120, 2)),
        ],
    )
    def test_of_a_host(self, host: str, wanted: tuple[float, int]) -> None:
        rules = pace.rules_of(host, self.GIVEN, CALM)
        assert (rules.per_minute, rules.at_once) == wanted

    def test_the_configuration_goes_before_a_preset(self) -> None:
        assert pace.rules_of("gallica.bnf.fr", {"gallica.bnf.fr": {"per_minute": 4}}, CALM) == Rules(4, 1, 60, 3600)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        (" 5 ", 5),
        ("-3", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2015 07:00:00 GMT", 0),
        ("Wed, 99 Oct 2015", None),
    ],
)
def test_retry_after(text: str | None, wanted: float | None) -> None:
    assert pace.retry_after(text, 1445412480.0) == wanted


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_waits_between_tries_double_and_differ(attempt: int, chance: float) -> None:
    longest = min(60, 2 ** (attempt - 1))
    assert longest / 2 <= pace.backoff(attempt, chance, 60) <= longest


def test_who_is_waited_for_and_why_is_told() -> None:
    well, busy_one, gone = Host(CALM), Host(CALM, cool=50.0), Host(CALM, cool=90.0, given_up="it failed 12 times in a row")
    silent = Host(CALM, cool=30.0, trouble="the name is not known")
    hosts = {"well.org": well, "silent.org": silent, "busy.org": busy_one, "gone.org": gone}
    assert pace.waits(hosts, 10.0) == "waiting 40 s for busy.org: it asked for a rest; waiting 20 s for silent.org: the name is not known"
    assert pace.waits(hosts, 60.0) == ""


def test_a_host_that_is_well_again_has_no_trouble() -> None:
    host = Host(CALM, trouble="the server answers 503")
    host.start(0.0)
    host.succeeded()
    assert host.trouble == ""
