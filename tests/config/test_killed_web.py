"""`kill -9` of the web process inside each write that has several steps: all of it is there after the next ticks, or
nothing happened; and the same request again gives one result.

The request is made in a child of this process, which kills itself at its step number 1, 2, 3…: before and after each
commit, each file, each message to a worker. These messages reach nobody, so what is caught up is caught up by the tick.
The last turn is not killed: what the others come to is compared with it.
"""

import itertools
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client

from common import clock
from config import wakes
from config.celery import app
from maintenance.models import Photo, WeakSignal
from office.access.actor import Actor
from office.access.codes import Role
from office.files.storage import DiskStorage
from office.house.services import save_organisation
from office.models import Blob, Job, Message, Organisation, SentRequest, User
from rent_ledger.models import BankLine, BenefitLine, Entry, HelpRequest, LetterHold, Payment, RentRun, SocialAnswer
from social_link.models import Alert
from stock.models import Dwelling, StockImport
from tests.factories import (
    make_alert,
    make_arrears,
    make_association,
    make_bank_account,
    make_iban,
    make_lease,
    make_let,
    make_picture,
    make_referent,
    make_right,
    make_ticket,
    make_user,
    number,
    owe,
)
from tests.rent_ledger.banking import camt, movement, written

pytestmark = [pytest.mark.runtime, pytest.mark.long, pytest.mark.django_db(transaction=True)]
MOST_STEPS = 60
NOV_5 = datetime(2026, 11, 5, 9, tzinfo=clock.PARIS)


@dataclass
class Act:
    """One write. `send` makes its request, with its key; `seen` is what it comes to, without ids."""

    send: Callable[[Client, UUID], object]
    seen: Callable[[], Any]
    user: User | None = None


def post(client: Client, key: UUID, path: str, data: Any = None, *, form: Any = None) -> Any:
    """An operation of the API, sent with its key."""
    more = {"data": form} if form is not None else {"data": data or {}, "content_type": "application/json"}
    answer = client.post(f"/api/v1{path}", headers={"Idempotency-Key": str(key)}, **more)
    assert answer.status_code < 400, answer.content[:500]
    return answer.json()


def submit(client: Client, path: str, data: Any = None) -> Any:
    """A form of a page: it leads somewhere."""
    answer = client.post(path, data or {})
    assert answer.status_code == 302, answer.content[:500]
    return answer.headers["Location"]


# -- the writes: each turn has a subject of its own ------------------------------------------------------------------


def _runs_of(lease: Any) -> list[tuple[str, int, int]]:
    """(state of the run, its demands that stand, its entries), of each run that billed the lease."""
    runs = RentRun.objects.filter(demands__lease=lease).distinct().order_by("id")
    return [
        (run.state, run.demands.exclude(state="CANCELLED").count(), Entry.objects.filter(demand__run=run).count())
        for run in runs
    ]


def launched_run() -> Act:
    lease = make_let()
    asked = {"month": "2026-11", "lease_ids": [lease.pk]}
    return Act(lambda client, key: post(client, key, "/rent-runs", asked), lambda: _runs_of(lease))


def _done_run() -> tuple[Any, RentRun]:
    lease, client = make_let(), _client(make_user(role=Role.RENTAL_MANAGER))
    made = post(client, uuid4(), "/rent-runs", {"month": "2026-11", "lease_ids": [lease.pk]})
    catch_up()
    return lease, RentRun.objects.get(pk=made["id"])


def undone_run() -> Act:
    lease, run = _done_run()
    return Act(lambda client, key: post(client, key, f"/rent-runs/{run.pk}/undo"), lambda: _runs_of(lease))


def sent_run() -> Act:
    lease, run = _done_run()
    return Act(
        lambda client, key: post(client, key, f"/rent-runs/{run.pk}/send"),
        lambda: (
            list(Message.objects.filter(household_id=lease.household_id).values_list("kind", "channel", "state")),
            run.demands.filter(sent_at__isnull=False).count(),
        ),
    )


def bank_file() -> Act:
    bank, lease = make_bank_account(), make_let()
    account = owe(lease=lease, due_on=date(2026, 11, 1), amount="213.00")
    data = camt(written(bank, movement("213.00", reference=lease.payment_reference), movement("50.00", name="INCONNU")))
    return Act(
        lambda client, key: post(client, key, "/bank-files", form={"file": SimpleUploadedFile("r.xml", data)}),
        lambda: (
            sorted(BankLine.objects.filter(statement__bank_account=bank).values_list("state", "amount")),
            Entry.objects.filter(postings__credit_id=account).count(),
        ),
    )


