"""Hours of fetching in seconds: a crawl on a clock and a network of the test's own."""

from __future__ import annotations

import json
import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from pixplot_steps.fetch import pace, tasks
from pixplot_steps.fetch.cache import Cache
from pixplot_steps.fetch.crawl import Crawl, Wishes, page_task
from pixplot_steps.fetch.pace import Rules
from pixplot_steps.fetch.tasks import Tasks
from pixplot_steps.fetch.web import Answer, Lost

WISHES = Wishes(which="first", language="", side=600, info="always", retries=5, refresh=False, attempt=0)
JPEG = b"\xff\xd8 a picture \xff\xd9"


@dataclass
class Clock:
    """Time passes when the crawl waits, or the network takes its time."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, condition: threading.Condition, seconds: float) -> None:  # noqa: ARG002
        self.now += seconds


@dataclass
class Network:
    """Pictures without a service, from hosts of which some fail; each request takes `seconds`."""

    clock: Clock
    seconds: float = 0.01
    codes: dict[str, list[Answer | None]] = field(default_factory=dict)
    log: list[tuple[float, str]] = field(default_factory=list)

    def get(self, address: str, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002
        self.log.append((self.clock.now, address))
        self.clock.now += self.seconds
        waiting = self.codes.get(address, [])
        if waiting:
            answer = waiting.pop(0)
            if answer is None:
                raise Lost("no connection")
            return answer
        if address.endswith(".jpg"):
            return Answer(200, {}, JPEG)
        body = {"id": address.replace("manifest", "i") + ".jpg", "type": "Image"}
        annotation = {"motivation": "painting", "body": body}
        return Answer(200, {}, json.dumps({"type": "Manifest", "items": [{"items": [{"items": [annotation]}]}]}).encode())

    def times(self, host: str = "") -> list[float]:
        return [time for time, address in self.log if host in address]


@dataclass
class Bench:
    crawl: Crawl
    network: Network
    clock: Clock

    def fetch(self, *addresses: str) -> dict[tuple[str, int], int]:
        self.crawl.tasks.add([page_task(address, "", {}) for address in addresses])
        self.crawl.run(1)
        return self.crawl.tasks.counts()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = Clock()
    network = Network(clock)
    cache, todo = Cache(tmp_path / "cache", tmp_path / "index.sqlite"), Tasks(tmp_path / "tasks.sqlite")
    common = Rules(per_minute=200, at_once=2, cool_down=60, patience=3600)
    rules = {"free.org": {"per_minute": 0.0}, "slow.org": {"per_minute": 4.0}}
    yield Bench(Crawl(WISHES, todo, cache, network, lambda host: pace.rules_of(host, rules, common), clock, clock.wait), network, clock)
    todo.close()
    cache.close()


def most_in(times: list[float], seconds: float) -> int:
    return max(bisect_left(times, start + seconds) - place for place, start in enumerate(times))


def test_a_rate_of_two_hundred_is_used_and_not_broken(bench: Bench) -> None:
    counts = bench.fetch(*(f"https://a.org/manifest/{number}" for number in range(1500)))
    assert counts == {("page", tasks.DONE): 1500, ("image", tasks.DONE): 1500}
    times = bench.network.times()
    assert most_in(times, 60) <= 200
    assert len(times) >= 0.95 * 200 * (times[-1] - times[0]) / 60


def test_hosts_do_not_wait_for_each_other(bench: Bench) -> None:
    bench.fetch(*(f"https://slow.org/manifest/{n}" for n in range(10)), *(f"https://free.org/manifest/{n}" for n in range(300)))
    slow, free = bench.network.times("slow.org"), bench.network.times("free.org")
    assert most_in(slow, 60) <= 4
    assert free[-1] - free[0] < 60 < slow[-1] - slow[0]


def test_retry_after_is_honoured_to_the_second(bench: Bench) -> None:
    bench.network.codes["https://free.org/manifest/1"] = [Answer(429, {"retry-after": "300"}, b"")]
    bench.fetch("https://free.org/manifest/1")
    first, second = bench.network.times("manifest/1")
    assert 300 <= second - first <= 306


def test_a_host_that_refuses_everything_is_given_up_after_waits_that_double(bench: Bench) -> None:
    for number in range(20):
        bench.network.codes[f"https://free.org/manifest/{number}"] = [Answer(403, {}, b"")] * 99
    counts = bench.fetch(*(f"https://free.org/manifest/{number}" for number in range(20)))
    assert counts == {("page", tasks.FAILED): 20}
    times = bench.network.times()
    gaps = [later - earlier for earlier, later in pairwise(times)]
    long = [gap for gap in gaps if gap >= 50]
    assert len(long) == 7
    assert all(later >= 1.9 * earlier for earlier, later in pairwise(long[:6]))
    assert len(times) <= 10


def test_a_network_that_is_gone_for_a_while_costs_nothing_but_time(bench: Bench) -> None:
    bench.network.codes["https://free.org/manifest/1"] = [None, None, None]
    counts = bench.fetch("https://free.org/manifest/1", "https://free.org/manifest/2")
    assert counts == {("page", tasks.DONE): 2, ("image", tasks.DONE): 2}


def test_one_broken_picture_does_not_make_its_host_s_others_wait(bench: Bench) -> None:
    bench.network.codes["https://free.org/i/7.jpg"] = [Answer(500, {}, b""), None] * 9
    counts = bench.fetch(*(f"https://free.org/manifest/{number}" for number in range(12)))
    assert counts == {("page", tasks.DONE): 12, ("image", tasks.DONE): 11, ("image", tasks.FAILED): 1}
    broken = bench.network.times("i/7.jpg")
    assert len(broken) == 1 + WISHES.retries
    assert broken[-1] - broken[0] < bench.crawl.rules("free.org").cool_down


def test_a_broken_picture_alone_is_soon_told(bench: Bench) -> None:
    bench.network.codes["https://free.org/manifest/7"] = [None] * 9
    assert bench.fetch("https://free.org/manifest/7") == {("page", tasks.FAILED): 1}
    times = bench.network.times()
    assert len(times) == 1 + WISHES.retries
    assert times[-1] - times[0] < bench.crawl.rules("free.org").cool_down


def test_a_cool_down_outlives_the_program(bench: Bench) -> None:
    bench.network.codes["https://free.org/manifest/1"] = [Answer(429, {"retry-after": "1000"}, b"")]
    bench.crawl.rules = lambda host: Rules(0, 1, 60, 500)
    bench.fetch("https://free.org/manifest/1")
    assert len(bench.network.log) == 1
    again = Crawl(
        WISHES, bench.crawl.tasks, bench.crawl.cache, bench.network, lambda host: Rules(0, 1, 60, 5000), bench.clock, bench.clock.wait
    )
    again.tasks.add([page_task("https://free.org/manifest/2", "", {})])
    again.run(1)
    assert bench.network.log[1][0] - bench.network.log[0][0] >= 1000


def test_what_a_thread_raises_is_raised(bench: Bench) -> None:
    def broken(address: str, headers: Mapping[str, str]) -> Answer:
        raise RuntimeError("a fault of this program")

    bench.network.get = broken  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="a fault of this program"):
        bench.fetch("https://free.org/manifest/1")
