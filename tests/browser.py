"""A headless Chromium, driven through the pipes of its DevTools protocol: what a reader of a page would see and do."""

import base64
import fcntl
import io
import itertools
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"),
    "--enable-features=IsolateSandboxedIframes",  # A frame that is shut off is a target of its own.
)
PATIENCE = 60.0


class Browser:
    """One page of a browser that is started for it. Skips the test where no Chromium is installed."""

    def __init__(self, folder: Path) -> None:
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            pytest.skip("no Chromium is installed")
        self._numbers = itertools.count(1)
        self._rest = b""
        self._sessions: list[str] = []
        self.requests: list[str] = []
        """Addresses outside of the page that it and its frames asked for."""
        self.complaints: list[str] = []
        """Exceptions, and what stands in the console as an error or a warning."""
        self._start(program, folder)

    def _start(self, program: str, folder: Path) -> None:
        # Chromium reads commands from descriptor 3 and writes to 4; ours must not be these.
        theirs, self._out = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in os.pipe())
        self._in, answers = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in os.pipe())
        actions = [
            (os.POSIX_SPAWN_DUP2, theirs, 3),
            (os.POSIX_SPAWN_DUP2, answers, 4),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        words = [program, *OPTIONS, f"--user-data-dir={folder}"]
        self._process = os.posix_spawn(program, words, os.environ, file_actions=actions)
        os.close(theirs), os.close(answers)
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._page = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._listen(self._page)
        self.do("Page.enable")

    def do(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A command of the protocol, to the page."""
        return self._call(method, self._page, **arguments)

    def resize(self, width: int, height: int = 900) -> None:
        """Of the window."""
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def open(self, page: Path) -> None:
        """Show a page in a window of usual size."""
        self.resize(1200)
        self.do("Page.navigate", url=page.as_uri())
        self.until("document.readyState === 'complete'")
        self.rest()
        within = (page.as_uri(), "data:", "about:")
        self.requests = [address for address in self.requests if not address.startswith(within)]

    def rest(self, seconds: float = 0.3) -> None:
        """Let the page do what it has put off."""
        self.script(f"new Promise(done => setTimeout(done, {1000 * seconds}))")

    def until(self, condition: str, *, frame: bool = False) -> None:
        """Wait for a condition on the page, or in its frame."""
        deadline = time.monotonic() + PATIENCE
        while not self.script(condition, frame=frame):
            assert time.monotonic() < deadline, condition
            self.rest(0.1)

    def script(self, text: str, *, frame: bool = False) -> Any:
        """The value of an expression on the page, or in its frame, its promise kept."""
        session = self._sessions[-1] if frame else self._page
        answer = self._call("Runtime.evaluate", session, expression=text, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def place(self, selector: str) -> dict[str, float]:
        """Where an element lies in the window, after scrolling to it: x, y, width, height."""
        box = f"document.querySelector({selector!r})"
        self.script(f"{box}.scrollIntoView({{block: 'center'}})")
        self.rest()
        place: dict[str, float] = json.loads(self.script(f"JSON.stringify({box}.getBoundingClientRect())"))
        return place

    def drag(self, start: tuple[float, float], across: float, down: float) -> None:
        """With the mouse, from a place in the window."""
        x, y = start
        for kind, share, held in (("mousePressed", 0, 1), ("mouseMoved", 0.5, 1), ("mouseMoved", 1, 1)):
            self._mouse(kind, x + share * across, y + share * down, held)
        self._mouse("mouseReleased", x + across, y + down, 0)
        self.rest()

    def look(self, clip: dict[str, float] | None = None) -> np.ndarray:
        """What is seen in the window, or in a part of it: `[height, width, 3]`."""
        part = {"clip": {**{key: clip[key] for key in ("x", "y", "width", "height")}, "scale": 1}} if clip else {}
        if clip:
            part["clip"]["x"] += self.script("scrollX")
            part["clip"]["y"] += self.script("scrollY")
        data = self.do("Page.captureScreenshot", **part)["data"]
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))

    def close(self) -> None:
        self._send("Browser.close")
        os.waitpid(self._process, 0)
        os.close(self._out)
        os.close(self._in)

    def _mouse(self, kind: str, x: float, y: float, held: int) -> None:
        self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=held, clickCount=1)

    def _listen(self, session: str) -> None:
        self._sessions.append(session)
        for name in ("Runtime.enable", "Log.enable", "Network.enable"):
            self._send(name, session)
        self._send("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=False, flatten=True)

    def _call(self, method: str, session: str | None = None, **arguments: Any) -> dict[str, Any]:
        number = self._send(method, session, **arguments)
        while True:
            message = self._receive()
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                return message["result"]
            self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        what, said = message.get("method"), message.get("params", {})
        if what == "Target.attachedToTarget" and said["sessionId"] not in self._sessions and self._sessions:
            self._listen(said["sessionId"])
        elif what == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        elif what == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(said["exceptionDetails"]))
        elif what == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(said["args"]))
        elif what == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(said["entry"]["text"])

    def _send(self, method: str, session: str | None = None, **arguments: Any) -> int:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": arguments}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        return number

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._in, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found
