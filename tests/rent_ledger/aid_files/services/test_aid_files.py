"""Files for an aid: opened, stepped, paid by money on the account, taken back; two people at once; whose task it is."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AidScheme, Task
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.aid_files.codes import AidClosing, AidRefusal, Payee
from rent_ledger.aid_files.duties import NEXT
from rent_ledger.aid_files.models import AidFile, AidFileStep
from rent_ledger.aid_files.queries import files_on, payments_for, seized_on
from rent_ledger.aid_files.services.files import open_file, withdraw_file
from rent_ledger.aid_files.services.steps import note_aid_step, undo_aid_step
from rent_ledger.arrears.services.aid_files import open_on_answer
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import ArrearsCase, Posting
from rent_ledger.payments.services.payments import cancel_payment, take_payment
from tests.at_once import both_at_once
from tests.factories import actor_of, make_actor, make_association, make_organisation, make_referent, make_user
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, TODAY, opened_case

D = Decimal
pytestmark = pytest.mark.django_db


def scheme(**changes: Any) -> AidScheme:
    return AidScheme.objects.create(
        **{
            "organisation": make_organisation(name="Département"), "name": "FSL maintien", "needs": ["DEBT", "ENERGY"],
            "gives": "BOTH", "from_day": date(2026, 1, 1), "source": "Règlement 2026",
        }
        | changes
    )  # fmt: skip


@pytest.fixture
def case() -> ArrearsCase:
    """Three terms of 200.00, of a household with a social worker."""
    make_association()
    found = opened_case(months=(SEP, OCT, NOV), amount="200.00")
    assert found.account.household is not None
    return found


@pytest.fixture
def worker(case: ArrearsCase) -> Actor:
    user = make_user(role=Role.SOCIAL_WORKER)
    make_referent(household=case.account.household, user=user)  # type: ignore[arg-type]
    return actor_of(user)


def opened(case: ArrearsCase, actor: Actor, **more: Any) -> AidFile:
    return open_file(
        household=case.account.household,  # type: ignore[arg-type]
        **({"scheme": scheme(), "need": "DEBT", "account": case.account} | more),
        actor=actor,
    )


def note(file: AidFile, kind: str, actor: Actor, on: date = TODAY, **more: Any) -> AidFileStep:
    return note_aid_step(file=file, kind=kind, on=on, actor=actor, **more)


def tasks(file: AidFile) -> list[tuple[str, int | None]]:
    return list(Task.objects.filter(kind="AID_NEXT", about_id=file.pk).values_list("state", "assignee_id"))


def test_a_file_is_opened_once_sent_and_taken_back(case: ArrearsCase, worker: Actor) -> None:
    aid = scheme()
    file = opened(case, worker, scheme=aid)
    assert opened(case, worker, scheme=aid).pk == file.pk
    assert tasks(file) == [("TODO", worker.user_id)], "to prepare is a task of who follows it"
    sent = note(file, "SENT", worker)
    assert note(file, "SENT", worker).pk == sent.pk
    assert [state for state, _ in tasks(file)] == ["DONE"]
    assert seized_on([case.account_id]) == {case.account_id: TODAY}
    with pytest.raises(Conflict, match="annulez-la d’abord"):
        withdraw_file(file=file, actor=worker)
    undo_aid_step(step=sent, actor=worker)
    undo_aid_step(step=sent, actor=worker)
    withdraw_file(file=file, actor=worker)
    withdraw_file(file=file, actor=worker)
    assert not AidFile.objects.exists()
    assert not Task.objects.to_do().filter(kind="AID_NEXT").exists()


def test_money_on_the_account_is_this_aid_once(case: ArrearsCase, worker: Actor) -> None:
    """Granted 500.00, 400.00 came to us by cheque: 100.00 is awaited; the cheque is no other aid."""
    file, manager = opened(case, worker), make_actor()
    note(file, "SENT", worker)
    note(file, "GRANTED", worker, grant=D("300.00"), loan=D("200.00"))
    with pytest.raises(InvalidInput, match="Choisissez l’encaissement"):
        note(file, "PAID", manager, payee=Payee.LANDLORD)
    taken = take_payment(
        account=case.account, method="CHEQUE", amount=D("400.00"), received_on=TODAY, request_key=uuid4(),
        actor=manager,
    )  # fmt: skip
    [posting] = payments_for(file)
    paid = note(file, "PAID", manager, payee=Payee.LANDLORD, posting_id=posting.pk)
    assert (paid.amount, paid.on) == (D("400.00"), TODAY)
    [now] = files_on(AidFile.objects.all(), day=TODAY)
    assert (now.granted, now.paid, now.left) == (D("500.00"), D("400.00"), D("100.00"))
    assert payments_for(file) == []
    assert seized_on([case.account_id]) == {}, "decided: nothing is seized"

    cancel_payment(payment_id=taken.pk, actor=manager)
    [now] = files_on(AidFile.objects.all(), day=TODAY)
    assert (now.paid, now.left, now.gone) == (D(0), D("500.00"), {paid.pk})
    undo_aid_step(step=paid, actor=manager)
    done = note(file, "PAID", manager, payee=Payee.OTHER, amount=D("500.00"))
    file.refresh_from_db()
    assert file.ended_on == TODAY
    with pytest.raises(InvalidInput, match="ne suit pas"):
        note(file, "CLOSED", worker, why=AidClosing.NO_NEED)
    undo_aid_step(step=done, actor=manager)
    file.refresh_from_db()
    assert file.ended_on is None


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("GRANTED", {}, "montant accordé"),
        ("GRANTED", {"grant": D("10.00"), "loan": D("-1.00")}, "montant accordé"),
        ("REFUSED", {"why": "NO_NEED"}, "d’après le courrier"),
        ("CLOSED", {"why": "INCOME"}, "pourquoi le dossier s’arrête"),
        ("PAID", {"payee": "HOUSEHOLD", "amount": D("1.00")}, "ne suit pas"),
        ("PIECES", {"until": date(2026, 11, 1)}, "après celui de l’étape"),
        ("GRANTED", {"grant": D("1.00"), "on": date(2026, 11, 6)}, "aujourd’hui au plus tard"),
        ("GRANTED", {"grant": D("1.00"), "on": date(2026, 11, 4)}, "suit celle du 05/11/2026"),
    ],
)
def test_a_step_that_can_not_be_is_refused(
    case: ArrearsCase, worker: Actor, kind: str, more: dict[str, Any], said: str
) -> None:
    file = opened(case, worker)
    note(file, "SENT", worker)
    with pytest.raises(InvalidInput, match=said):
        note(file, kind, worker, **more)
    assert file.steps.count() == 1


def test_who_may(case: ArrearsCase, worker: Actor) -> None:
    """A colleague, a manager, a director open nothing; the manager notes money only, and opens on an answer."""
    colleague = actor_of(make_user(role=Role.SOCIAL_WORKER))
    for actor in (colleague, make_actor(), actor_of(make_user(role=Role.DIRECTOR))):
        with pytest.raises(NotAllowed):
            opened(case, actor)
    aid = scheme()
    asked = {"case": case, "scheme": aid, "need": "DEBT", "actor": make_actor()}
    with pytest.raises(Conflict, match="demandez-lui d’abord"):
        open_on_answer(**asked)  # type: ignore[arg-type]
    record_social_answer(
        case=case, contact_made=True, cause="BUDGET", next_step="FSL", next_step_on=date(2026, 12, 1), actor=worker
    )
    file = open_on_answer(**asked)  # type: ignore[arg-type]
    assert file.worker_id == worker.user_id
    for actor in (colleague, make_actor()):
        with pytest.raises(NotAllowed):
            note(file, "SENT", actor)
    note(file, "SENT", worker)
    note(file, "GRANTED", worker, grant=D("10.00"))
    with pytest.raises(NotAllowed):
        note(file, "PAID", colleague, payee="HOUSEHOLD", amount=D("10.00"))
    note(file, "PAID", make_actor(), payee="HOUSEHOLD", amount=D("10.00"))


def test_a_scheme_that_is_over_or_pays_something_else_is_refused(case: ArrearsCase, worker: Actor) -> None:
    with pytest.raises(InvalidInput, match="plus valable"):
        opened(case, worker, scheme=scheme(last_day=date(2026, 11, 4)))
    with pytest.raises(InvalidInput, match="ne paie pas"):
        opened(case, worker, scheme=scheme(name="b"), need="DEPOSIT")
    with pytest.raises(InvalidInput, match="le compte du ménage"):
        opened(case, worker, scheme=scheme(name="c"), account=opened_case(months=(NOV,)).account)


def test_a_refusal_ends_it_an_appeal_opens_it_again(case: ArrearsCase, worker: Actor) -> None:
    aid = scheme()
    file = opened(case, worker, scheme=aid)
    note(file, "SENT", worker)
    refused = note(file, "REFUSED", worker, why=AidRefusal.INCOME)
    file.refresh_from_db()
    assert file.ended_on == TODAY
    again = opened(case, worker, scheme=aid)
    assert again.pk != file.pk
    with pytest.raises(Conflict, match="Un autre dossier court"):
        undo_aid_step(step=refused, actor=worker)
    withdraw_file(file=again, actor=worker)
    note(file, "APPEALED", worker)
    file.refresh_from_db()
    assert file.ended_on is None


def test_a_body_that_says_nothing_is_asked_by_a_task(case: ArrearsCase, worker: Actor) -> None:
    file = opened(case, worker)
    note(file, "SENT", worker)
    for day, states in ((date(2026, 12, 31), ["DONE"]), (date(2027, 1, 1), ["DONE", "TODO"])):
        with clock.travel(day):
            refresh_tasks(NEXT, ids=[file.pk], actor=Actor.system())
            assert sorted(state for state, _ in tasks(file)) == states


@pytest.mark.django_db(transaction=True)
def test_two_people_open_the_same_file_at_once(case: ArrearsCase, worker: Actor) -> None:
    aid = scheme()
    both_at_once(partial(opened, case, worker, scheme=aid), partial(opened, case, worker, scheme=aid))
    assert AidFile.objects.count() == 1


def test_the_number_of_questions_does_not_grow(
    case: ArrearsCase, worker: Actor, django_assert_num_queries: Any
) -> None:
    for name in "abc":
        file = opened(case, worker, scheme=scheme(name=name))
        note(file, "SENT", worker)
        note(file, "GRANTED", worker, grant=D("10.00"))
    assert Posting.objects.exists()
    files_on(AidFile.objects.all(), day=TODAY)
    with django_assert_num_queries(3):
        assert len(files_on(AidFile.objects.all(), day=TODAY)) == 3
