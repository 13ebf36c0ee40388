#!/usr/bin/env python3
"""Uses the page of `tal view` in headless Chromium as a person would, and prints what works.

Called by scripts/check-pages with the browser, the address of a page made of Tests/Pages, the file it saves to, and
optionally a folder for pictures. Talks to Chromium over its debugging pipe, so that it needs no other package.
"""
import json
import os
import sys
import tempfile
import time

from browser import Browser


class Check:
    def __init__(self, browser, output):
        self.browser, self.output, self.failed = browser, output, False

    def that(self, name, passed):
        self.failed = self.failed or not passed
        print(f"viewer: {'ok' if passed else 'FAILED'} {name}", flush=True)

    def box(self, selector, index=0):
        """Middle, left, right and top of an element."""
        return self.browser.value(
            f"(() => {{ const box = document.querySelectorAll({json.dumps(selector)})[{index}].getBoundingClientRect();"
            "return {x: box.x + box.width / 2, y: box.y + box.height / 2, left: box.left, right: box.right}; })()")

    def press(self, selector, index=0):
        self.browser.value(
            f"document.querySelectorAll({json.dumps(selector)})[{index}].scrollIntoView({{block: 'nearest'}})")
        # What was just put into the page takes no click before it is drawn.
        self.browser.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
        box = self.box(selector, index)
        self.browser.click(box["x"], box["y"])

    def set(self, name, value, event):
        self.browser.value(
            f"(() => {{ const node = document.getElementById('{name}'); node.value = {json.dumps(value)};"
            f"node.dispatchEvent(new Event('{event}')); }})()")

    def count(self, selector):
        return self.browser.value(f"document.querySelectorAll({json.dumps(selector)}).length")

    def labels(self):
        """What the server has for the first video, in order of start."""
        found = self.browser.value("fetch('api/videos/0').then((reply) => reply.json())")["segments"]
        return sorted((item["start"], item["end"], item["label"], item.get("maker")) for item in found)

    def settle(self, expected, seconds=20):
        """Whether the server comes to have labels of which something is true; edits may still be on their way to it."""
        limit = time.monotonic() + seconds
        while not (found := expected(self.labels())) and time.monotonic() < limit:
            time.sleep(0.05)
        return found

    def run(self):
        browser = self.browser
        self.that("the videos are listed", browser.until("document.querySelectorAll('#list li').length === 3"))
        self.that("the first is open", browser.until("document.getElementById('video-title').textContent === 'one'"))
        self.that("labels and detections have bars", self.count(".truth") == 2 and self.count(".detection") == 2)
        self.that("the video can be played", browser.until("document.getElementById('player').readyState >= 2"))
        self.press("#play")
        self.that("it plays", browser.until("document.getElementById('player').currentTime > 0.2"))
        browser.key("k")
        self.that("K pauses", browser.until("document.getElementById('player').paused"))
        line = self.box("#timeline")
        browser.click(line["left"] + (line["right"] - line["left"]) * 0.45, line["y"] - 0)
        self.that("a click goes to a time", browser.until("document.getElementById('player').currentTime > 5"))
        browser.key("ArrowRight")
        frame = "Number(/frame (\\d+)/.exec(document.getElementById('time').textContent)[1])"
        first = browser.value(frame)
        browser.key("ArrowRight")
        self.that("an arrow goes on by one frame", browser.until(f"{frame} === {first + 1}"))

        jump, run = (1, 5, "jump", None), (10, 15, "run", None)
        self.that("the labels are those of the file", self.labels() == [jump, run])
        handle, bar = self.box(".handle", 1), self.box(".truth")
        seconds = (bar["right"] - bar["left"]) / 4
        browser.drag((handle["x"], handle["y"]), (handle["x"] + 2.01 * seconds, handle["y"]))
        self.that("a border is dragged", self.settle(
            lambda found: abs(found[0][1] - 7) < 0.1 and found[0][0] == 1 and found[1] == run))
        moved = self.labels()
        self.that("to a border of a frame", abs(moved[0][1] * 25 - round(moved[0][1] * 25)) < 1e-9)
        self.that("by a person", moved[0][3] == "human")
        browser.key("2")
        self.that("a number renames it", self.settle(lambda found: found[0][2] == "run"))
        browser.key("z", 2)
        browser.key("z", 2)
        self.that("undo goes back", self.settle(lambda found: [item[:3] for item in found] == [jump[:3], run[:3]]))
        browser.key("z", 10)
        self.that("redo goes on", self.settle(lambda found: found[0] == moved[0]))
        browser.key("Escape")
        self.press(".detection")
        browser.key("Enter")
        self.that("a detection is accepted", self.settle(
            lambda found: "jump" in [item[2] for item in found] and len(found) == 3
            and any(item[3] == "detector" for item in found)))
        browser.key("n")
        self.that("N makes a segment", self.settle(lambda found: len(found) == 4))
        browser.key("Escape")
        browser.key("Delete")
        self.that("Delete removes it", self.settle(lambda found: len(found) == 3))
        self.that("what is not saved is said", browser.value("document.getElementById('state').className") == "unsaved")
        browser.key("s")
        self.that("S saves", browser.until("document.getElementById('state').textContent.startsWith('Saved')"))
        with open(self.output) as file:
            saved = json.load(file)["database"]
        segments = sorted((*item["segment"], item["label"], item.get("tier")) for item in saved["one"]["annotations"])
        self.that("the saved file has what was done", segments == self.labels())
        self.that("and the rest as it was", saved["two"]["annotations"] == [{"segment": [2.0, 12.0], "label": "run"}])

        self.set("score", "600", "input")
        self.that("the slider leaves out low scores", self.count(".detection") == 1)
        self.set("score", "0", "input")
        self.set("class", "run", "change")
        self.that("the filter of a class", self.count(".detection") == 1)
        self.set("class", "", "change")
        self.set("search", "TWO", "input")
        self.that("search finds ids in any case", self.count("#list li") == 1)
        self.press("#list button")
        self.that("another video opens", browser.until("document.getElementById('video-title').textContent === 'two'"))
        self.that("hostile names stay text", not browser.value("window.wasAttacked") and self.count("img") == 0)
        self.set("search", "", "input")
        self.set("which", "todo", "change")
        self.that("videos without labels can be found", self.count("#list li") == 1)
        self.press("#list button")
        browser.until("document.getElementById('video-title').textContent === 'three'")
        self.press("#mark")
        self.that("nothing happens here", browser.until("document.getElementById('mark').hidden || "
                                                        "document.querySelector('#list small').textContent === '0 labels'"))
        self.curves()
        browser.key("?")
        self.that("? shows the keys", browser.value("document.getElementById('help').open"))
        browser.value("document.getElementById('help').close()")
        self.set("which", "all", "change")
        self.that("every control has a label", browser.value(
            "[...document.querySelectorAll('input, select, button')].every((node) => node.labels && node.labels.length"
            " || node.textContent || node.getAttribute('aria-label'))"))
        self.that("ids are unique", browser.value(
            "(() => { const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);"
            "return new Set(ids).size === ids.length; })()"))
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "accessibility.js")) as file:
            browser.value(file.read())
        self.press("#list button")
        browser.until("document.getElementById('video-title').textContent === 'one'")
        browser.value("document.querySelector('#segments button').click()")
        for theme in ("light", "dark"):
            browser.value(f"document.documentElement.dataset.theme = '{theme}'")
            for state in ("", " with the keys"):
                if state:
                    browser.value("document.getElementById('help').showModal()")
                found = browser.value("accessibilityProblems()")
                self.that(f"it can be used by all, {theme}{state}" + "".join(f"\n  {line}" for line in found), not found)
                browser.value("document.getElementById('help').close()")
        for width in (1440, 390):
            browser.size(width, 900)
            self.that(f"nothing is wider than the window at {width} px",
                      browser.until(f"document.documentElement.scrollWidth <= {width}", 3))

    def curves(self):
        """The curves of six texts, of which the file has those of all videos."""
        browser = self.browser
        self.set("which", "all", "change")
        self.press("#list button")
        browser.until("document.getElementById('video-title').textContent === 'one'")
        lines, legend = "#timeline polyline.curve", "#curves li"
        self.that("the highest curves are drawn", browser.until(f"document.querySelectorAll('{lines}').length === 5"))
        self.that("with a legend", self.count(legend) == 5 and "the highest 5 of 6" in browser.value(
            "document.getElementById('curves').textContent"))
        self.that("and more than a colour apart", browser.value(
            f"new Set([...document.querySelectorAll('{lines}')].map((line) => line.getAttribute('stroke-dasharray'))).size") == 5)
        first = browser.value("fetch('api/videos/0/curves/0?from=0&until=20&points=4000').then((reply) => reply.json())")
        duration = browser.value("fetch('api/videos/0').then((reply) => reply.json())")["duration"]
        step, start, curve = first["step"], first["start"], first["curves"][0]

        def text(index):
            value = curve["low"][index]
            return f"{value:.{3 if abs(value) < 0.1 else 2}f}"

        def shown():
            return browser.value(f"[...document.querySelectorAll('{legend}')].map((item) => item.textContent)")
        # A little beside the middle between two values, so that rounding decides nothing.
        time = start + 3.2 * step
        browser.value(f"document.getElementById('player').currentTime = {time}")
        expected = curve["label"] + text(3)
        self.that("the legend has the values at the playhead",
                  browser.until(f"document.querySelector('{legend}').textContent === {json.dumps(expected)}", 5))
        browser.key("v")
        self.that("V says them", browser.value("document.getElementById('said').textContent").startswith("At 0:")
                  and f"{curve['label']} {text(3)}" in browser.value("document.getElementById('said').textContent"))
        line = self.box("#timeline")
        place = line["left"] + (line["right"] - line["left"]) * (start + 5.2 * step) / duration
        browser.mouse("mouseMoved", place, line["y"])
        self.that("and those at the pointer", shown()[0] == curve["label"] + text(5))
        browser.mouse("mouseMoved", 5, 5)
        self.that("which go with it", shown()[0] == expected)
        points = browser.value(f"document.querySelector('{lines}').getAttribute('points')").split()
        width = line["right"] - line["left"]
        self.that("a curve lies on the axis of the timeline", all(
            abs(float(point.split(",")[0]) - (start + index * step) / duration * width) < 0.2 for index, point in enumerate(points))
            and len(points) == len(curve["low"]))
        self.press("#zoom-in")
        self.press("#zoom-in")
        self.that("zooming asks for the part", browser.until(
            f"document.querySelector('{lines}').getAttribute('points').split(' ').length < {len(points)}"))
        self.press("#whole")
        self.set("class", "a square", "change")
        self.that("the filter of a class shows its curve alone", browser.until(
            f"document.querySelectorAll('{lines}').length === 1 && "
            f"document.querySelector('{legend}').textContent.startsWith('a square')"))
        self.set("class", "run", "change")
        self.that("a class without a curve is said", browser.until(
            "document.getElementById('curves').textContent.includes(\"nothing of 'run'\")"))
        self.set("class", "", "change")
        self.that("and all come back", browser.until(f"document.querySelectorAll('{lines}').length === 5"))

    def pictures(self, folder):
        browser = self.browser
        browser.value("document.querySelector('#list button').click()")
        browser.until("document.getElementById('video-title').textContent === 'one'")
        for width, height in ((1440, 1000), (390, 1800)):
            browser.size(width, height)
            for theme in ("light", "dark"):
                browser.value(f"document.documentElement.dataset.theme = '{theme}'")
                browser.value("document.querySelector('#segments button').click()")
                time.sleep(0.5)
                browser.picture(os.path.join(folder, f"viewer-{width}-{theme}.png"))


def main():
    program, address, output = sys.argv[1:4]
    # Processes of the browser may outlive it for a moment, and write.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        check = Check(browser, output)
        try:
            browser.size(1440, 1000)
            browser.call("Page.navigate", url=address)
            check.run()
            if len(sys.argv) > 4:
                check.pictures(sys.argv[4])
            check.that("no error in the console" + "".join(f"\n  {error}" for error in browser.errors), not browser.errors)
        finally:
            browser.close()
    sys.exit(1 if check.failed else 0)


main()
