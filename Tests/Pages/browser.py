"""A page in headless Chromium, driven over its debugging pipe, so that no other package is needed."""
import base64
import fcntl
import json
import os
import select
import subprocess
import time


class Browser:
    """One page, driven over Chromium's debugging pipe: messages of JSON, each ended by a zero byte."""

    def __init__(self, program, profile):
        (read_commands, self.commands), (self.replies, write_replies) = os.pipe(), os.pipe()
        child = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (read_commands, write_replies)]
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(3, 4),
            preexec_fn=lambda: (os.dup2(child[0], 3), os.dup2(child[1], 4)))
        for end in (read_commands, write_replies, *child):
            os.close(end)
        self.buffer, self.number, self.session, self.errors = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        limit = time.monotonic() + 60
        while True:
            while b"\0" not in self.buffer:
                if not select.select([self.replies], [], [], max(0, limit - time.monotonic()))[0]:
                    raise TimeoutError(method)
                part = os.read(self.replies, 1 << 16)
                if not part:
                    raise EOFError("Chromium went away")
                self.buffer += part
            text, self.buffer = self.buffer.split(b"\0", 1)
            reply = json.loads(text)
            self.note(reply)
            if reply.get("id") == self.number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']}")
                return reply["result"]

    def note(self, event):
        """Keeps what the console would show in red."""
        method, values = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = values["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and values["entry"]["level"] == "error":
            self.errors.append(values["entry"]["text"] + " " + values["entry"].get("url", ""))
        elif method == "Runtime.consoleAPICalled" and values["type"] == "error":
            self.errors.append(str(values["args"]))

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression, seconds=20):
        """Whether an expression becomes true in time."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.value(expression):
                return True
            time.sleep(0.05)
        return False

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1, **more)

    def click(self, x, y):
        self.mouse("mousePressed", x, y, buttons=1)
        self.mouse("mouseReleased", x, y)

    def drag(self, start, end):
        (x0, y0), (x1, y1) = start, end
        self.mouse("mouseMoved", x0, y0)
        self.mouse("mousePressed", x0, y0, buttons=1)
        for step in range(1, 6):
            self.mouse("mouseMoved", x0 + (x1 - x0) * step / 5, y0 + (y1 - y0) * step / 5, buttons=1)
        self.mouse("mouseReleased", x1, y1)

    def key(self, key, modifiers=0):
        codes = {"Enter": 13, " ": 32, "Delete": 46, "ArrowRight": 39, "ArrowLeft": 37, "Tab": 9, "Escape": 27}
        code = codes.get(key, ord(key.upper()[0]))
        event = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        if len(key) == 1 and not modifiers & 2:
            event["text"] = key
        self.call("Input.dispatchKeyEvent", type="keyDown", **event)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code, modifiers=modifiers)

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
