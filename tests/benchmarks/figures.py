"""The figures of `make bench`."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.errors import InvalidInput
from common.memory import settle_heap
from common.periods import Month
from leases.models import LeaseParty, PaperWish, Person
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.codes import JobState
from office.jobs.worker import drain
from office.messages.codes import Channel
from office.messages.models import Message
from office.models import Association, BankAccount, Document, RoleGrant, User
from office.parameters.queries import params_on
from rent_ledger.arrears.codes import ABOUT_CASE
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.step_parameters import REMINDER_DAYS
from rent_ledger.bank.formats.write_camt053 import write_camt053
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement
from rent_ledger.bank.services.bank import import_bank_file
from rent_ledger.billing.codes import RunState
from rent_ledger.billing.queries.runs import month_to_run
from rent_ledger.billing.services.previews import NEVER_CURRENT, preview
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.billing.services.sending import send_run
from rent_ledger.books.services.projections import rebuild, roll
from rent_ledger.models import (
    Account,
    AccountState,
    ArrearsCase,
    BankStatement,
    RentDemand,
    RentRun,
    ReplayRow,
    RunPreview,
)
from rent_ledger.policy.services.replaying import start_replay
from tests.benchmarks import limit, seed
from tests.benchmarks.measure import PAIRS, clocked, percentile, show
from tests.benchmarks.social import social
from tests.benchmarks.workers import Workers

FIRST = Month(2024, 11)
SIZE = {"leases": 0, "months": 0}
SYSTEM = Actor.system()
# One payment in so many comes without a reference: in the months that are timed, and in those of the history, of which
# an inbox would not keep thousands.
NAMED, HISTORY_NAMED = 10, 200


def prepare(leases: int, months: int) -> None:
    """A database of `leases` × `months` of runs, bank files and aid, kept between calls of the same size."""
    SIZE.update(leases=leases, months=months)
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {name}")
    call_command("migrate", interactive=False, verbosity=0)
    done = RentDemand.objects.count()
    if done >= leases * months and Account.objects.filter(kind="TENANT").count() == leases:
        return
    if done:
        connection.close()
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        prepare(leases, months)
        return
    with clock.travel(FIRST.plus(-1).day(20)):
        bank = seed.leases(leases)
    for month in FIRST.until(FIRST.plus(months - 1)):
        with clock.travel(month.plus(-1).day(26)):
            seed.run(month)
        with clock.travel(month.day(4)):
            import_bank_file(data=_bank_file(month, bank, named=HISTORY_NAMED)[0], name="bench.xml", actor=SYSTEM)
        with clock.travel(month.day(26)):
            _settle_month(month, bank)
        if month == FIRST:
            seed.analyze()
    seed.pay_late(FIRST.plus(months - 8), FIRST.plus(months - 5))
    seed.analyze()


def _next_month() -> Month:
    last = RentDemand.objects.order_by("-month").values_list("month", flat=True).first()
    return Month.of(last).plus(1) if last else FIRST


def months() -> None:
    """Rent run, the same month again, bank import: one month after the other, as an association lives them."""
    run_ours, run_limit, again, bank_ours, bank_limit = [], [], [], [], []
    bank = BankAccount.objects.get()
    lines = 0
    workers = Workers()
    for _ in range(PAIRS):
        month = _next_month()
        with clock.travel(month.plus(-1).day(26)):
            roll()
            marks = limit.Marks.now()
            limit.checkpoint()
            run_ours.append(clocked(lambda: workers.drain(launch_run(month=month, actor=SYSTEM).job_id)))  # noqa: B023
            again.append(clocked(lambda: _refused(month)))  # noqa: B023
            limit.stage(marks)
            run_limit.append(limit.run())
        with clock.travel(month.day(4)):
            roll()
            data, lines = _bank_file(month, bank)
            marks = limit.Marks.now()
            limit.checkpoint()
            bank_ours.append(clocked(lambda: import_bank_file(data=data, name="bench.xml", actor=SYSTEM)))  # noqa: B023
            limit.stage(marks)
            bank_limit.append(limit.run())
        with clock.travel(month.day(26)):
            _settle_month(month, bank)
    workers.stop()
    # The server's own upkeep would begin by itself, in the middle of what is measured next.
    seed.analyze()
    show("rent_run", SIZE["leases"], run_ours, run_limit, workers=workers.count)
    show("rent_run_again", SIZE["leases"], again, None, share_of_first=round(sum(again) / sum(run_ours), 4))
    show("bank_import_camt053", lines, bank_ours, bank_limit, entries_per_s=round(lines * PAIRS / sum(bank_ours)))


def _refused(month: Month) -> None:
    try:
        launch_run(month=month, actor=SYSTEM)
    except InvalidInput:
        return
    raise AssertionError("the month was billed twice")


def _bank_file(month: Month, bank: BankAccount, *, named: int = NAMED) -> tuple[bytes, int]:
    """A camt.053 in which everybody but one in forty pays the month, one in `named` without its reference."""
    day = month.day(3)
    rows = RentDemand.objects.filter(month=month.first, net__gt=0).values_list(
        "number", "net", "lease__payment_reference", "lease__household__name"
    )
    entries = tuple(
        WrittenEntry(
            label=f"VIR {name}"[:140], amount=net, booking_day=day, name=name.upper(),
            structured_reference=reference if number % named else "", bank_reference=f"{day:%y%m%d}{number:08d}",
        )
        for number, net, reference, name in rows.order_by("number")
        if number % 40
    )  # fmt: skip
    before = BankStatement.objects.order_by("-pk").first()
    opening = before.closing if before and before.closing is not None else Decimal("1000.00")
    statement = WrittenStatement(
        iban=bank.iban, opening=opening, opening_day=day - timedelta(days=1), closing_day=day, entries=entries,
        sequence=month.year * 12 + month.month,
    )  # fmt: skip
    return write_camt053([statement], version="02"), len(entries)


def _settle_month(month: Month, bank: BankAccount) -> None:
    """The benefits come, and most of those whose payment the import left to a person have paid."""
    paid = set(RentDemand.objects.filter(month=month.first, account__state__debt=0).values_list("pk", flat=True))
    seed.pay(month, bank, late=20, but=paid)


def rebuild_projections() -> None:
    """Both projections from nothing."""
    with clock.travel(_today()):
        show("rebuild_projections", SIZE["leases"] * SIZE["months"], [clocked(rebuild) for _ in range(3)])


def avis_written() -> None:
    """The messages of the last run's avis, each with its paper, written by the job that sends a run; a third of the
    tenants agreed to e-mails. Taken back afterwards."""
    run = RentRun.objects.filter(state=RunState.DONE).order_by("-month", "-pk")[0]
    Association.objects.update(phone="0468000000")
    parties = list(LeaseParty.objects.filter(lease__demands__run=run, role="HOLDER").order_by("lease_id")[::3])
    Person.objects.filter(pk__in=[party.person_id for party in parties]).update(email="menage@exemple.example")
    PaperWish.objects.bulk_create(
        PaperWish(lease_id=party.lease_id, person_id=party.person_id, kind="EMAIL", given_on=FIRST.first, proof="Signé")
        for party in parties
    )
    seed.analyze()
    settle_heap()
    with clock.travel(Month.of(run.month).plus(-1).day(26)):
        seconds = clocked(lambda: drain(send_run(run=run, actor=SYSTEM).pk))
    written = Message.objects.all()
    show("avis_written", written.count(), [seconds], emails=written.filter(channel=Channel.EMAIL).count())
    written.delete()
    Document.objects.filter(kind="rent_demand").delete()
    PaperWish.objects.all().delete()


def arrears_detected() -> None:
    """The nightly pass over all accounts, when it finds every case and when it finds nothing new, against the bare SQL
    of the same figures and rows (`limit.detection`). What it found stays: the pages show it."""
    ours, bare, again = [], [], []
    with clock.travel(_today()):
        _forget_cases()
        with limit.reads() as asked:
            _detect()
        for _ in range(PAIRS):
            _forget_cases()
            limit.checkpoint()
            ours.append(clocked(_detect))
            again.append(clocked(_detect))
            limit.stage_detection()
            _forget_cases()
            bare.append(limit.detection(asked))
        _forget_cases()
        _detect()
        seed.analyze()
    owing = AccountState.objects.filter(account__kind="TENANT", debt__gt=0).count()
    show("arrears_detected", SIZE["leases"], ours, bare, cases=ArrearsCase.objects.count(), owing=owing)
    show("arrears_detected_again", SIZE["leases"], again)


def policy_replay() -> None:
    """A changed policy on the past year of every account, by two workers; another value each time."""
    key = REMINDER_DAYS
    seconds = []
    workers = Workers()
    with clock.travel(_today()):
        actor = Actor.of(_member(Role.DIRECTOR))
        now = params_on(clock.today()).value(key)
        for days in range(now + 1, now + 4):
            job = start_replay(values={key: days}, actor=actor)
            seconds.append(clocked(lambda: workers.drain(job.pk)))  # noqa: B023
            job.refresh_from_db()
            assert job.state == JobState.DONE, job.error
    workers.stop()
    show("policy_replay", SIZE["leases"], seconds, rows=ReplayRow.objects.count())


def _detect() -> None:
    detect_arrears(day=clock.today(), actor=SYSTEM)


def _forget_cases() -> None:
    """No case was ever found, and nothing asks for a decision."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM rent_ledger_arrearscase")
        cursor.execute("DELETE FROM office_task WHERE about = %s", [ABOUT_CASE])
        cursor.execute("UPDATE rent_ledger_accountstate SET lane = 'NONE', reason = NULL WHERE lane <> 'NONE'")


