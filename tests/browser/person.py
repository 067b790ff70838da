"""Somebody at a browser: opens pages, and says of each what no page may have.

axe-core is run through the debugger (`Runtime.evaluate`), which no policy of the page stops: the pages keep their CSP,
and a violation of it that a browser reports is a failure like an error of a script.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response

from common.icons import icons
from common.trim import TRIMMED, WHOLE, classes_of

# The classes of Tabler that its trimmed sheet has no rule for, and the icons that there are.
TRIMMED_OFF = classes_of((WHOLE / "tabler.min.css").read_text()) - classes_of((TRIMMED / "tabler.css").read_text())
SYMBOLS = icons()
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# Bytes that a page may weigh on the line, what the browser keeps not counted.
PAGE_WEIGHT = 30_000
# Sizes of a window: a desk, a phone, the narrowest that the house promises.
WIDE, PHONE, NARROW = (1280, 800), (360, 780), (320, 700)

_OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
  const scrolls = (e) => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
    if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(p).overflowX)) return true; } return false; };
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e))
    .slice(0, 5)
    .map((e) => `${e.tagName.toLowerCase()}.${e.className} (${Math.round(e.getBoundingClientRect().right)} px)`)
    .concat(`page of ${document.documentElement.scrollWidth} px in ${width} px`);
}"""

# A word that stands out of its button or tile lies on the next one.
_OUT_OF_ITS_BOX = """() => [...document.querySelectorAll(".btn, .a-tag, .a-state, .a-lanes li > *, .a-figs > *")]
  .filter((e) => e.checkVisibility() && e.clientWidth && e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).overflowX === "visible")
  .slice(0, 5)
  .map((e) => `« ${e.innerText.trim().slice(0, 40)} » of ${e.scrollWidth} px in .${e.className}, ${e.clientWidth} px`)
"""

_CLASSES = """() => [...document.querySelectorAll("[class]")].flatMap((e) => [...e.classList])"""
_ICONS = """() => [...document.querySelectorAll("use")].map((e) => e.getAttribute("href").split("#i-")[1])"""

# A colour half-way between two themes is nobody's choice: what moves arrives first.
_RUN_AXE = """for (const a of document.getAnimations()) { try { a.finish(); } catch { /* it turns for ever */ } }
axe.run(document, {resultTypes: ["violations"]}).then((r) => JSON.stringify(r.violations.map((v) => ({
  id: v.id, help: v.help, nodes: v.nodes.slice(0, 4).map((n) => `${n.target.join(" ")}: ${n.failureSummary}`)}))))"""


@dataclass
class Person:
    """`page` is Playwright's. `faults` are what the browser complained of since the last `assert_clean`."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)
    # Statuses that the test provokes (403, 404): the browser logs them as errors.
    expected: set[int] = field(default_factory=set)

    @classmethod
    def sits_down(cls, context: BrowserContext, base: str) -> "Person":
        person = cls(context.new_page(), base)
        page = person.page
        page.set_default_timeout(20_000)
        page.on("console", person._heard)
        page.on("pageerror", lambda error: person.faults.append(f"{page.url}: {error}"))
        page.on("response", person._answered)
        return person

    def another_tab(self) -> "Person":
        """The same person, signed in as they are, in a second tab."""
        return Person.sits_down(self.page.context, self.base)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if "Failed to load resource" in message.text:  # `_answered` says it with its address
            return
        # A newer question took the place of one on its way. What fails is said as `htmx:sendError`, or by its status.
        if message.text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
            return
        self.faults.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected and response.url.startswith(self.base):
            self.faults.append(f"{response.status} {response.url} (from {self.page.url})")

    # ---- where to ----

    def go(self, path: str, *, status: int = 200) -> Response:
        """Open `path`; the answer must have `status`."""
        if status >= 400:
            self.expected.add(status)
        response = self.page.goto(self.base + path, wait_until="load")
        assert response is not None
        assert response.status == status, f"{response.status} at {path}"
        return response

    def visit(self, path: str) -> bool:
        """Open `path`, wherever it leads; False where the answer is an error (then it is among the faults), or a file:
        the browser then stands on the page before."""
        try:
            response = self.page.goto(self.base + path, wait_until="load")
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            return False
        if response is None or not response.ok:
            return False
        if not response.headers.get("content-type", "").startswith("text/html"):
            self.page.go_back(wait_until="load")
            return False
        sizes = response.request.sizes()
        if (weight := sizes["responseBodySize"] + sizes["responseHeadersSize"]) > PAGE_WEIGHT:
            self.faults.append(f"{self.page.url}: {weight} bytes")
        return True

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    # ---- what no page may have ----

    def axe(self) -> list[str]:
        """Violations that axe-core finds in the page as it stands, one a line."""
        session = self.page.context.new_cdp_session(self.page)
        try:
            self._evaluate(session, f"typeof axe === 'undefined' && (() => {{ {AXE}\n }})(), true")
            found = json.loads(self._evaluate(session, _RUN_AXE))
        finally:
            session.detach()
        return [f"{self.page.url} axe {v['id']}: {v['help']}\n      " + "\n      ".join(v["nodes"]) for v in found]

    @staticmethod
    def _evaluate(session: Any, expression: str) -> Any:
        answer = session.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def overflow(self) -> list[str]:
        """What makes the page scroll sideways, if it does."""
        width = (self.page.viewport_size or {"width": 0})["width"]
        return [f"{self.page.url} at {width} px: {what}" for what in self.page.evaluate(_OVERFLOW)]

    def cramped(self) -> list[str]:
        """Words wider than what holds them."""
        width = (self.page.viewport_size or {"width": 0})["width"]
        return [f"{self.page.url} at {width} px: {what}" for what in self.page.evaluate(_OUT_OF_ITS_BOX)]

    def without_look(self) -> list[str]:
        """Classes and icons of Tabler that the page uses and that were trimmed off (`common.trim`)."""
        classes, icons = TRIMMED_OFF & set(self.page.evaluate(_CLASSES)), set(self.page.evaluate(_ICONS)) - SYMBOLS
        return [f"{self.page.url}: {what} was trimmed off (common/trim.py)" for what in sorted(classes | icons)]

    def problems(self, *, axe: bool = True) -> list[str]:
        """Everything wrong with the page as it stands, and with what the browser heard since the last time."""
        heard, self.faults = list(self.faults), []
        found = heard + self.overflow() + self.cramped() + self.without_look()
        return found + self.axe() if axe else found

    def was_offline(self) -> None:
        """What the browser said of the network that it had not is no fault; the rest is."""
        heard, self.faults = self.faults, []
        others = [what for what in heard if "ERR_INTERNET_DISCONNECTED" not in what]
        assert not others, "\n".join(others)

    def assert_clean(self) -> None:
        """No violation, no error in the console, nothing that scrolls sideways or stands out of its box."""
        found = self.problems()
        assert not found, "\n".join(found)
