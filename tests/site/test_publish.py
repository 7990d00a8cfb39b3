"""Publishing: what is copied, in which order, and what stays of older versions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pixplot_steps.cli import main
from pixplot_steps.site import folder, publish
from pixplot_steps.site.verify import verify
from pixplot_steps.store import commit
from tests.site.conftest import Built
from tests.workflow.collection import contents


@pytest.fixture
def site(built: Built, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.site, tmp_path / "site"))


def _publish(site: Path, to: Path, *flags: str) -> int:
    return main(["publish", str(site), str(to), *flags])


def test_a_site_is_published_and_then_nothing_is_new(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _publish(site, tmp_path / "www") == 0
    assert contents(tmp_path / "www") == contents(site)
    capsys.readouterr()
    assert _publish(site, tmp_path / "www") == 0
    assert "0 of " in capsys.readouterr().err


def test_the_manifest_comes_last_and_after_the_page(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    write = commit.unsynced_file

    def recorded(path: Path, data: Any) -> None:
        order.append(path.relative_to(tmp_path / "www").as_posix())
        write(path, data)

    monkeypatch.setattr(commit, "unsynced_file", recorded)
    _publish(site, tmp_path / "www")
    assert order[-2:] == ["index.html", folder.MANIFEST]
    assert len(set(order)) == len(contents(site))


def test_old_files_stay_until_they_are_pruned(built: Built, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _publish(site, tmp_path / "www")
    (tmp_path / "www" / "robots.txt").write_text("the publisher's own")
    old = contents(site)
    pages = list(site.glob("data/*.webp"))
    pages[0].rename(pages[0].with_name(f"{'0' * 32}.webp"))
    capsys.readouterr()
    _publish(site, tmp_path / "www")
    assert "1 old files kept (--prune removes them)" in capsys.readouterr().err
    assert set(old) <= set(contents(tmp_path / "www"))
    _publish(site, tmp_path / "www", "--prune")
    assert set(contents(tmp_path / "www")) == {*contents(site), "robots.txt"}


def test_killed_before_the_end_the_old_site_is_whole(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish(site, tmp_path / "www")
    (site / folder.MANIFEST).write_bytes((site / folder.MANIFEST).read_bytes() + b"\n")
    (site / "data" / f"{'1' * 32}.bin").write_bytes(b"new")

    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.sync", stop)
    with pytest.raises(KeyboardInterrupt):
        _publish(site, tmp_path / "www")
    assert (tmp_path / "www" / "data" / f"{'1' * 32}.bin").exists()
    assert [fault for fault in verify(tmp_path / "www") if "1" * 32 not in str(fault)] == []


def test_a_folder_with_other_files_is_refused(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "www" / "pictures").mkdir(parents=True)
    (tmp_path / "www" / "pictures" / "original.tif").touch()
    assert _publish(site, tmp_path / "www") == 1
    assert "the site's folder holds other files" in capsys.readouterr().err
    assert _publish(tmp_path / "nothing", tmp_path / "www") == 1
    assert "there is no finished site" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
def test_rsync_does_the_same(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _publish(site, tmp_path / "www", "--rsync") == 0
    assert contents(tmp_path / "www") == contents(site)
    (tmp_path / "www" / "data" / f"{'2' * 32}.bin").write_bytes(b"old")
    capsys.readouterr()
    assert _publish(site, tmp_path / "www", "--rsync") == 0
    assert "0 bytes are new" in capsys.readouterr().err
    assert _publish(site, tmp_path / "www", "--rsync", "--prune") == 0
    assert contents(tmp_path / "www") == contents(site)
    assert _publish(site, tmp_path / "www" / "a" / "b" / "c", "--rsync") == 1
    assert "rsync could not publish" in capsys.readouterr().err


def test_the_order_is_of_all_files(site: Path) -> None:
    assert sorted(publish._in_order(site)) == sorted(contents(site))
