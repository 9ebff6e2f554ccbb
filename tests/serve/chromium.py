"""A Chromium that is told what to do over its own protocol (CDP), by the websockets we have anyway.

Its answers are awaited one after another; events in between are kept until somebody asks for them.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import time

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WAIT_S = 30


def found():
    """Return the path of a Chromium on this machine, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """One browser with one page, without a screen, in a profile of its own."""

    def __init__(self, folder):
        arguments = ["--headless=new", "--remote-debugging-port=0", "--disable-gpu"]
        arguments += ["--no-first-run", "--disable-dev-shm-usage", f"--user-data-dir={folder}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            arguments.append("--no-sandbox")  # the sandbox refuses the superuser
        self._process = subprocess.Popen(
            [found(), *arguments, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number, self.events = 0, []
        self._connection = connect(self._address(folder), max_size=1 << 26, open_timeout=WAIT_S)
        self._socket = self._connection.__enter__()
        (target,) = [
            each["targetId"]
            for each in self._send("Target.getTargets", {})["targetInfos"]
            if each["type"] == "page"
        ]
        attached = {"targetId": target, "flatten": True}
        self._session = self._send("Target.attachToTarget", attached)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.send(f"{domain}.enable")

    def _address(self, folder):
        """Return where the browser listens, once it has written that down."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, ValueError):
                port, path = (folder / "DevToolsActivePort").read_text().splitlines()
                return f"ws://127.0.0.1:{port}{path}"
            time.sleep(0.05)
        self._process.kill()
        raise AssertionError("Chromium did not say where it listens")

    def _send(self, method, parameters, session=None):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv(timeout=WAIT_S))
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                return answer["result"]
            self.events.append(answer)

    def send(self, method, **parameters):
        """Return the answer of the page to a command of the protocol."""
        return self._send(method, parameters, self._session)

    def evaluate(self, script):
        """Return the value of an expression in the page; promises are awaited."""
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, script):
        """Wait until an expression is true and return it; a page that changes meanwhile is none."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            answer = self.send("Runtime.evaluate", expression=script, returnByValue=True)
            if value := answer["result"].get("value"):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}\n{self.text()}")

    def open(self, url):
        """Open a page and wait until its script ran."""
        self.send("Page.navigate", url=url)
        self.wait(f"location.href.startsWith({json.dumps(url)}) && document.readyState")
        self.wait("document.readyState === 'complete'")

    def wait_for_path(self, path):
        """Wait until the page of a path is there."""
        shown = json.dumps(path)
        self.wait(f"location.pathname === {shown} && document.readyState === 'complete'")

    def text(self):
        """Return what a person reads on the page."""
        return self.evaluate("document.body ? document.body.innerText : ''")

    def fill(self, **fields):
        """Type into the fields of a page that has each name once."""
        for name, value in fields.items():
            self.evaluate(f"document.querySelector('[name={name}]').focus()")
            self.send("Input.insertText", text=value)

    def click(self, words):
        """Press the one button with these words."""
        self.evaluate(
            f"[...document.querySelectorAll('button')].find((each) => each.textContent === "
            f"{json.dumps(words)} && each.checkVisibility()).click()"
        )

    def choose_file(self, selector, path):
        """Choose a file as a person would."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def complaints(self):
        """Return what the browser complained of: scripts that failed, what the policy blocked."""
        self.evaluate("1")  # whatever was said before has come by then
        entries = [
            each["params"]["entry"] for each in self.events if each["method"] == "Log.entryAdded"
        ]
        failed = [each for each in self.events if each["method"] == "Runtime.exceptionThrown"]
        return [
            each
            for each in entries
            if each["level"] != "info" and "favicon" not in each.get("url", "")
        ] + failed

    def picture(self, path, width=1000, height=900):
        """Keep what the page looks like."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        """End the browser."""
        self._connection.__exit__(None, None, None)
        self._process.terminate()
        self._process.wait(WAIT_S)
