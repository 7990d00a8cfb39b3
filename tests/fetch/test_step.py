"""The step against a museum on loopback with every fault of the web."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pixplot_steps import cli, digest, spec
from pixplot_steps.store import commit, tables
from tests import golden_check
from tests.fetch import museum as museums
from tests.fetch.museum import Answer, Museum, Reply, always, at_first, zipped

FLAGS: dict[str, Any] = {
    "contact": "test@example.org",
    "canvases": "first",
    "language": "",
    "side": 300,
    "info": "always",
    "per-minute": 0,
    "concurrency": 4,
    "hosts": "{}",
    "cool-down": 0.3,
    "longest-wait": 2,
    "retries": 2,
    "timeout": 3,
    "max-mib": 2,
    "max-failures": 1,
    "private-addresses": "true",
    "refresh": "false",
    "attempt": 0,
}


@pytest.fixture
def museum() -> Any:
    with museums.open_museum() as opened:
        yield opened


@dataclass
class Fetch:
    """A call of the step."""

    root: Path
    flags: dict[str, Any] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.root / "fetched"

    def run(self, *manifests: str, code: int = 0, **changes: Any) -> None:
        flags = {**FLAGS, **self.flags, **{name.replace("_", "-"): value for name, value in changes.items()}}
        places = ["--cache", str(self.root / "cache"), "--index", str(self.root / "ledger/fetch.sqlite"), "--out", str(self.out)]
        given = [f"--{name}={value}" for name, value in flags.items()]
        assert cli.main(["step", "fetch", "--manifests", *manifests, *given, *places]) == code

    def items(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = tables.read(self.out / "items.parquet", tables.FETCHED).to_pylist()
        return rows

    def problems(self) -> dict[str, str]:
        rows = tables.read(self.out / "problems.parquet", tables.PROBLEMS).to_pylist()
        return {row["path"]: row["reason"] for row in rows}

    def bytes_of(self, row: dict[str, Any]) -> bytes:
        digest_: str = row["image"]
        return (self.root / "cache" / digest_[:2] / digest_).read_bytes()


@pytest.fixture
def fetch(tmp_path: Path) -> Fetch:
    return Fetch(tmp_path)


def name(museum: Museum, path: str) -> str:
    return museum.url(path).removeprefix("http://")


class TestWhatIsGiven:
    """Everything that `manifests` may name gives the same pictures."""

    def check(self, fetch: Fetch, museum: Museum, numbers: range) -> None:
        assert [row["item"] for row in fetch.items()] == sorted(name(museum, f"/manifest/{number}") for number in numbers)
        assert fetch.problems() == {}

    def test_a_manifest(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/manifest/1"))
        self.check(fetch, museum, range(1, 2))
        row = fetch.items()[0]
        assert museum.asked() == ["/manifest/1", "/iiif/1/info.json", "/iiif/1/full/!300,200/0/default.jpg"]
        assert row["image"] == digest.of_bytes(fetch.bytes_of(row))
        assert row["size"] == len(fetch.bytes_of(row))
        assert json.loads(row["cells"]) == {
            "title": ["Picture 1"],
            "rights": ["http://creativecommons.org/publicdomain/zero/1.0/"],
            "permalink": [museum.url("/page/1")],
            "Maker": ["Artist 1"],
            "date": ["1801"],
            "manifest": [museum.url("/manifest/1")],
            "canvas": [museum.url("/canvas/1")],
        }
        assert json.loads(row["service"]) == {
            "id": museum.url("/iiif/1"),
            "version": 3,
            "level": 2,
            "width": 900,
            "height": 600,
            "region": "full",
            "large": museum.url("/iiif/1/full/max/0/default.jpg"),
        }

    def test_a_collection(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/collection/0-5"))
        self.check(fetch, museum, range(5))

    def test_collections_in_collections_that_lead_back(self, fetch: Fetch, museum: Museum) -> None:
        top = {"id": museum.url("/top"), "type": "Collection", "items": []}
        members = [museum.url(path) for path in ("/top", "/collection/0-3", "/collection/2-5", "/middle")]
        museum.faults["/top"] = always(museum.json({**top, "items": [{"id": one, "type": "Collection"} for one in members]}))
        museum.faults["/middle"] = always(museum.json({**top, "items": [{"id": museum.url("/top"), "type": "Collection"}]}))
        fetch.run(museum.url("/top"))
        self.check(fetch, museum, range(5))
        assert max(Counter(museum.asked()).values()) == 1

    def test_a_collection_in_pages_that_lead_back(self, fetch: Fetch, museum: Museum) -> None:
        def page(first: int, following: str) -> Answer:
            members = [{"@id": museum.url(f"/manifest/{number}")} for number in (first, first + 1)]
            return always(museum.json({"@type": "sc:Collection", "next": museum.url(following), "manifests": members}))

        museum.faults["/pages"] = always(museum.json({"@type": "sc:Collection", "first": museum.url("/page1"), "total": 4}))
        museum.faults["/page1"] = page(0, "/page2")
        museum.faults["/page2"] = page(2, "/page1")
        fetch.run(museum.url("/pages"))
        self.check(fetch, museum, range(4))

    def test_a_list(self, fetch: Fetch, museum: Museum, tmp_path: Path) -> None:
        lines = ["# a remark", "", *(museum.url(f"/manifest/{number}") for number in (2, 0, 1, 1))]
        (tmp_path / "list.txt").write_text("\n".join(lines), "utf-8-sig")
        fetch.run(str(tmp_path / "list.txt"))
        self.check(fetch, museum, range(3))

    def test_a_file_that_is_a_manifest(self, fetch: Fetch, museum: Museum, tmp_path: Path) -> None:
        (tmp_path / "m.json").write_text(json.dumps(museum.manifest(4)))
        fetch.run(str(tmp_path / "m.json"))
        self.check(fetch, museum, range(4, 5))
        assert museum.asked("manifest") == []

    def test_a_list_of_files(self, fetch: Fetch, museum: Museum, tmp_path: Path) -> None:
        (tmp_path / "m.json").write_text(json.dumps({**museum.manifest(4), "id": "urn:uuid:4"}))
        (tmp_path / "list.txt").write_text(f"m.json\n{museum.url('/manifest/5')}")
        fetch.run(str(tmp_path / "list.txt"))
        assert {row["item"] for row in fetch.items()} == {"m.json", name(museum, "/manifest/5")}

    def test_a_pattern_of_files(self, fetch: Fetch, museum: Museum, tmp_path: Path) -> None:
        (tmp_path / "m").mkdir()
        for number in (4, 5, 6):
            (tmp_path / "m" / f"{number}.json").write_text(json.dumps(museum.manifest(number)))
        fetch.run(str(tmp_path / "m" / "[56].json"))
        self.check(fetch, museum, range(5, 7))
        fetch.run(str(tmp_path / "m" / "7*.json"), code=1)

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_a_table(self, fetch: Fetch, museum: Museum, tmp_path: Path, separator: str) -> None:
        rows = [
            ["Id", "Manifest", "title"],
            ["7", museum.url("/manifest/0"), "Mine"],
            ["8", "", "none"],
            ["9", museum.url("/manifest/1"), ""],
        ]
        (tmp_path / "table.csv").write_text("\n".join(separator.join(row) for row in rows))
        fetch.run(str(tmp_path / "table.csv"))
        self.check(fetch, museum, range(2))
        first, second = (json.loads(row["cells"]) for row in fetch.items())
        assert (first["Id"], first["title"]) == (["7"], ["Mine"])
        assert (second["Id"], second["title"]) == (["9"], ["Picture 1"])

    def test_a_table_of_services(self, fetch: Fetch, museum: Museum, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text(f"service,Maker\n{museum.url('/iiif/3')},A\n{museum.url('/iiif/4/info.json')},B\n")
        fetch.run(str(tmp_path / "t.csv"))
        assert [row["item"] for row in fetch.items()] == [name(museum, "/iiif/3"), name(museum, "/iiif/4")]
        assert [json.loads(row["cells"]) for row in fetch.items()] == [{"Maker": ["A"]}, {"Maker": ["B"]}]

    def test_a_picture_without_a_service(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/v2/6"))
        assert museum.asked() == ["/v2/6", "/static/6.jpg"]
        assert fetch.items()[0]["service"] is None

    def test_a_manifest_of_ten_thousand_canvases(self, fetch: Fetch, museum: Museum) -> None:
        value = museum.manifest(1, canvases=10_000)
        for number, canvas in enumerate(value["items"]):
            canvas["items"][0]["items"][0]["body"] = {"id": museum.url(f"/static/{number % 40}.jpg"), "type": "Image"}
        museum.faults["/manifest/1"] = always(zipped(museum.json(value)))
        fetch.run(museum.url("/manifest/1"), canvases="all", max_mib=16)
        manifest = name(museum, "/manifest/1")
        # An image that many canvases show is one item, by the first of them.
        assert [row["item"] for row in fetch.items()] == [f"{manifest}#canvas={number:05}" for number in range(1, 41)]

    @pytest.mark.parametrize(
        ("content", "file", "reason"),
        [
            ("nonsense\n", "l.txt", "line 1"),
            ("a,b\n1,2\n", "t.csv", "the columns a, b"),
            ("", "t.csv", "the columns"),
        ],
    )
    def test_what_is_no_list_is_told(
        self, fetch: Fetch, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, file: str, reason: str
    ) -> None:
        (tmp_path / file).write_text(content)
        fetch.run(str(tmp_path / file), code=1)
        assert reason in capsys.readouterr().err

    def test_a_list_that_is_not_there_is_told(self, fetch: Fetch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        fetch.run(str(tmp_path / "none.txt"), code=1)
        assert "no such file" in capsys.readouterr().err


INFO, PICTURE = "/iiif/1/info.json", "/iiif/1/full/!300,200/0/default.jpg"
HTML = Reply(b"<!doctype html><html>Please wait</html>", headers={"Content-Type": "text/html"})


@dataclass(frozen=True)
class Fault:
    """`path`: where; `answer`: what; `asks`: how often it is asked for; `reason`: of the problem, empty where it is got in the end."""

    why: str
    path: str
    answer: Answer
    asks: int
    reason: str = ""


def right(path: str) -> Reply:
    """What the museum answers to this path otherwise."""
    return Museum().right(path)


def cut(path: str) -> Reply:
    whole = right(path)
    return Reply(whole.body[: len(whole.body) // 2], headers=whole.headers, promised=len(whole.body))


FAULTS = [
    Fault("429 once", PICTURE, at_first(Reply(code=429), 1, right(PICTURE)), 2),
    Fault("429 with Retry-After", PICTURE, at_first(Reply(code=429, headers={"Retry-After": "1"}), 1, right(PICTURE)), 2),
    Fault("503 with Retry-After", PICTURE, at_first(Reply(code=503, headers={"Retry-After": "0"}), 1, right(PICTURE)), 2),
    Fault("503 twice", PICTURE, at_first(Reply(code=503), 2, right(PICTURE)), 3),
    Fault("503 for ever", PICTURE, always(Reply(code=503)), 3, "the server answers 503"),
    Fault("500 for ever", PICTURE, always(Reply(code=500)), 3, "the server answers 500"),
    Fault("403 for one picture", PICTURE, always(Reply(code=403)), 3, "the server answers 403"),
    Fault("404", PICTURE, always(Reply(code=404)), 1, "the server answers 404"),
    Fault("401, restricted", PICTURE, always(Reply(code=401)), 1, "the server answers 401"),
    Fault("304 that nobody asked for", PICTURE, always(Reply(code=304)), 1, "the server answers 304"),
    Fault("cut off once", PICTURE, at_first(cut(PICTURE), 1, right(PICTURE)), 2),
    Fault("cut off for ever", PICTURE, always(cut(PICTURE)), 3, "the answer was cut off"),
    Fault("cut off without a length", PICTURE, always(Reply(right(PICTURE).body[:500], promised=-1)), 3, "the picture is cut off"),
    Fault("whole without a length", PICTURE, always(Reply(right(PICTURE).body, promised=-1)), 1),
    Fault("longer than promised", PICTURE, always(Reply(right(PICTURE).body + b"x" * 100, promised=len(right(PICTURE).body))), 1),
    Fault("too slow", PICTURE, always(Reply(right(PICTURE).body, pause=2)), 3, "the answer took more than 3 seconds"),
    Fault("empty", PICTURE, always(Reply(b"")), 2, "the answer is empty"),
    Fault("HTML in place of a picture", PICTURE, always(HTML), 2, "the answer is no picture, though its code is 200"),
    Fault("HTML once", PICTURE, at_first(HTML, 1, right(PICTURE)), 2),
    Fault("too large, as it says itself", PICTURE, always(Reply(b"x", promised=1 << 30)), 1, "an answer of 1073741824 bytes"),
    Fault("too large", PICTURE, always(Reply(b"\xff\xd8" + b"x" * (3 << 20), promised=-1)), 1, "an answer of more than 2097152 bytes"),
    Fault("a bomb", PICTURE, always(zipped(Reply(b"\xff\xd8" + b"x" * (50 << 20)))), 1, "an answer of more than 2097152 bytes"),
    Fault("redirect", PICTURE, always(Reply(code=302, headers={"Location": "/static/1.jpg"})), 1),
    Fault("redirect to itself", PICTURE, always(Reply(code=301, headers={"Location": PICTURE})), 6, "more than 5 redirects"),
    Fault("redirect to a file", PICTURE, always(Reply(code=302, headers={"Location": "file:///etc/passwd"})), 1, "a redirect is refused"),
    Fault("redirect to nowhere", PICTURE, always(Reply(code=302)), 6, "more than 5 redirects"),
    Fault("no info.json, but a level", INFO, always(Reply(code=404)), 1),
    Fault("HTML for info.json", INFO, always(HTML), 2),
    Fault("an info.json of something else", INFO, always(Museum.json({"hello": "world"})), 1),
    Fault("gzip for info.json", INFO, always(zipped(Museum.json(Museum().info(1)))), 1),
    Fault("HTML for a manifest", "/manifest/1", always(HTML), 2, "the answer is no JSON, though its code is 200"),
    Fault("half a manifest", "/manifest/1", always(Reply(b'{"type": "Manifest", "items": [')), 1, "it is no JSON"),
    Fault("another thing than a manifest", "/manifest/1", always(Reply(b'{"type": "Range"}')), 1, "it is of type 'Range'"),
    Fault("a manifest of a video", "/manifest/1", always(Reply(b'{"type": "Manifest", "items": []}')), 1, "the manifest has no canvases"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.why)
def test_a_fault_costs_its_own_picture_at_most(fetch: Fetch, museum: Museum, fault: Fault) -> None:
    museum.faults[fault.path] = fault.answer
    fetch.run(museum.url("/collection/0-3"))
    names = {row["item"].rpartition("/")[2] for row in fetch.items()}
    assert names == ({"0", "2"} if fault.reason else {"0", "1", "2"})
    assert museum.asked().count(fault.path) == fault.asks
    problems = fetch.problems()
    assert [path.rpartition("/")[2] for path in problems] == (["1"] if fault.reason else [])
    assert all(fault.reason in reason for reason in problems.values())


class TestPoliteness:
    def test_servers_are_told_who_asks(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/manifest/1"))
        assert all("(+test@example.org)" in one.headers["User-Agent"] for one in museum.log)

    def test_no_more_at_once_than_allowed(self, fetch: Fetch, museum: Museum) -> None:
        for number in range(12):
            slow = Reply(museum.right(f"/iiif/{number}/full/!300,200/0/default.jpg").body, pause=0.05)
            museum.faults[f"/iiif/{number}/full/!300,200/0/default.jpg"] = always(slow)
        fetch.run(museum.url("/collection/0-12"), concurrency=3)
        assert 2 <= museum.most_open <= 3

    def test_a_rate_is_kept(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/collection/0-4"), per_minute=600)
        times = sorted(one.time for one in museum.log)
        assert len(times) == 13
        assert times[-1] - times[0] >= 12 * 0.1 * 0.99

    def test_a_host_that_complains_is_left_alone_by_all(self, fetch: Fetch, museum: Museum) -> None:
        path = "/iiif/0/info.json"
        museum.faults[path] = at_first(Reply(code=429, headers={"Retry-After": "1"}), 1, museum.right(path))
        fetch.run(museum.url("/collection/0-8"), concurrency=1)
        complained = next(place for place, one in enumerate(museum.log) if one.code == 429)
        assert museum.log[complained + 1].time - museum.log[complained].time >= 0.95

    def test_a_host_that_asks_for_too_much_is_asked_no_more_and_others_are(self, fetch: Fetch, museum: Museum, tmp_path: Path) -> None:
        with museums.open_museum() as other:
            for number in range(6):
                museum.faults[f"/manifest/{number}"] = always(Reply(code=429, headers={"Retry-After": "600"}))
            lines = [museum.url(f"/manifest/{number}") for number in range(6)] + [other.url("/manifest/9")]
            (tmp_path / "l.txt").write_text("\n".join(lines))
            fetch.run(str(tmp_path / "l.txt"), concurrency=1)
            assert [row["item"] for row in fetch.items()] == [name(other, "/manifest/9")]
            assert len(museum.log) == 1
            assert set(fetch.problems().values()) == {"the server answers 429", "it asks to be left alone for 600 seconds"}
            fetch.run(str(tmp_path / "l.txt"), attempt=1)
        assert len(museum.log) == 1, "it is remembered in the next run"

    def test_a_host_that_is_not_there_is_given_up(self, fetch: Fetch, museum: Museum, tmp_path: Path) -> None:
        lines = [f"http://127.0.0.1:9/{number}" for number in range(30)] + [museum.url("/manifest/1")]
        (tmp_path / "l.txt").write_text("\n".join(lines))
        fetch.run(str(tmp_path / "l.txt"), cool_down=0.01)
        assert len(fetch.items()) == 1
        assert "it failed 8 times in a row" in fetch.problems().values()

    def test_the_manifest_may_save_a_request(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/manifest/1"), info="needed")
        assert museum.asked() == ["/manifest/1", PICTURE]


class TestNothingTwice:
    def test_a_second_run_asks_for_nothing(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/collection/0-5"))
        first, stamp = len(museum.log), commit.stamp(fetch.out).digest
        fetch.run(museum.url("/collection/0-5"))
        assert len(museum.log) == first
        assert commit.stamp(fetch.out).digest == stamp

    def test_what_failed_is_tried_again_and_nothing_else(self, fetch: Fetch, museum: Museum) -> None:
        museum.faults[PICTURE] = always(Reply(code=404))
        fetch.run(museum.url("/collection/0-5"))
        assert commit.stamp(fetch.out).summary == {"attempt": 1, "failures": 1}
        del museum.faults[PICTURE]
        museum.log.clear()
        fetch.run(museum.url("/collection/0-5"), attempt=1)
        assert museum.asked() == [PICTURE]
        assert commit.stamp(fetch.out).summary == {"attempt": 1, "failures": 0}
        assert len(fetch.items()) == 5

    def test_new_members_are_asked_for_alone(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/collection/0-5"))
        museum.log.clear()
        fetch.run(museum.url("/collection/0-6"))
        assert [path for path in museum.asked() if "/5" not in path] == ["/collection/0-6"]

    def test_bytes_that_are_gone_are_fetched_again(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/collection/0-3"))
        museum.log.clear()
        gone = fetch.items()[1]["image"]
        (fetch.root / "cache" / gone[:2] / gone).unlink()
        fetch.run(museum.url("/collection/0-3"))
        assert museum.asked() == [PICTURE]

    def test_a_refresh_asks_whether_anything_has_changed(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/collection/0-3"))
        before = fetch.items()
        museum.log.clear()
        museum.faults["/manifest/1"] = lambda count, headers: Reply(
            json.dumps({**museum.manifest(1), "label": {"en": ["New"]}}).encode(), headers={"ETag": '"two"'}
        )
        fetch.run(museum.url("/collection/0-3"), refresh="true")
        assert len(museum.log) == 10
        assert Counter(one.code for one in museum.log) == {304: 9, 200: 1}
        assert commit.stamp(fetch.out).summary["attempt"] == 1
        assert [row["image"] for row in fetch.items()] == [row["image"] for row in before]
        assert json.loads(fetch.items()[1]["cells"])["title"] == ["New"]

    def test_a_refresh_that_was_cut_short_goes_on(self, fetch: Fetch, museum: Museum) -> None:
        fetch.run(museum.url("/collection/0-3"))
        fetch.run(museum.url("/collection/0-3"), refresh="true")
        museum.log.clear()
        # The number of the run is the same: it is the run that did not end.
        fetch.run(museum.url("/collection/0-3"), refresh="true")
        assert museum.log == []


class TestStopping:
    def test_too_many_failures_stop_the_run_with_a_table(self, fetch: Fetch, museum: Museum, capsys: pytest.CaptureFixture[str]) -> None:
        for number in range(4):
            museum.faults[f"/iiif/{number}/full/!300,200/0/default.jpg"] = always(Reply(code=404 if number else 500))
        fetch.run(museum.url("/collection/0-8"), code=1, max_failures=0.1)
        host = museum.root.removeprefix("http://")
        said = capsys.readouterr().err
        assert f"{host}: 404: 3" in said
        assert f"{host}: 500: 1" in said
        assert not fetch.out.exists()
        museum.faults.clear()
        museum.log.clear()
        fetch.run(museum.url("/collection/0-8"), max_failures=0.1)
        assert len(museum.log) == 4, "what was received was kept"

    def test_no_picture_at_all_stops_the_run(self, fetch: Fetch, museum: Museum, capsys: pytest.CaptureFixture[str]) -> None:
        museum.faults["/manifest/1"] = always(Reply(b'{"type": "Manifest", "items": []}'))
        fetch.run(museum.url("/manifest/1"), code=1)
        assert "the manifest has no canvases" in capsys.readouterr().err


class TestSecurity:
    def test_private_networks_are_not_asked_unless_allowed(self, fetch: Fetch, museum: Museum, capsys: pytest.CaptureFixture[str]) -> None:
        fetch.run(museum.url("/manifest/1"), code=1, private_addresses="false")
        told = capsys.readouterr().err
        assert "127.0.0.1, of a private network" in told
        assert "--set fetch.private_addresses=true" in told
        assert museum.log == []

    @pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://a.org/x", "javascript:alert(1)", "", "urn:x"])
    def test_addresses_in_manifests_are_data(self, fetch: Fetch, museum: Museum, address: str) -> None:
        value = museum.manifest(1)
        value["items"][0]["items"][0]["items"][0]["body"] = {"id": address, "type": "Image"}
        museum.faults["/manifest/1"] = always(museum.json(value))
        fetch.run(museum.url("/collection/0-2"))
        assert [row["item"] for row in fetch.items()] == [name(museum, "/manifest/0")]
        assert len(fetch.problems()) == 1

    def test_no_file_name_comes_from_outside(self, fetch: Fetch, museum: Museum) -> None:
        path = "/manifest/..%2F..%2F..%2Fevil"
        museum.faults[path] = always(museum.json({**museum.manifest(1), "id": "../../../../evil"}))
        fetch.run(museum.url(path))
        assert len(fetch.items()) == 1
        names = [file.name for file in fetch.root.rglob("*") if file.is_file()]
        assert [file for file in names if "evil" in file] == []

    def test_proxies_of_the_environment_do_not_hide_the_museum(self, fetch: Fetch, museum: Museum, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        fetch.run(museum.url("/manifest/1"))
        assert len(fetch.items()) == 1


def test_no_thread_is_left_behind(fetch: Fetch, museum: Museum) -> None:
    fetch.run(museum.url("/collection/0-3"))
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("fetch")] == []


def test_the_output_is_the_known_one(fetch: Fetch, museum: Museum) -> None:
    fetch.run(*(museum.url(f"/manifest/{number}") for number in range(1, 4)))
    text = json.dumps(fetch.items(), sort_keys=True).replace(name(museum, ""), "museum.example")
    golden_check.check("fetch", spec.VERSIONS["fetch"], {"items": json.loads(text)})
