"""A job closed with two photos, on a phone whose line is cut at each step and whose browser is killed: nothing is lost
and nothing is there twice. The profile is on the disk, so that the browser comes again as a phone does.
"""

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from common import clock
from maintenance.models import Photo, Ticket
from maintenance.tickets.codes import TicketState
from tests.browser.house import colleague
from tests.browser.person import PHONE
from tests.browser.test_phone_offline import KEPT, WAITS, until
from tests.browser.test_photos import file
from tests.factories import make_picture, make_ticket

pytestmark = pytest.mark.browser

STEPS = ("the start", "the first photo", "the second photo", "the end")
WAYS = ("nothing leaves", "the answer is lost", "killed before", "killed after", "sent twice at once")
ALL = [(step, way) for way in WAYS for step in range(len(STEPS))]
# One of each way every time; all twenty with `PHONE_RUNS=20`.
RUNS = ALL if os.environ.get("PHONE_RUNS") == "20" else [(at % len(STEPS), way) for at, way in enumerate(WAYS)]


class Line:
    """What stands between the phone and the house. It cuts once, at the POST number `at`, in the way `way`."""

    def __init__(self, house: str) -> None:
        self.house = urlsplit(house).netloc
        self.at, self.way, self.count, self.is_down = -1, "", 0, False
        self.kill: Callable[[], None] = lambda: None
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                line.pass_on(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing is told."""

        self.server = ThreadingHTTPServer(("localhost", 0), Handler)
        self.url = f"http://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def cut(self, at: int, way: str) -> None:
        self.at, self.way, self.count, self.is_down = at, way, 0, False

    def pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        way = ""
        if handler.command == "POST" and not self.is_down:
            way = self.way if self.count == self.at else ""
            self.count += 1
        if way == "killed before":
            self.kill()
        if self.is_down or way in ("nothing leaves", "killed before"):
            self.is_down = self.is_down or way == "nothing leaves"
            handler.close_connection = True
            return
        if way == "sent twice at once":
            twin = threading.Thread(target=self._ask, args=(handler, body))
            twin.start()
        status, headers, answer = self._ask(handler, body)
        if way == "sent twice at once":
            twin.join()
        if way == "killed after":
            self.kill()
        if way in ("the answer is lost", "killed after"):
            self.is_down = way == "the answer is lost"
            handler.close_connection = True
            return
        with suppress(OSError):
            handler.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(answer)))
            handler.end_headers()
            handler.wfile.write(answer)

    def _ask(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        asked = HTTPConnection(self.house, timeout=60)
        asked.request(handler.command, handler.path, body, {**dict(handler.headers.items()), "Connection": "close"})
        answer = asked.getresponse()
        found = answer.status, answer.getheaders(), answer.read()
        asked.close()
        return found


class Phone:
    """A browser with its profile."""

    context: BrowserContext
    page: Page

    def __init__(self, chromium: Browser, folder: Path, line: Line) -> None:
        self.kind, self.folder, self.line, self.was_killed = chromium.browser_type, folder, line, False
        client = Client()
        client.force_login(colleague("yann"))
        self.cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        line.kill = self.dies

    def on(self) -> None:
        names = ("chromium", "chromium-browser", "google-chrome")
        self.context = self.kind.launch_persistent_context(
            str(self.folder), executable_path=next(path for name in names if (path := shutil.which(name))),
            locale="fr-FR", timezone_id="Europe/Paris", viewport={"width": PHONE[0], "height": PHONE[1]},
            args=["--no-sandbox", "--headless=new", "--disable-gpu", "--no-first-run", "--disable-sync"],
        )  # fmt: skip
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": self.cookie, "url": self.line.url}
        self.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)

    def dies(self) -> None:
        """As when the battery is empty: no event of the page, nothing is written any more."""
        self.was_killed = True
        for process in psutil.process_iter(["cmdline"]):
            if f"--user-data-dir={self.folder}" in (process.info["cmdline"] or []):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)

    def off(self) -> None:
        with suppress(Error):
            self.context.close()
        for lock in self.folder.glob("Singleton*"):
            lock.unlink(missing_ok=True)


@pytest.fixture
def line(house: None, live_server: Any) -> Iterator[Line]:
    found = Line(live_server.url)
    yield found
    found.server.shutdown()
    found.server.server_close()


def pictures(page: Page, count: int) -> None:
    """So many photos are on the page: those that the server has, and those that wait."""
    expect(page.locator("#photos-liste img, [data-waiting] img")).to_have_count(count, timeout=30_000)


def gestures(job: str, number: int) -> list[Callable[[Page], None]]:
    """What the technician does, each until the page shows it. The photos are of this job only."""

    def start(page: Page) -> None:
        page.goto(job)
        page.get_by_role("button", name="Commencer").click()
        expect(page.get_by_role("button", name="Clore l’intervention")).to_be_visible(timeout=30_000)

    def photo(label: str, side: int, count: int) -> Callable[[Page], None]:
        def take(page: Page) -> None:
            page.get_by_label(label).set_input_files(file(f"{side}.jpg", make_picture(side=side).getvalue()))
            pictures(page, count)

        return take

    def end(page: Page) -> None:
        page.get_by_role("textbox", name="Travail fait").fill(f"Joint changé {number}")
        page.get_by_role("button", name="Clore l’intervention").click()
        page.wait_for_url("**/technique/tournee/")

    first = photo("Avant le travail", 40 + 2 * number, 1)
    return [start, first, photo("Après le travail", 41 + 2 * number, 2), end]


def play(phone: Phone, ticket: Ticket, step: int, way: str, number: int) -> None:
    path = f"/technique/tournee/{ticket.pk}/"
    phone.line.cut(-1, "")
    phone.on()
    phone.page.goto(f"{phone.line.url}/technique/tournee/")
    until(phone.page, KEPT, lambda paths: {"/technique/tournee/", path} <= set(paths))
    phone.line.cut(step, way)
    for gesture in gestures(phone.line.url + path, number):
        try:
            gesture(phone.page)
        except (Error, AssertionError):
            if not phone.was_killed:
                raise
        if phone.was_killed:
            # The browser comes again. What was done stands or leaves now; the next gesture goes on.
            phone.was_killed = False
            phone.off()
            phone.on()
            phone.page.goto(f"{phone.line.url}{path}")
            until(phone.page, WAITS, lambda left: left == 0)
            phone.page.goto(f"{phone.line.url}{path}")
    phone.line.is_down = False
    phone.page.goto(f"{phone.line.url}/technique/tournee/")
    until(phone.page, WAITS, lambda left: left == 0)
    phone.off()


def test_nothing_is_lost_and_nothing_is_there_twice(
    chromium: Browser, line: Line, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    wrong = []
    for number, (step, way) in enumerate(RUNS):
        ticket = make_ticket(technician=colleague("yann"), planned_on=clock.today())
        phone = Phone(chromium, tmp_path / str(number), line)
        name = f"{way}, at {STEPS[step]}"
        try:
            play(phone, ticket, step, way, number)
        except (Error, AssertionError) as trouble:
            wrong.append(f"{name}: {str(trouble)[:300]}")
            phone.off()
            continue
        ticket.refresh_from_db()
        passages = list(ticket.interventions.values_list("report", flat=True))
        photos = Photo.objects.filter(intervention__ticket=ticket).count()
        found = (ticket.state, passages, photos)
        if found != (TicketState.DONE, [f"Joint changé {number}"], 2):
            wrong.append(f"{name}: {found}")
    record_property("measured", f"jobs closed with two photos, cut: {len(RUNS) - len(wrong)} of {len(RUNS)} whole")
    assert not wrong, "\n".join(wrong)
