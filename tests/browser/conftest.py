"""A house, a browser, people who sign in, and somebody who works on the jobs."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import handlers
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from office.access.idle import mark_used
from office.models import User
from tests.browser.house import DemoDatabase, colleague
from tests.browser.person import WIDE, Person
from tests.databases import TestDatabase

PICTURES = Path(settings.BASE_DIR) / "docs" / "pictures"
Comes = Callable[..., Person]
Picture = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def played_clock() -> None:
    """The machine's clock (replaces the played one): the pages are served by threads that only know that."""


@pytest.fixture(scope="session")
def demo_database(django_db_setup: TestDatabase, django_db_blocker: Any) -> DemoDatabase:
    found = DemoDatabase(django_db_setup)
    with django_db_blocker.unblock():
        found.prepare()
    return found


@pytest.fixture
def house(transactional_db: None, demo_database: DemoDatabase) -> None:
    """The demo association, as nobody has touched it yet."""
    demo_database.clone()


@pytest.fixture
def empty_house(transactional_db: None) -> None:
    """An association that has only what migrations write."""


def launched(kind: BrowserType, **options: Any) -> Browser:
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    assert path, "no Chromium: sudo apt-get install -y chromium"
    return kind.launch(
        executable_path=path,
        args=[
            "--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run",
        ],
        **options,
    )  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; Django would take the tests' own queries for asynchronous ones.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = launched(playwright.chromium)
            yield browser
            browser.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """pytest-django's, but static files go the way of production: hashed, compressed, cached."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "StaticFilesHandler", lambda application: application)
        server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def comes(chromium: Browser, house: None, live_server: Any) -> Iterator[Comes]:
    """`comes("nadege")`: a colleague of the demo (key, role or user) signed in at a browser of their own."""
    contexts = []

    def come(who: str | User | None, *, size: tuple[int, int] = WIDE, **options: Any) -> Person:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="fr-FR", timezone_id="Europe/Paris",
            reduced_motion="reduce", **options,
        )  # fmt: skip
        contexts.append(context)
        if who is not None:
            client = Client()
            client.force_login(who if isinstance(who, User) else colleague(who))
            # Now, by the clock of the house, which a test may have moved.
            mark_used(session := client.session)
            session.save()
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return Person.sits_down(context, live_server.url)

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def usual_comes(chromium: Browser, comes: Comes) -> Iterator[Comes]:
    """`comes`, at a browser as people have it: Playwright takes away the pages that it keeps alive for « back »."""
    usual = launched(chromium.browser_type, ignore_default_args=["--disable-back-forward-cache"])

    def come(who: str) -> Person:
        there = comes(who)
        context = usual.new_context(locale="fr-FR", storage_state=there.page.context.storage_state())
        return Person.sits_down(context, there.base)

    yield come
    usual.close()


@pytest.fixture
def worker(house: None) -> Iterator[None]:
    """Works on the jobs that pages start, as the Celery worker does."""
    from django.db import connections

    from office.jobs.worker import drain

    stop = threading.Event()
    went_wrong: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.wait(0.2):
                drain()
                connections.close_all()
        except BaseException as error:
            went_wrong.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    yield
    stop.set()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert not went_wrong, went_wrong


@pytest.fixture
def picture() -> Picture:
    """`picture(page, "impayes")` keeps a picture for the README when `make tour` asks for them."""

    def take(page: Page, name: str) -> None:
        if os.environ.get("ANCRAGE_TOUR") != "1":
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        width = (page.viewport_size or {"width": WIDE[0]})["width"]
        name = name if width == WIDE[0] else f"{name}-{width}"
        shot = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        shot.quantize(128).save(PICTURES / f"{name}.png", optimize=True)

    return take
