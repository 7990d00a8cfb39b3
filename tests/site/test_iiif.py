"""A site of pictures from servers: their services, whom the page may ask, and IIIF manifests of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pixplot_steps.site import iiif, services
from pixplot_steps.site.verify import verify
from tests import artefacts, site_fixture

ADDRESS = "https://maps.example.org/prints/"


def service(row: int) -> str | None:
    """Every third item has none; versions and hosts differ."""
    if row % 3 == 2:
        return None
    base = f"https://{'a' if row % 2 else 'b'}.example.org/iiif/{row}"
    told = {"version": 1 + row // 3 % 3, "level": row % 2 + 1, "width": 3000, "height": 2000, "region": "full"}
    return json.dumps({"id": base, **told, "large": f"{base}/full/2048,/0/default.jpg"})


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("remote")
    found = artefacts.write(root, 40, shard_size=16, service=service)
    site_fixture.atlas(found)
    (found.viewer / "index.html").write_text(PAGE)
    site_fixture.site(found, root / "site", address=ADDRESS.rstrip("/"))
    return root / "site"


PAGE = """<!doctype html><meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src 'self' blob:; connect-src 'self'; script-src 'self'" />"""


def manifest(site: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((site / "data/manifest.json").read_bytes())
    return value


class TestServices:
    def test_the_site_is_right(self, remote: Path) -> None:
        assert verify(remote) == []

    def test_each_row_has_its_service(self, remote: Path) -> None:
        told = manifest(remote)["services"]
        data = (remote / told["records"]["file"]).read_bytes()
        ends = np.fromfile(remote / told["ends"]["file"], "<u4").tolist()
        found = [data[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
        assert len(found) == manifest(remote)["counts"]["items"]
        assert sum(record == b"" for record in found) == pytest.approx(len(found) / 3, abs=2)
        for record in filter(None, found):
            value = json.loads(record)
            assert value["large"] == "/full/2048,/0/default.jpg"
            assert re.fullmatch(r"https://[ab]\.example\.org/iiif/\d+", value["id"])

    def test_the_page_may_ask_these_hosts_and_no_other(self, remote: Path) -> None:
        page = (remote / "index.html").read_text()
        hosts = " https://a.example.org https://b.example.org"
        assert sorted(manifest(remote)["services"]["hosts"]) == hosts.split()
        for part in ("img-src 'self'", "connect-src 'self'"):
            allowed = page.partition(part)[2].partition(";")[0].replace(" blob:", "")
            assert sorted(allowed.split()) == hosts.split()
        assert "script-src 'self'\"" in page

    def test_a_local_collection_stays_as_strict_as_it_was(self) -> None:
        assert services.allowed(PAGE.encode(), []) == PAGE.encode()

    @pytest.mark.parametrize(
        "address",
        [
            "https://a.org'; script-src *",
            "https://a.org;x/y",
            "javascript:alert(1)//x/",
            "https://*/x",
            'https://a.org"/x',
            "https://a.org\n/x",
            "https:///x",
            "//a.org/x",
        ],
    )
    def test_no_word_of_a_policy_comes_from_outside(self, address: str) -> None:
        assert services.origins([json.dumps({"id": address})]) == []

    @pytest.mark.parametrize("damage", ["hosts", "ends", "records"])
    def test_damage_is_found(self, tmp_path: Path, remote: Path, damage: str) -> None:
        import shutil

        from pixplot_steps import digest

        site = Path(shutil.copytree(remote, tmp_path / "site"))
        value = manifest(site)
        if damage == "hosts":
            value["services"]["hosts"] = ["https://a.org; script-src *"]
        else:
            old = value["services"][damage]
            data = (site / old["file"]).read_bytes()
            data = data[4:] + data[:4] if damage == "ends" else data.replace(b'"id"', b'"no"')
            name = digest.of_bytes(data)
            path = f"data/{name}.{old['file'].rpartition('.')[2]}"
            (site / path).write_bytes(data)
            value["services"][damage] = {**old, "file": path, "digest": name}
        (site / "data/manifest.json").write_text(json.dumps(value))
        assert verify(site) != []


class TestManifests:
    def read(self, site: Path, address: str) -> dict[str, Any]:
        assert address.startswith(ADDRESS)
        value: dict[str, Any] = json.loads((site / address.removeprefix(ADDRESS)).read_bytes())
        assert value["id"] == address
        return value

    def test_the_collection_names_all_hotspots_and_all_pictures(self, remote: Path) -> None:
        collection = self.read(remote, f"{ADDRESS}iiif/collection.json")
        found = [self.read(remote, member["id"]) for member in collection["items"]]
        hotspots = manifest(remote)["hotspots"]["list"]
        assert [len(one["items"]) for one in found] == [spot["count"] for spot in hotspots] + [manifest(remote)["counts"]["items"]]
        assert [one["label"]["none"][0] for one in found[:-1]] == [spot["label"] for spot in hotspots]
        assert collection["label"] == {"none": ["Synthetic <b>site</b>"]}

    def test_canvases_are_distinct_and_lead_to_pictures(self, remote: Path) -> None:
        every = self.read(remote, f"{ADDRESS}iiif/all.json")["items"]
        assert len({canvas["id"] for canvas in every}) == len(every)
        for canvas in every:
            body = canvas["items"][0]["items"][0]["body"]
            assert (canvas["width"], canvas["height"]) == (body["width"], body["height"])
            assert canvas["items"][0]["items"][0]["target"] == canvas["id"]
            if "service" in body:
                assert body["id"].endswith(".example.org/iiif/" + body["id"].split("/")[4] + "/full/2048,/0/default.jpg")
            else:
                assert (remote / body["id"].removeprefix(ADDRESS)).is_file()

    def test_services_are_named_as_their_version_wants_it(self, remote: Path) -> None:
        every = self.read(remote, f"{ADDRESS}iiif/all.json")["items"]
        bodies = [canvas["items"][0]["items"][0]["body"] for canvas in every]
        found = {one.get("type", one.get("@type")): one["profile"] for body in bodies for one in body.get("service", [])}
        assert found["ImageService3"] in ("level1", "level2")
        assert found["ImageService2"].startswith("http://iiif.io/api/image/2/level")
        assert found["ImageService1"].startswith("http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level")

    def test_without_an_address_there_are_none(self, tmp_path: Path) -> None:
        found = artefacts.write(tmp_path, 12)
        site_fixture.atlas(found)
        site_fixture.site(found, tmp_path / "site", address=ADDRESS)
        assert (tmp_path / "site/iiif/collection.json").is_file()
        assert verify(tmp_path / "site") == []
        site_fixture.site(found, tmp_path / "site")
        assert not (tmp_path / "site/iiif").exists()
        assert "services" not in manifest(tmp_path / "site")

    def test_large_ones_come_in_parts(self) -> None:
        rows = [iiif.Row(f"i{n}", "pictures/aa/a.jpg", (3, 2), None, {}) for n in range(1201)]
        files = dict(iiif.manifests(ADDRESS, "All", rows, [("x", "Spot", [4, 5])]))
        assert list(files) == [f"iiif/{name}.json" for name in ("hotspot-x", "all-1", "all-2", "all-3", "collection")]
        parts = [json.loads(files[f"iiif/all-{n}.json"]) for n in (1, 2, 3)]
        assert [len(part["items"]) for part in parts] == [500, 500, 201]
        assert parts[1]["label"] == {"none": ["All (2/3)"]}

    @pytest.mark.parametrize(
        ("told", "key", "wanted"),
        [
            ({"licence": "http://creativecommons.org/licenses/by/4.0/"}, "rights", "http://creativecommons.org/licenses/by/4.0/"),
            ({"licence": "All rights reserved"}, "rights", None),
            ({"permalink": "javascript:alert(1)"}, "homepage", None),
            ({"manifest": "https://a.org/m"}, "partOf", [{"id": "https://a.org/m", "type": "Manifest"}]),
            (
                {"credit": "A <b>museum</b>"},
                "requiredStatement",
                {"label": {"en": ["Attribution"]}, "value": {"none": ["A <b>museum</b>"]}},
            ),
        ],
    )
    def test_what_is_said_of_a_picture(self, told: dict[str, str], key: str, wanted: object) -> None:
        row = iiif.Row("i", "pictures/aa/a.jpg", (3, 2), None, told)
        assert iiif.manifest(ADDRESS, f"{ADDRESS}m", "M", [row])["items"][0].get(key) == wanted

    def test_iiif_prezi3_reads_what_is_written(self, remote: Path) -> None:
        prezi = pytest.importorskip("iiif_prezi3", reason="iiif-prezi3 is not installed; it asks for an older Pillow (see docs/decisions)")
        for path in sorted((remote / "iiif").glob("*.json")):
            kind = prezi.Collection if path.stem == "collection" else prezi.Manifest
            value = json.loads(path.read_bytes())
            assert len(kind(**value).items) == len(value["items"])