def stock_file() -> Act:
    street, known = f"RUE {number()}", StockImport.objects.count()
    head = "DEPCOM;CODEPOSTAL;LIBCOM;NUMVOIE;TYPVOIE;NOMVOIE;NBPIECE;SURFHAB;CONSTRUCT;LOCAT\n"
    data = f"{head}44109;44000;NANTES;3;RUE;{street};3;61;1970;2021\n".encode()

    def send(client: Client, key: UUID) -> None:
        submit(client, submit(client, "/parc/import/", {"file": SimpleUploadedFile("parc.csv", data)}))

    return Act(
        send,
        lambda: (
            Dwelling.objects.filter(building__street__icontains=street.lower()).count()
            + Dwelling.objects.filter(building__street__icontains=street).count(),
            StockImport.objects.count() - known,
        ),
    )


def bordereau() -> Act:
    right = make_right(lease=make_let(), start=date(2026, 2, 1))
    data = f"allocataire;mois;montant\n{right.beneficiary_number};11/2026;250,00\n".encode()

    def send(client: Client, key: UUID) -> None:
        form = {"payer": right.payer_id, "paid_on": "05/11/2026", "file": SimpleUploadedFile("b.csv", data)}
        page = submit(client, "/loyers/aides/", form)
        # Brought before, its page says so: nothing is brought twice.
        answer = client.post(page, {"number": "allocataire", "month": "mois", "amount": "montant", "importer": "1"})
        assert answer.status_code in (302, 422), answer.content[:500]

    return Act(
        send,
        lambda: (
            list(BenefitLine.objects.filter(right=right).values_list("state", "amount")),
            Entry.objects.filter(postings__credit__lease=right.lease_id).count(),
        ),
    )


def photo() -> Act:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=technician, planned_on=date(2026, 11, 5))
    picture = make_picture(side=40 + number() % 50).getvalue()
    mine = Photo.objects.filter(intervention__ticket=ticket)

    def send(client: Client, key: UUID) -> None:
        form = {"file": SimpleUploadedFile("p.jpg", picture, content_type="image/jpeg"), "stage": "BEFORE"}
        post(client, key, f"/tickets/{ticket.pk}/photos", form=form)

    post(_client(technician), uuid4(), f"/tickets/{ticket.pk}/start")
    return Act(
        send,
        lambda: (
            mine.count(),
            all(_stored(blob) for blob in Blob.objects.filter(pk__in=mine.values("blob"))),
        ),
        technician,
    )


def _stored(blob: Blob) -> bool:
    from django.core.files.storage import default_storage

    from office.files.models import key_of

    return default_storage.exists(key_of(blob.sha256, blob.type))


def payment() -> Act:
    account = owe(lease=make_let(), due_on=date(2026, 11, 1), amount="213.00")
    body = {"account_id": account, "method": "CASH", "amount": "113.00", "received_on": "2026-11-05"}
    return Act(
        lambda client, key: post(client, key, "/payments", body),
        lambda: (
            list(Payment.objects.filter(account_id=account).values_list("amount", flat=True)),
            Entry.objects.filter(postings__credit_id=account).count(),
        ),
    )


def courtesy() -> Act:
    case = make_arrears(dues=[date(2026, 10, 1), date(2026, 11, 1)])
    return Act(
        lambda client, key: post(client, key, f"/arrears/cases/{case.pk}/decisions", {"decision": "CONFIRM"}),
        lambda: (
            list(case.decisions.values_list("decision", "action")),
            list(Message.objects.filter(household_id=case.account.household_id).values_list("kind", "channel")),
        ),
    )


def activated_lease() -> Act:
    lease = make_lease(from_day=date(2026, 11, 1), active=False)
    return Act(
        lambda client, key: post(client, key, f"/leases/{lease.pk}/activate", {}),
        lambda: (
            type(lease).objects.get(pk=lease.pk).state,
            lease.occupancies.count(),
            sorted(lease.accounts.values_list("kind", flat=True)),
        ),
    )


def danger_signal() -> Act:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=technician, planned_on=date(2026, 11, 5))
    make_referent(household=ticket.household)
    return Act(
        lambda client, key: post(client, key, f"/tickets/{ticket.pk}/signal", {"kind": "DANGER"}),
        lambda: (
            WeakSignal.objects.filter(ticket=ticket).count(),
            list(Alert.objects.filter(household=ticket.household).values_list("rule", "facts__rule")),
        ),
        technician,
    )


