"""Addresses that come from outside."""

from __future__ import annotations

import pytest

from pixplot_steps.fetch import addresses
from pixplot_steps.fetch.addresses import BadAddress


@pytest.mark.parametrize(
    ("text", "base", "wanted"),
    [
        ("https://a.org/m", "", "https://a.org/m"),
        (" https://a.org/m#page=2 ", "", "https://a.org/m"),
        ("https://a.org/a b/ü.json", "", "https://a.org/a%20b/%C3%BC.json"),
        ("https://a.org/ark%3A%2F1", "", "https://a.org/ark%3A%2F1"),
        ("../n.json", "https://a.org/x/m.json", "https://a.org/n.json"),
        ("//b.org/m", "https://a.org/", "https://b.org/m"),
        ("https://a.org/i/full/!9,9/0/default.jpg?x=1&y=2", "", "https://a.org/i/full/!9,9/0/default.jpg?x=1&y=2"),
    ],
)
def test_clean(text: str, base: str, wanted: str) -> None:
    assert addresses.clean(text, base) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "file:///etc/passwd",
        "ftp://a.org/",
        "javascript:alert(1)",
        "data:image/png;base64,xx",
        "urn:uuid:1",
        "relative.json",
        "http://",
        "http:///path",
        "http://user:secret@a.org/",
        "http://a.org:99999/",
        "http://[::1",
        "http://a.org/" + "x" * 5000,
        "/etc/passwd",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(BadAddress):
        addresses.clean(text)


@pytest.mark.parametrize(
    ("ip", "private"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("192.168.0.1", True),
        ("172.16.0.1", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),  # noqa: S104 - an address to refuse
        ("224.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2001:4860:4860::8888", False),
    ],
)
def test_private(ip: str, private: bool) -> None:
    assert addresses.is_private(ip) is private


def test_name_and_host() -> None:
    assert addresses.name("https://a.org/x/manifest/") == "a.org/x/manifest"
    assert addresses.host("https://A.org:8080/x") == "a.org:8080"
