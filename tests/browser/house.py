"""The association that the browser visits: a small demo, played up to the real today, cloned before each test.

Its template outlives a run like the migrated one (`tests.databases`): made again on another day or when a source of the
product changed. The day is the machine's, for the pages are served by threads that no played clock reaches.
"""

import hashlib
import os
from contextlib import suppress
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from common import clock
from common.periods import Month
from demo.people import TEAM
from leases.households.services import NewPerson, create_household
from office.access.actor import Actor
from office.jobs.worker import drain
from office.models import User
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.billing.services.runs import launch_run
from social_link.alerts.services.raising import raise_alerts
from social_link.measures.services.referents import set_referent
from tests.databases import TestDatabase, digest
from tests.factories import make_lease, make_ticket

# The README's pictures show a house that is lived in.
SIZE, MONTHS = (48, 5) if os.environ.get("ANCRAGE_TOUR") == "1" else (24, 3)
KEYS = {str(person.role): person.key for person in reversed(TEAM)}
_LOCK = 7_203_116


def _sources() -> bytes:
    content = hashlib.sha256(f"{clock.today()} {SIZE} {MONTHS} {digest()}".encode())
    apps = ("common", "config", "demo", "leases", "maintenance", "office", "rent_ledger", "social_link", "stock")
    for app in (*apps, "tests/browser/house.py", "tests/factories.py"):
        root = Path(settings.BASE_DIR) / app
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            with suppress(FileNotFoundError):  # an editor saves by renaming
                content.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest().encode()


class DemoDatabase:
    """The template of the demo and what becomes of it before a test."""

    def __init__(self, database: TestDatabase) -> None:
        self.database = database
        self.prefix = f"{database.template_prefix}demo_"
        self.template = self.prefix + _sources().decode()[:8]

    def prepare(self) -> None:
        """Play the demo where the template lacks; another process that asks meanwhile waits."""
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            if self.database._exists(cursor, self.template):
                return
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.prefix])
            for (old,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            self.database.restore()
            self._play()
            connections.close_all()
            cursor.execute(f'ALTER DATABASE "{self.database.name}" RENAME TO "{self.template}"')
            self.database._clone(cursor)

    def clone(self) -> None:
        """This process's database becomes the demo."""
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.database.name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{self.database.name}" TEMPLATE "{self.template}"')

    @staticmethod
    def _play() -> None:
        from demo import generator

        generator.load(size=SIZE, months=MONTHS)
        _guests()


def _guests() -> None:
    """Two households that owe every month of the play, on whatever day the tests run.

    Mme Vernoux's debt waits for the manager's decision. Mme Delaunoy's raised an alert to her social worker (Camille),
    and a leak brings the technician (Yann) to her door today.
    """
    today = clock.today()
    manager, head = actor("nadege"), actor("helene")
    for first_name, last_name in (("Irène", "Delaunoy"), ("Odile", "Vernoux")):
        first = Month.of(today).plus(1 - MONTHS)
        with clock.travel(first.first):
            person = NewPerson(
                civility="MME", first_name=first_name, last_name=last_name, birth_date=date(1984, 5, 3),
                phone="06 12 34 56 78", role="ADULT", is_address_protected=False,
            )  # fmt: skip
            household = create_household(actor=manager, people=[person], support_type="T1", from_day=first.first)
            lease = make_lease(household=household, from_day=first.first, due_day=1)
            set_referent(household=household, user=colleague("camille"), from_day=first.first, actor=head)
        for month in first.until(Month.of(today)):
            with clock.travel(month.first):
                run = launch_run(month=month, actor=manager, lease_ids=[lease.pk])
                drain(run.job_id)
        detect_arrears(day=today, actor=manager)
        if last_name == "Delaunoy":
            raise_alerts(day=today, actor=head)
            make_ticket(lease=lease, technician=colleague("yann"), planned_on=today, manager=colleague("nadege"))


def colleague(key: str) -> User:
    """Somebody of the demo's team, by key or role."""
    return User.objects.get(email=f"{KEYS.get(key, key)}@rive-neuve.example")


def actor(key: str) -> Actor:
    """The actor of a colleague."""
    return Actor.of(colleague(key))
