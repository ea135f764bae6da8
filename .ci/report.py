"""The report works in a browser. Usage: report.py PAGE FOLDER_FOR_PICTURES; exit code 77 when there is no Chromium.

Opens the page from disk in headless Chromium and speaks the DevTools protocol with it: no error in the console, nothing
loaded, charts and tables drawn, switches and keys that change what is shown, light, dark, narrow and paper.
"""

import base64
import json
import os
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


class Browser:
    """A headless Chromium with one tab, over a WebSocket (RFC 6455) of our own making."""

    def __init__(self, program: str) -> None:
        self.profile = tempfile.mkdtemp()
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--hide-scrollbars", "--disable-dev-shm-usage"]
        log = open(os.devnull, "w")
        self.process = subprocess.Popen([program, *options, f"--user-data-dir={self.profile}", "about:blank"], stdout=log, stderr=log)
        port = self.wait(lambda: (Path(self.profile) / "DevToolsActivePort").read_text().splitlines()[0])
        tabs = self.wait(lambda: json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list")))
        self.socket = self.connect(next(t for t in tabs if t["type"] == "page")["webSocketDebuggerUrl"])
        self.last, self.events = 0, []

    @staticmethod
    def wait(attempt):
        for _ in range(150):
            try:
                if result := attempt():
                    return result
            except (OSError, IndexError):
                pass
            time.sleep(0.2)
        raise SystemExit("the browser does not answer")

    @staticmethod
    def connect(url: str) -> socket.socket:
        host, path = url.removeprefix("ws://").split("/", 1)
        name, port = host.split(":")
        link = socket.create_connection((name, int(port)), timeout=60)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        head = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        link.sendall(head.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += link.recv(1)
        assert b" 101 " in answer, answer
        return link

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise SystemExit("the browser is gone")
            data += part
        return data

    def receive(self) -> dict:
        text = b""
        while True:
            first, second = self.read(2)
            length = second & 127
            if length > 125:
                length = struct.unpack(">H" if length == 126 else ">Q", self.read(2 if length == 126 else 8))[0]
            text += self.read(length)
            if first & 128:
                return json.loads(text)

    def call(self, method: str, **parameters):
        self.last += 1
        text = json.dumps({"id": self.last, "method": method, "params": parameters}).encode()
        length = len(text)
        size = bytes([128 | length]) if length < 126 else bytes([254]) + struct.pack(">H", length) if length < 65536 else bytes([255]) + struct.pack(">Q", length)
        mask = secrets.token_bytes(4)
        self.socket.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(text)))
        while True:
            message = self.receive()
            if message.get("id") == self.last:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def run(self, script: str):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, url: str) -> None:
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=url)
        self.wait(lambda: self.run("document.readyState") == "complete")
        self.run("new Promise((done) => setTimeout(done, 300))")

    def size(self, width: int, height: int, scale: float = 1) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)
        self.run("new Promise((done) => setTimeout(done, 250))")

    def picture(self, path: Path, **parameters) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", **parameters)["data"]))

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.profile, ignore_errors=True)


faults: list[str] = []


def check(holds: bool, what: str) -> None:
    if not holds:
        faults.append(what)


def quiet(b: Browser, url: str) -> None:
    """Nothing went wrong and nothing but the page itself was asked for."""
    for event in b.events:
        kind, p = event.get("method"), event.get("params", {})
        if kind == "Runtime.exceptionThrown":
            check(False, f"exception: {p['exceptionDetails'].get('exception', {}).get('description')}")
        if kind in ("Runtime.consoleAPICalled", "Log.entryAdded"):
            check(False, f"console: {json.dumps(p)[:300]}")
        if kind == "Network.requestWillBeSent":
            asked = p["request"]["url"]
            check(asked == url or asked.startswith("data:"), f"it asks for {asked}")


def charts(b: Browser) -> None:
    check(b.run("document.querySelectorAll('.chart svg .series').length") >= 8, "charts have a line per strategy")
    line = "document.querySelector('.chart .series').getAttribute('d')"
    whole = b.run(line)
    b.run("document.querySelector('.chart [aria-label=\"Zoom in\"]').click()")
    check(b.run(line) != whole, "zooming in changes the line")
    b.run("document.querySelector('.chart svg[role=slider]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))")
    check(b.run(line) == whole, "Escape shows everything again")
    b.run("document.querySelector('.chart svg[role=slider]').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))")
    check("%" in (b.run("document.querySelector('.chart svg[role=slider]').getAttribute('aria-valuetext')") or ""), "keys move the reading line, which is read out")
    box = b.run("(() => { const s = document.querySelector('.chart svg[role=slider]'); s.scrollIntoView({ block: 'center', behavior: 'instant' }); const r = s.getBoundingClientRect(); return [r.x, r.y, r.width, r.height] })()")
    y = box[1] + box[3] / 2
    for kind, x, buttons in [("mousePressed", 0.3, 1), ("mouseMoved", 0.5, 1), ("mouseReleased", 0.5, 0)]:
        b.call("Input.dispatchMouseEvent", type=kind, x=box[0] + x * box[2], y=y, button="left", buttons=buttons, clickCount=1)
    check(b.run(line) != whole, "dragging zooms")
    b.run("document.querySelector('.chart svg[role=slider]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))")


def switches(b: Browser) -> None:
    lines = "document.querySelectorAll('.chart svg .series').length"
    columns = "[...document.querySelectorAll('table.figures thead th')].filter((th) => th.offsetParent).length"
    before = (b.run(lines), b.run(columns))
    b.run("document.querySelector('.strategies button').click()")
    after = (b.run(lines), b.run(columns))
    check(after == (before[0] - 2, before[1] - 1), f"a strategy goes from charts and tables: {before} to {after}")
    b.run("document.querySelector('.strategies button').click()")
    check((b.run(lines), b.run(columns)) == before, "and comes back")
    rows = "[...document.querySelectorAll('table.figures tbody:first-of-type tr')].filter((tr) => tr.offsetParent).length"
    b.run("document.querySelector('.group button').click()")
    check(b.run(rows) == 1, "a section folds")
    b.run("document.querySelector('.group button').click()")
    b.run("document.querySelector('.term').focus()")
    check(b.run("getComputedStyle(document.querySelector('.tip')).visibility") == "visible", "a definition shows on focus")
    b.run("document.querySelector('.term').blur()")
    b.run("(() => { const s = document.getElementById('difference'); s.value = '0'; s.dispatchEvent(new Event('change')) })()")
    check(b.run("[...document.querySelectorAll('table.figures td.s0')].every((td) => /^(0(\\.0+)?|–)$/.test(td.textContent))"), "differences to itself are nothing")
    b.run("(() => { const s = document.getElementById('difference'); s.value = ''; s.dispatchEvent(new Event('change')) })()")


def reader(b: Browser) -> None:
    check(b.run("document.querySelectorAll('#reader tbody tr').length") >= 3, "a day has conversations")
    check(b.run("document.querySelectorAll('#reader .bars rect').length") > 20, "a conversation has bars")
    heading = "document.querySelector('#reader .talk h3').textContent"
    first = b.run(heading)
    b.run("document.querySelectorAll('#reader table tbody tr')[1].querySelector('button').click()")
    check(b.run(heading) != first, "another conversation opens")
    status = "document.querySelector('#ledger [role=status]').textContent"
    whole = b.run(status)
    b.run("(() => { const s = document.querySelector('#ledger select'); s.selectedIndex = 1; s.dispatchEvent(new Event('change')) })()")
    check(b.run(status) != whole, "the ledger's filter filters")
    b.run("(() => { const s = document.querySelector('#ledger select'); s.selectedIndex = 0; s.dispatchEvent(new Event('change')) })()")


def orderly(b: Browser) -> None:
    """What a screen reader meets."""
    levels = b.run("[...document.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]))")
    check(levels[0] == 1 and levels.count(1) == 1 and all(y - x <= 1 for x, y in zip(levels, levels[1:])), f"headings in order: {levels}")
    check(b.run("[...document.querySelectorAll('th')].every((th) => th.scope)"), "table heads have a scope")
    nameless = "[...document.querySelectorAll('button, select, input, a')].filter((n) => !(n.textContent.trim() || n.ariaLabel || n.labels?.length)).length"
    check(b.run(nameless) == 0, "controls have names")
    check(b.run("[...document.querySelectorAll('svg')].every((s) => s.ariaHidden === 'true' || s.ariaLabel || s.querySelector('title'))"), "drawings have names")
    check(b.run("new Set([...document.querySelectorAll('[id]')].map((n) => n.id)).size === document.querySelectorAll('[id]').length"), "ids are unique")


def looks(b: Browser, folder: Path) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    b.size(1280, 900)
    b.run("scrollTo({ top: 0, behavior: 'instant' })")
    b.picture(folder / "light.png")
    light = b.run(background)
    b.run("document.getElementById('theme').click()")
    check(b.run(background) != light, "the theme's button darkens the page")
    b.run("document.getElementById('loading').scrollIntoView({ behavior: 'instant' })")
    b.picture(folder / "dark.png")
    b.run("document.getElementById('theme').click()")
    b.run("delete document.documentElement.dataset.theme")
    b.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    check(b.run(background) != light, "the system's dark theme is followed")
    b.call("Emulation.setEmulatedMedia", features=[])
    b.size(390, 844, 2)
    check(b.run("document.documentElement.scrollWidth <= 390"), "a narrow page does not scroll sideways")
    b.run("scrollTo({ top: 0, behavior: 'instant' })")
    b.picture(folder / "narrow.png")
    b.size(1280, 900)
    b.call("Emulation.setEmulatedMedia", media="print")
    check(b.run("[...document.querySelectorAll('.controls, .bar')].every((n) => !n.offsetParent)"), "paper has no controls")
    check(b.run("[...document.querySelectorAll('.fallback')].every((n) => n.offsetParent)"), "paper has the drawings")
    check(b.run("[...document.querySelectorAll('table.figures tr, table.figures .tip')].every((n) => n.offsetParent)"), "paper has every figure and definition")
    b.call("Emulation.setEmulatedMedia", media="")
    pdf = base64.b64decode(b.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
    check(pdf.startswith(b"%PDF"), "it prints")
    (folder / "print.pdf").write_bytes(pdf)


def main() -> int:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        print("there is no Chromium here")
        return 77
    page, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    browser = Browser(program)
    try:
        browser.size(1280, 900)
        browser.open(page.as_uri())
        for part in [charts, switches, reader, orderly]:
            part(browser)
        looks(browser, folder)
        quiet(browser, page.as_uri())
    finally:
        browser.close()
    print("\n".join(faults) or f"the report works in {Path(program).name}: {page.stat().st_size / 1e3:.0f} kB")
    return 1 if faults else 0


sys.exit(main())
