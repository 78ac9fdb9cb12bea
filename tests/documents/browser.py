"""A headless Chromium for tests, driven over its own DevTools protocol: no driver, no second browser."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing of its own may reach for the network: what a test sees is what the page asks for.
_QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
    "--disable-dev-shm-usage",
)
_PATIENCE = 60  # seconds for one answer, on a busy machine


class Tab:
    """One page. Sizes in CSS pixels."""

    def __init__(self, socket: ClientConnection, session: str):
        self._socket, self._session = socket, session
        self._numbers = itertools.count(1)
        self._loaded = False
        self.requests: list[str] = []
        for domain in ("Page", "Network", "Runtime"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Call the browser; its answer. Raises RuntimeError with its words when it refuses."""
        number = next(self._numbers)
        call = {"id": number, "sessionId": self._session, "method": method, "params": params}
        self._socket.send(json.dumps(call))
        while (message := self._next()).get("id") != number:
            pass
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        return message["result"]

    def open(self, address: str, width: int = 1024, height: int = 800, scripts: bool = True) -> None:
        """Show a page and wait until it is loaded."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        with self.loading():
            self.send("Page.navigate", url=address)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """What is done inside leads to another page; goes on when that one is loaded."""
        self._loaded = False
        yield
        while not self._loaded:
            self._next()

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """A key of the keyboard, by its name and its Windows code."""
        for kind in ("keyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, text=text if kind == "keyDown" else ""
            )  # fmt: skip

    def type(self, text: str) -> None:
        """Text into the field that has the focus."""
        self.send("Input.insertText", text=text)

    def print_a4(self) -> bytes:
        """The page as PDF, as the browser prints it."""
        return base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True)["data"])

    def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.1 A and AA and good practice, with the places."""
        self.run(AXE.read_text(encoding="utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
        found = self.run(f"axe.run({{runOnly: {json.dumps(tags)}}}).then(result => result.violations)")
        return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]

    def _next(self) -> dict[str, Any]:
        message = json.loads(self._socket.recv(timeout=_PATIENCE))
        if message.get("method") == "Page.loadEventFired":
            self._loaded = True
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        return message


@contextmanager
def chromium(profile: Path) -> Iterator[Tab]:
    """A tab of a browser of its own, ended afterwards. The test is skipped where no Chromium is installed."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("没有安装 Chromium，网页测试跳过")
    command = [program, *_QUIET, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            said = (line for line in process.stderr if "DevTools listening on " in line)
            address = next(said).rpartition(" ")[2].strip()
            with connect(address, max_size=None) as socket:
                yield _tab(socket)
        finally:
            process.terminate()


def _tab(socket: ClientConnection) -> Tab:
    def call(number: int, method: str, **params: Any) -> dict[str, Any]:
        socket.send(json.dumps({"id": -number, "method": method, "params": params}))
        while (answer := json.loads(socket.recv(timeout=_PATIENCE))).get("id") != -number:
            pass
        return answer["result"]

    target = call(1, "Target.createTarget", url="about:blank")["targetId"]
    return Tab(socket, call(2, "Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
