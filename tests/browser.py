"""A real browser without a network, which the tests of pages drive."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Counts the pixels of a colour ("" stands for any) on the canvas that features are drawn on,
# and finds the one that stands in the middle of their list: it is one of them, as their mean may not be.
PIXELS = """(color => {
  const canvas = document.querySelector(".leaflet-overlay-pane canvas");
  const box = canvas.getBoundingClientRect();
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const wanted = color && [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));
  const found = [];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] && (!wanted || wanted.every((part, k) => data[i + k] === part))) {
      found.push(i / 4);
    }
  }
  const at = found[found.length >> 1] || 0;
  const scale = box.width / canvas.width;
  return [found.length, box.x + at % canvas.width * scale, box.y + Math.floor(at / canvas.width) * scale];
})"""
KEYS: dict[str, dict[str, Any]] = {
    "ArrowRight": {"windowsVirtualKeyCode": 39},
    "Enter": {"windowsVirtualKeyCode": 13, "text": "\r"},
}
# The network is off in two ways: a proxy that nobody answers at, and no fetching behind the user's back.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--proxy-server=127.0.0.1:9", "--remote-debugging-pipe"),
)


class Browser:
    """A headless Chromium with one open page, driven through its debugging pipe."""

    def __init__(self, program: str, profile: Path) -> None:
        child_reads, self._write = os.pipe()
        self._read, child_writes = os.pipe()
        # Chromium takes commands on descriptor 3 and answers on 4.
        shell = f'exec "$0" "$@" 3<&{child_reads} 4>&{child_writes}'
        command = ["bash", "-c", shell, program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            command,
            pass_fds=(child_reads, child_writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_reads)
        os.close(child_writes)
        self._buffer = b""
        self._count = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._read, 1 << 20)
            assert chunk, "the browser ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def open(self, path: Path, width: int = 1200, height: int = 800) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        self.events.clear()
        self.send("Page.navigate", url=path.as_uri())
        self.wait("document.body?.dataset.ready === 'true'")

    def run(self, script: str) -> Any:
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        for _ in range(200):
            if self.run(condition):
                return
            time.sleep(0.05)
        pytest.fail(f"never true in the page: {condition}; {self.complaints()}")

    def point_at(self, x: float, y: float) -> None:
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key: str) -> None:
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **KEYS[key])
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, **KEYS[key])

    def complaints(self) -> list[str]:
        """Return what the page wrote to the console, what it threw, and what the browser holds against it."""
        seen = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self.events if event.get("method") in seen]

    def requests(self) -> list[str]:
        sent = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def pixels(self, color: str) -> tuple[int, float, float]:
        """Return how many pixels of features have a colour, and where in the window one of them is."""
        answer = self.run(PIXELS + f"('{color}')")
        return int(answer[0]), answer[1], answer[2]

    def close(self) -> None:
        os.close(self._write)
        os.close(self._read)
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
