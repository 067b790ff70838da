"""Hostile defaults: random order, strict templates, a fixed clock, no network, warnings are errors.

Random order comes from pytest-randomly; strict templates (`--fail-on-template-vars`) and warnings from pyproject.toml.
"""

import fcntl
import gc
import hashlib
import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from datetime import date, datetime
from typing import Any

import hypothesis
import pytest

from common import clock
from tests.databases import TestDatabase

# A Thursday after the last run of the demo months: what "today" is for a test that does not say.
DEFAULT_DAY = date(2026, 11, 5)

# No test is timed, and an example found on one machine is looked for on all.
hypothesis.settings.register_profile("ancrage", deadline=None, print_blob=True)
hypothesis.settings.load_profile("ancrage")

_run_lock = pytest.StashKey[Any]()


# -- one run at a time on one database ------------------------------------------------------------------------------


def pytest_sessionstart(session: pytest.Session) -> None:
    """Wait for another run on the same database (its clones have the same names)."""
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    from django.conf import settings

    # A pooler stands before the embedded server: the same databases.
    database = "" if os.environ.get("TEST_SERVER") else os.environ.get("DATABASE_URL", "")
    key = hashlib.sha256(database.encode()).hexdigest()[:8] if database else "embedded"
    file = open(settings.VAR_DIR / f"tests-{key}.lock", "w")  # noqa: SIM115  held until the run ends
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.write_line("Une autre série de tests utilise cette base : attente de sa fin…", yellow=True)
        fcntl.lockf(file, fcntl.LOCK_EX)
    session.config.stash[_run_lock] = file


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests measured (`record_property("measured", …)`) is told, also by workers."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    for told in sorted(value for report in reports for name, value in report.user_properties if name == "measured"):
        terminalreporter.write_line(told)


# -- time ----------------------------------------------------------------------------------------------------------


# Their modules look at one world that is built once (`conftest.py` of each): they follow each other in one process.
ONE_WORLD = ("tests/access/",)


def _played_together(nodeid: str) -> str:
    """What one process plays without another test in between: a module, or all modules of one world."""
    path = nodeid.partition("::")[0]
    return next((folder for folder in ONE_WORLD if path.startswith(folder)), path)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist=loadfile`, but for the modules of one world."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _played_together(nodeid)

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long modules first, the rest in the order that was drawn; the modules of one world behind each other."""
    groups = [_played_together(item.nodeid) for item in items]
    first = {group: place for place, group in reversed([*enumerate(groups)])}
    long = {group for item, group in zip(items, groups, strict=True) if item.get_closest_marker("long")}
    places = {item: (group not in long, first[group]) for item, group in zip(items, groups, strict=True)}
    items.sort(key=places.__getitem__)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """What is collected lives until the run ends: a full collection shall not look at all of it again and again.

    Tests still collect what they leave behind, in larger steps.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


# -- database -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[TestDatabase]:
    """A clone of the migrated template, for this process (replaces the fixture of pytest-django)."""
    from django.db import connection
    from django.test import TransactionTestCase

    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    database = TestDatabase(connection.settings_dict["NAME"], worker)
    with django_db_blocker.unblock():
        database.prepare(rebuild=request.config.getoption("create_db"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: database.restore())
        yield database
    with django_db_blocker.unblock():
        database.drop()


# -- clock ----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def played_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """`common.clock` stands at 2026-11-05, 9:00 in Paris, or where the marker `clock` puts it."""
    marker = request.node.get_closest_marker("clock")
    moment: date | datetime | str = marker.args[0] if marker else DEFAULT_DAY
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    if isinstance(moment, datetime) and moment.tzinfo is None:
        moment = moment.replace(tzinfo=clock.PARIS)
    with clock.travel(moment):
        yield


# -- people ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def client_as(db: None) -> Any:
    """`client_as(role)` or `client_as(user)`: a signed-in Django client; its `user` is who signed in."""
    from django.test import Client

    from office.models import User
    from tests.factories import make_user

    def sign_in(who: str | User) -> Client:
        client = Client()
        client.user = who if isinstance(who, User) else make_user(role=who)  # type: ignore[attr-defined]
        client.force_login(client.user)  # type: ignore[attr-defined]
        return client

    return sign_in


# -- files ----------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def own_media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Archived files go to a folder of this run."""
    from django.test import override_settings

    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        yield


# -- network --------------------------------------------------------------------------------------------------------


class NetworkUsed(BaseException):
    """A test tried to leave the machine. No `except Exception` may hide it."""


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


def _refuse(address: object) -> None:
    if isinstance(address, tuple) and not _is_local(str(address[0])):
        raise NetworkUsed(f"connection to {address}")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Only Unix sockets and the loopback answer."""
    real_connect, real_connect_ex, real_lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        _refuse(address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _refuse(address)
        return real_connect_ex(self, address)

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local(name):
            raise NetworkUsed(f"name {name}")
        return real_lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield
