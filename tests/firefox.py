"""A stock Firefox on a screen of its own, driven by Marionette: JSON with its length before it, on a port of this machine.

https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html. Playwright drives only a Firefox of its own.
Without a screen Firefox has no WebGL; Xvfb is one that nobody sees.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
XVFB = shutil.which("Xvfb")
PATIENCE_S = 120.0
_PREFERENCES: dict[str, bool | int | str] = {
    "marionette.port": 0,
    "webgl.force-enabled": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.disabledForTesting": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "services.settings.server": "data:,",
}


class MarionetteError(Exception):
    """What Firefox says went wrong."""


class Firefox:
    """An open browser with one page."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._number = 0
        self._received()
        self.ask("WebDriver:NewSession", {})

    def ask(self, command: str, parameters: dict[str, Any]) -> Any:
        """The answer to a command. Raises MarionetteError."""
        self._number += 1
        text = json.dumps([0, self._number, command, parameters]).encode()
        self._connection.sendall(b"%d:" % len(text) + text)
        _, _, error, value = self._received()
        if error:
            raise MarionetteError(f"{command}: {error['error']}: {error['message']}")
        return value["value"] if isinstance(value, dict) and set(value) == {"value"} else value

    def go(self, address: str) -> None:
        self.ask("WebDriver:Navigate", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns; a promise is waited for."""
        return self.ask("WebDriver:ExecuteScript", {"script": script, "args": list(arguments)})

    def until(self, condition: str) -> None:
        """Wait for an expression to hold. Raises TimeoutError."""
        end = time.monotonic() + PATIENCE_S
        while not self.run(f"return {condition}"):
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.1)

    def picture(self) -> NDArray[np.uint8]:
        """What is on the page."""
        png = base64.b64decode(self.ask("WebDriver:TakeScreenshot", {"full": False}))
        return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))

    def find(self, selector: str) -> str:
        """The reference of the first element that a CSS selector names."""
        found = self.ask("WebDriver:FindElement", {"using": "css selector", "value": selector})
        return str(next(iter(found.values())))

    def click(self, selector: str) -> None:
        self.ask("WebDriver:ElementClick", {"id": self.find(selector)})

    def type(self, selector: str, text: str) -> None:
        self.ask("WebDriver:ElementSendKeys", {"id": self.find(selector), "text": text})

    def _received(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._some(1)
        return json.loads(self._some(int(length[:-1])))

    def _some(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self._connection.recv(count - len(parts))
            if not part:
                raise MarionetteError("Firefox has closed the connection")
            parts += part
        return bytes(parts)


@contextmanager
def opened(profile: Path, width: int, height: int) -> Iterator[Firefox]:
    """A browser of its own profile, closed at the end; its window is so large."""
    assert FIREFOX is not None
    profile.mkdir()
    (profile / "user.js").write_text("".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in _PREFERENCES.items()))
    command = [FIREFOX, "--marionette", "--no-remote", "--profile", str(profile), "--width", str(width), "--height", str(height)]
    with _screen(width, height) as display:
        environment = {**os.environ, "HOME": str(profile), "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                with socket.create_connection(("127.0.0.1", _port(profile)), PATIENCE_S) as connection:
                    yield Firefox(connection)
            finally:
                process.terminate()


@contextmanager
def _screen(width: int, height: int) -> Iterator[str]:
    """The name of a display that nobody sees."""
    assert XVFB is not None
    reading, writing = os.pipe()
    command = [XVFB, "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "+extension", "GLX", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            os.close(writing)
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            process.terminate()


def _port(profile: Path) -> int:
    """Firefox writes the port that it chose into its profile."""
    end = time.monotonic() + PATIENCE_S
    file = profile / "MarionetteActivePort"
    while time.monotonic() < end:
        if file.is_file() and file.read_text().strip():
            return int(file.read_text())
        time.sleep(0.1)
    raise TimeoutError(f"Firefox wrote no {file.name}")
