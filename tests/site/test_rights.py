"""Credit and licence: of the collection, by columns of single pictures, in the manifest and in IIIF."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pixplot_steps.site import iiif, rights
from pixplot_steps.site.rights import Rights
from pixplot_steps.site.verify import verify
from tests import artefacts, site_fixture

ROOT = Path(__file__).parents[2]
BY = "http://creativecommons.org/licenses/by/4.0/"
OF = Rights("A museum", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.de")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", BY),
        (" https://www.creativecommons.org/licenses/by/4.0 ", BY),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.fr", BY),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/de/", "http://creativecommons.org/licenses/by-nc-sa/3.0/de/"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "http://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://rightsstatements.org/page/InC/1.0/?language=en", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("http://rightsstatements.org/vocab/NoC-US/1.0/", "http://rightsstatements.org/vocab/NoC-US/1.0/"),
        ("https://creativecommons.org/", None),
        ("https://creativecommons.org.evil.org/licenses/by/4.0/", None),
        ("https://a.org/creativecommons.org/licenses/by/4.0/", None),
        ("CC BY 4.0", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_the_address_of_a_licence_as_iiif_has_it(text: str, wanted: str | None) -> None:
    assert rights.uri(text) == wanted


def column(name: str, label: str = "") -> dict[str, str | None]:
    return {"name": name, "label": label or name, "type": "text", "role": None}


@pytest.mark.parametrize(
    ("columns", "credits_", "licences"),
    [
        ([column("Credit Line"), column("RIGHTS")], ["Credit Line"], ["RIGHTS"]),
        ([column("c", "Crédits"), column("d", "Lizenz")], ["c"], ["d"]),
        ([column("credit_line"), column("rights-statement")], ["credit_line"], ["rights-statement"]),
        ([column("creditor"), column("copyrighted")], [], []),
        ([], [], []),
    ],
)
def test_columns_are_told_by_name_or_label(columns: list[dict[str, str | None]], credits_: list[str], licences: list[str]) -> None:
    assert (rights.named(columns, rights.CREDITS), rights.named(columns, rights.LICENCES)) == (credits_, licences)


@pytest.mark.parametrize(("name", "listed"), [("CREDITS", rights.CREDITS), ("LICENCES", rights.LICENCES)])
def test_the_page_goes_by_the_same_names(name: str, listed: tuple[str, ...]) -> None:
    text = (ROOT / "viewer/src/model/rights.ts").read_text("utf-8")
    [found] = re.findall(rf"const {name} = \[(.*?)\]", text, re.DOTALL)
    assert tuple(re.findall(r'"([^"]+)"', found)) == listed


def statement(found: dict[str, Any]) -> tuple[str | None, str | None, list[str]]:
    """The licence that machines read, and label and texts of the statement."""
    told = found.get("requiredStatement", {"label": {"en": [None]}, "value": {"none": []}})
    return found.get("rights"), told["label"]["en"][0], told["value"]["none"]


def row(item: str, **told: str) -> iiif.Row:
    return iiif.Row(item, "pictures/aa/a.jpg", (3, 2), None, told)


@pytest.mark.parametrize(
    ("of", "rows", "whole", "canvases", "why"),
    [
        (OF, [{}, {}], (BY, "Attribution and licence", ["A museum", "CC BY 4.0"]), [(None, None, [])] * 2, "said once, of all"),
        (Rights(), [{}], (None, None, []), [(None, None, [])], "nothing is said"),
        (
            OF,
            [{"licence": "All rights reserved"}, {}],
            (None, "Attribution", ["A museum"]),
            [(None, "Licence", ["All rights reserved"]), (BY, "Licence", ["CC BY 4.0"])],
            "a licence of its own is not contradicted by the collection's",
        ),
        (
            OF,
            [{"credit": "B"}, {}],
            (BY, "Licence", ["CC BY 4.0"]),
            [(None, "Attribution", ["B"]), (None, "Attribution", ["A museum"])],
            "a credit of its own",
        ),
        (
            Rights(licence="Ours", address="https://a.org/terms"),
            [{}],
            (None, "Licence", ["Ours", "https://a.org/terms"]),
            [(None, None, [])],
            "an address that may not stand as rights",
        ),
        (Rights(licence=BY), [{}], (BY, None, []), [(None, None, [])], "the licence is the address itself"),
    ],
)
def test_what_holds_for_all_is_said_of_the_manifest(
    of: Rights, rows: list[dict[str, str]], whole: object, canvases: list[object], why: str
) -> None:
    given = [row(f"i{place}", **told) for place, told in enumerate(rows)]
    files = dict(iiif.manifests("https://m.org/", "M", given, [], of))
    found, collection = (json.loads(files[f"iiif/{name}.json"]) for name in ("all", "collection"))
    assert (statement(found), [statement(one) for one in found["items"]]) == (whole, canvases), why
    assert statement(collection) == whole, why


COLUMNS = [("licence", pa.string()), ("rights", pa.string()), ("credit", pa.list_(pa.string()))]


def test_columns_of_the_items_are_read() -> None:
    metadata = {b"type": b"text", b"role": b""}
    fields = [pa.field("item", pa.string()), pa.field("image", pa.string())]
    fields += [pa.field(name, kind, metadata={**metadata, b"label": name.encode()}) for name, kind in COLUMNS]
    values = [["a", "b", "c"], ["00" * 16] * 3, ["CC BY", "free", None], ["", BY, None], [["X", None, "Y"], None, []]]
    items = pa.table(values, schema=pa.schema(fields))
    found = iiif.rows(items, np.full((3, 2), 10), 100)
    assert [(one.told.get("licence"), one.told.get("credit")) for one in found] == [("CC BY", "X, Y"), (BY, None), (None, None)]


def test_the_site_says_it_and_is_checked(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path / "made", 12, broken=False)
    site_fixture.atlas(found)
    given = {"credit": "A <b>museum</b>", "licence": "CC BY 4.0", "licence-url": OF.address}
    site_fixture.site(found, tmp_path / "site", address="https://m.org/", rights=given)
    path = tmp_path / "site/data/manifest.json"
    manifest = json.loads(path.read_bytes())
    assert manifest["rights"] == {"credit": "A <b>museum</b>", "licence": "CC BY 4.0", "address": OF.address}
    assert json.loads((tmp_path / "site/iiif/all.json").read_bytes())["rights"] == BY
    assert verify(tmp_path / "site") == []
    manifest["rights"]["address"] = "javascript:alert(1)"
    path.write_text(json.dumps(manifest))
    assert ["rights" in str(fault) for fault in verify(tmp_path / "site")] == [True]
    site_fixture.site(found, tmp_path / "site", address="https://m.org/")
    assert "rights" not in json.loads(path.read_bytes())
