"""The collection of twelve pictures, built once."""

from __future__ import annotations

import pytest

from tests.workflow.collection import Collection


@pytest.fixture(scope="session")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Twelve pictures with metadata, built once. Tests that change it work on a copy."""
    collection = Collection(tmp_path_factory.mktemp("twelve"))
    collection.draw(range(12))
    rows = "\n".join(f"p{i:03}.png,Picture {12 - i},{'odd' if i % 2 else 'even'}" for i in range(12))
    (collection.root / "metadata.csv").write_text(f"filename,title,category\n{rows}\n")
    collection.configure({"metadata": str(collection.root / "metadata.csv")})
    run = collection.run()
    assert run.code == 0, run.text
    assert run.jobs["ingest"] == run.jobs["features"] == 2, "two shards"
    return collection