def help_request() -> Act:
    case = make_arrears()
    make_referent(household=case.account.household)
    return Act(
        lambda client, key: post(client, key, f"/arrears/cases/{case.pk}/help-request"),
        lambda: (
            HelpRequest.objects.filter(case=case).count(),
            Alert.objects.filter(household=case.account.household).count(),
        ),
    )


def answered_alert() -> Act:
    case = make_arrears()
    worker = make_referent(household=case.account.household)
    alert = make_alert(household=case.account.household, to=worker)
    Alert.objects.filter(pk=alert.pk).update(case=case)
    body = {"contact_made": True, "cause": "BENEFIT", "hold_until": "2026-12-05"}
    return Act(
        lambda client, key: post(client, key, f"/alerts/{alert.pk}/answer", body),
        lambda: (
            Alert.objects.get(pk=alert.pk).state,
            SocialAnswer.objects.filter(case=case).count(),
            LetterHold.objects.filter(case=case, lifted_at=None).count(),
        ),
        worker,
    )


def confirmed_iban() -> Act:
    director = make_user(role=Role.DIRECTOR)
    asker = Actor.of(make_user(role=Role.RENTAL_MANAGER))
    iban = make_iban(number=800_000 + number())
    body = save_organisation(actor=asker, name=f"SCI {number()}", kinds=["LANDLORD"], iban=iban)
    asked = body.iban_changes.waiting().get()
    return Act(
        lambda client, key: submit(client, f"/bureau/reglages/iban/{asked.pk}/", {"verb": "confirm"}),
        lambda: (Organisation.objects.get(pk=body.pk).iban == iban, body.iban_changes.filter(is_granted=True).count()),
        director,
    )


ACTS = (
    launched_run, undone_run, sent_run, bank_file, bordereau, stock_file, photo, payment, courtesy, activated_lease,
    danger_signal, help_request, answered_alert, confirmed_iban,
)  # fmt: skip

# -- killing, and catching up -----------------------------------------------------------------------------------------

minutes = itertools.count(1)


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    app.loader.import_default_modules()
    monkeypatch.setattr(wakes, "enqueue", lambda name, **options: None)


def catch_up() -> None:
    """Two minutes: their ticks, and what these send to the workers."""
    for _ in range(2):
        sent: list[tuple[str, list[Any]]] = [("office.tick", [])]
        with pytest.MonkeyPatch.context() as patch, clock.travel(NOV_5 + timedelta(minutes=next(minutes))):
            patch.setattr(wakes, "enqueue", lambda name, to=sent, **options: to.append((name, options.get("args", []))))
            while sent:
                name, arguments = sent.pop(0)
                app.tasks[name](*arguments)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _kill_at(step: int) -> None:
    """From now on, this process ends at its step number `step`."""
    count = [0]

    def reached() -> None:
        count[0] += 1
        if count[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def stepped(*args: Any, **kwargs: Any) -> Any:
            reached()
            result = real(*args, **kwargs)
            reached()
            return result

        setattr(owner, name, stepped)

    around(connection, "commit")
    around(DiskStorage, "_save")
    around(DiskStorage, "delete")
    around(wakes, "enqueue")


def killed(act: Act, client: Client, key: UUID, step: int) -> bool:
    """Make the request in a child. Whether it was killed before the answer."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            _kill_at(step)
            act.send(client, key)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the request failed: see stderr"
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("make", ACTS, ids=lambda make: make.__name__)
def test_killed_at_any_step_it_is_whole_or_nothing_and_again_it_is_one(make: Callable[[], Act]) -> None:
    make_association()
    turns = []
    for step in range(1, MOST_STEPS):
        act = make()
        before = act.seen()
        client, key = _client(act.user or make_user(role=Role.RENTAL_MANAGER)), uuid4()
        was_killed = killed(act, client, key, step)
        catch_up()
        after = act.seen()
        if was_killed:
            act.send(client, key)
            catch_up()
        turns.append((step, before, after, act.seen()))
        if not was_killed:
            break
    *_, (steps, nothing, _, whole) = turns
    assert steps > 2, "no step of it was found"
    assert whole != nothing
    for step, before, after, again in turns:
        assert after in (before, whole), f"half done where it was killed at step {step}"
        assert again == whole, f"again after a kill at step {step}"
    assert not Job.objects.exclude(state="DONE").exists()
    assert not SentRequest.objects.filter(status=None, answer="").exists()