def _today() -> date:
    newest = AccountState.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    return newest or clock.today()


def run_preview_made() -> None:
    """The preview of the next run, computed and stored as after a change of the books."""
    month = _next_month()

    def made() -> None:
        RunPreview.objects.update(version=NEVER_CURRENT)
        preview(month)

    with clock.travel(_today()):
        show("run_preview_made", SIZE["leases"], [clocked(made) for _ in range(3)])


def pages() -> None:
    """p95 and median of 200 warm requests of a page by its reader, the whole stack but the socket; its queries.

    The palette is what the search answers as one types: a part of a page, asked by htmx.
    """
    owing = Account.objects.filter(kind="TENANT", state__debt__gt=0).values_list("pk", "household_id").first()
    account, household = owing or Account.objects.filter(kind="TENANT").values_list("pk", "household_id")[0]
    found = reverse("desk:search")
    manager: dict[str, str] = {
        "arrears_list_p95": reverse("rent_ledger:arrears"),
        "palette_name_p95": f"{found}?q=nom77",
        "palette_glued_p95": f"{found}?q=prenom5nom4321",
        "palette_phone_p95": f"{found}?q=0612345678",
        "palette_nothing_p95": f"{found}?q=zzyzx",
        "search_page_p95": f"{found}?q=nom77",
        "household_page_p95": reverse("desk:household", args=[household]),
        "household_technical_p95": reverse("desk:household_technical", args=[household]),
        "household_social_p95": reverse("desk:household_social", args=[household]),
        "statement_p95": reverse("rent_ledger:statement", args=[account]),
        "household_list_p95": reverse("leases:households"),
        "lease_list_p95": reverse("leases:leases"),
        "dwelling_list_p95": reverse("stock:dwellings"),
        "bank_p95": reverse("rent_ledger:bank"),
        "run_preview_p95": reverse("rent_ledger:runs"),
        "home_p95": reverse("desk:home"),
    }
    director = {"director_home_p95": reverse("desk:home")}
    with clock.travel(_today()):
        if not ArrearsCase.objects.exists():
            _detect()
            seed.analyze()
        manager["case_p95"] = reverse("rent_ledger:case", args=[ArrearsCase.objects.order_by("pk")[0].pk])
        # A large house makes it after its page: what is measured is the page with it.
        preview(month_to_run(today=clock.today()))
        for role, paths in ((Role.RENTAL_MANAGER, manager), (Role.DIRECTOR, director)):
            client = _reader(role)
            for name, path in paths.items():
                asked = {"HX-Request": "true"} if name.startswith("palette") else {}
                for _ in range(5):
                    assert client.get(path, headers=asked).status_code == 200, path
                # As the server does once it is loaded.
                settle_heap()
                seconds = [clocked(lambda: client.get(path, headers=asked)) for _ in range(200)]  # noqa: B023
                with CaptureQueriesContext(connection) as seen:
                    client.get(path, headers=asked)
                show(
                    name, SIZE["leases"], [percentile(seconds, 0.95)], None,
                    requests=200, queries=len(seen), median_s=round(percentile(seconds, 0.5), 4),
                )  # fmt: skip


def _member(role: Role) -> User:
    user, made = User.objects.get_or_create(
        email=f"{role.lower()}@ancrage.example", defaults={"first_name": "Mesure", "last_name": "Mesure"}
    )
    if made:
        RoleGrant.objects.create(user=user, role=role, period=("2020-01-01", None))
    return user


def _reader(role: Role) -> Client:
    client = Client()
    client.force_login(_member(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


ALL: tuple[Callable[[], None], ...] = (
    months,
    arrears_detected,
    policy_replay,
    run_preview_made,
    pages,
    rebuild_projections,
    avis_written,
    social,
)
