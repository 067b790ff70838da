"""A formal notice at the post: noted, proved, taken back; one that came back puts the case back to decide."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from common.params import Scope
from office.access.actor import Actor
from office.documents.services import make_document
from office.messages.models import Message
from office.notices.models import Notice
from office.parameters.services import set_value
from rent_ledger.arrears.codes import CAME_BACK, RegisteredOutcome
from rent_ledger.arrears.queries.registered import notice_until
from rent_ledger.arrears.registered import RegisteredLetter
from rent_ledger.arrears.services import registered
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.unmade_calls import tell_unmade_calls
from rent_ledger.arrears.step_parameters import NOTICE_MONTHS
from rent_ledger.books.codes import Action, LaneWhy
from rent_ledger.models import ArrearsCase
from stock.models import Dwelling
from tests.factories import make_actor, make_arrears, make_association, make_picture
from tests.rent_ledger.arrears.services.test_arrears import TODAY
from tests.rent_ledger.arrears.services.test_calls_and_gone import called
from tests.rent_ledger.arrears.services.test_written_steps import on, posted, proposed, reminded

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NUMBER = "2C 123 456 7890 1"


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_FOLDER = tmp_path
    make_association()


def notice(case: ArrearsCase, *, state: str = "SENT") -> Message:
    """A formal notice of the case, as the outbox posted it today."""
    data = {
        "recipient": ["x"], "before": ["x"], "after": [], "terms": [], "total": "0.00", "payment_reference": "x",
        "bank": {},
    }  # fmt: skip
    paper = make_document(kind="formal_notice", number=f"X{case.pk}", title="x", data=data, actor=Actor.system())
    return Message.objects.create(
        key=f"formal:x{case.pk}", kind="FORMAL", channel="PAPER", about="arrears_case", about_id=case.pk, addressee="x",
        text_version=0, subject="x", body="x", document=paper, state=state, sent_at=clock.now(), values={"somme": "x"},
    )  # fmt: skip


def noted(message: Message, **given: Any) -> RegisteredLetter:
    asked = {"posted_on": TODAY, "number": NUMBER, "actor": make_actor()} | given
    return registered.note_posted(message=message, **asked)


def test_the_number_is_kept_as_the_post_reads_it_and_twice_is_once() -> None:
    message = notice(make_arrears())
    row = noted(message)
    assert (row.number, row.posted_on) == ("2C12345678901", TODAY)
    assert noted(message, number="2c-123 456 7890 1") == row
    with pytest.raises(Conflict, match="déjà noté"):
        noted(message, number="2C 999 456 7890 1")
    other = notice(make_arrears())
    with pytest.raises(InvalidInput, match="autre lettre"):
        noted(other)
    for number in ("", "12", "2C 123 456 789 !", "2C 123 456 7890 1 22 333"):
        with pytest.raises(InvalidInput, match="11 à 15"):
            noted(other, number=number)
    for day in (TODAY - DAY, TODAY + DAY):
        with pytest.raises(InvalidInput, match="jour de la décision"):
            noted(other, posted_on=day, number="2C 999 456 7890 1")
    with pytest.raises(Conflict, match="pas notée postée"):
        noted(notice(make_arrears(), state="CREATED"))


def test_an_outcome_comes_after_the_posting_and_each_is_taken_back() -> None:
    message, actor = notice(make_arrears()), make_actor()

    def outcome(**given: Any) -> RegisteredLetter:
        asked = {"outcome": "RECEIVED", "outcome_on": TODAY, "actor": actor} | given
        return registered.note_outcome(message=message, **asked)

    with pytest.raises(Conflict, match="Notez d’abord"):
        outcome()
    noted(message)
    with pytest.raises(InvalidInput, match="jour du dépôt"):
        outcome(outcome_on=TODAY - DAY)
    with pytest.raises(InvalidInput, match="Dites ce que la poste"):
        outcome(outcome="LOST")
    assert outcome() == outcome()
    with pytest.raises(Conflict, match="annulez-le"):
        outcome(outcome="REFUSED")
    with pytest.raises(Conflict, match="annulez-le"):
        registered.take_back_posted(message=message, actor=actor)
    for _ in range(2):
        row = registered.take_back_outcome(message=message, actor=actor)
        assert row
        assert (row.outcome, row.outcome_on) == ("", None)
    for _ in range(2):
        row = registered.take_back_posted(message=message, actor=actor)
        assert row
        assert (row.posted_on, row.number) == (None, "")
    # What was noted and taken back stays in the history.
    events = RegisteredLetter._meta.get_field("events").related_model.objects  # type: ignore[union-attr]
    assert list(events.order_by("pgh_id").values_list("number", "outcome"))[-3:] == [
        ("2C12345678901", "RECEIVED"), ("2C12345678901", ""), ("", ""),
    ]  # fmt: skip


def test_the_delay_runs_from_the_day_on_which_it_was_received() -> None:
    case = make_arrears()
    message = notice(case)
    row = noted(message)
    assert notice_until(row, case) is None
    row = registered.note_outcome(message=message, outcome="RECEIVED", outcome_on=TODAY, actor=make_actor())
    assert notice_until(row, case) == TODAY + 15 * DAY
    # CCH, art. R. 633-3: the month of a résidence sociale; 5 December is a Saturday.
    Dwelling.objects.filter(units__leases__accounts=case.account_id).update(stock_type="RESIDENCE")
    case.account.lease.kind = "OCCUPANCY"  # type: ignore[union-attr]
    case.account.lease.unit.dwelling.refresh_from_db()  # type: ignore[union-attr]
    assert notice_until(row, case) == date(2026, 12, 7)
    set_value(key=NOTICE_MONTHS, since=TODAY, value=2, source="Un texte", scope=Scope.NATIONAL,
              actor=make_actor(role="ADMINISTRATOR"))  # fmt: skip
    assert notice_until(row, case) == date(2027, 1, 5)
    row.outcome = RegisteredOutcome.UNCLAIMED
    assert notice_until(row, case) is None


def test_from_the_formal_notice_to_its_return() -> None:
    case = reminded()
    with clock.travel(TODAY + 27 * DAY):
        assert on(case.account_id, clock.today()).action == Action.FORMAL_NOTICE
        decide(case=case, decision="CONFIRM", expected="FORMAL", actor=make_actor())
        message = posted(case)
        noted(message, posted_on=clock.today())
    with clock.travel(TODAY + 45 * DAY):
        state = on(case.account_id, clock.today())
        assert proposed(state) == (Action.WAIT, LaneWhy.FORMAL_SENT)
        for outcome, found in (
            ("RECEIVED", (Action.WAIT, LaneWhy.FORMAL_SENT)),
            *((str(back), (Action.CALL, LaneWhy.FORMAL_BACK)) for back in sorted(CAME_BACK)),
        ):
            registered.note_outcome(message=message, outcome=outcome, outcome_on=clock.today(), actor=make_actor())
            state.refresh_from_db()
            assert proposed(state) == found
            registered.take_back_outcome(message=message, actor=make_actor())


def test_proofs_are_kept_and_taken_back(own_media: None) -> None:
    message, actor = notice(make_arrears()), make_actor()
    picture = make_picture().getvalue()
    with pytest.raises(Conflict, match="Notez d’abord"):
        registered.add_registered_proof(message=message, file=_named(picture), actor=actor)
    row = noted(message)
    first = registered.add_registered_proof(message=message, file=_named(picture), actor=actor)
    assert registered.add_registered_proof(message=message, file=_named(picture), actor=actor) == first
    for _ in range(2):
        registered.remove_registered_proof(message=message, proof=first.uuid, actor=actor)
        assert not row.proofs.exists()


def _named(data: bytes) -> BytesIO:
    file = BytesIO(data)
    file.name = "reçu.jpg"
    return file


def test_another_letter_is_no_registered_one() -> None:
    message = notice(make_arrears())
    Message.objects.filter(pk=message.pk).update(kind="COURTESY")
    message.refresh_from_db()
    with pytest.raises(Conflict, match="Seule une mise en demeure"):
        noted(message)


def test_who_decided_a_call_that_nobody_makes_is_told_once() -> None:
    decider = make_actor()
    message = called(make_arrears(), actor=decider)
    tell_unmade_calls(day=TODAY + 10 * DAY)
    assert not Notice.objects.exists()
    for _ in range(2):
        tell_unmade_calls(day=TODAY + 11 * DAY)
    told = Notice.objects.get()
    assert (told.user_id, told.kind, told.about_id) == (decider.user_id, "CALL_UNMADE", message.about_id)
