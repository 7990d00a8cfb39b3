"""Fixtures that every stage's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import expect

ROOT = Path(__file__).parents[1]

# Times differ between machines, and the same examples must be tried on each.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

# What a page shows is waited for as long as a busy machine takes, which is more than Playwright's 5 s.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real test data beside the checkout; skips the test where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real test data: {folder} is absent")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=50, help="how often jobs and Snakemake are killed (tests/workflow/test_kills.py)")
    parser.addoption(
        "--wheel", action="store_true", help="install the wheel with all its packages, and build a map with it (tests/test_wheel.py)"
    )
