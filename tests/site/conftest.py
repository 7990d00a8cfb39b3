"""One finished site for all tests of this folder, and a copy of it to damage."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import artefacts, site_fixture
from tests.artefacts import Artefacts


@dataclass(frozen=True)
class Built:
    """Artefacts and the site that was made from them."""

    found: Artefacts
    site: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A site of 40 images with several pages. Read it only."""
    root = tmp_path_factory.mktemp("built")
    found = artefacts.write(root, 40, shard_size=16)
    site_fixture.atlas(found, page=512, per_job=2)
    site_fixture.site(found, root / "site")
    return Built(found, root / "site")


@pytest.fixture
def copy(built: Built, tmp_path: Path) -> Path:
    """A copy of the site."""
    return Path(shutil.copytree(built.site, tmp_path / "copy"))
