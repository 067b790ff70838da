"""What a technician saw is answered by a code: what it does, what it tells whom, and how it is taken back."""

from datetime import date
from uuid import uuid4

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Lease
from maintenance.models import WeakSignal
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice, User
from office.notices.kinds import declared
from social_link.alerts.queries import waiting_signals
from social_link.alerts.services.answers import answer, take_back_answer
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.signals import say_outcome, take_back_outcome
from social_link.contacts.services import complete_contact
from social_link.models import Alert, Contact, SignalAnswer
from tests.at_once import both_at_once
from tests.factories import make_actor, make_arrears, make_let, make_referent, make_ticket, make_user

FRIDAY, MONDAY = date(2026, 11, 6), date(2026, 11, 9)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def signalled(lease: Lease | None = None, kind: str = "CLUTTER") -> tuple[Alert, Actor, User]:
    """The alert of what Yann saw at a door, the referent, and Yann."""
    lease = lease or make_let()
    referent = make_referent(household=lease.household)
    yann = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(lease=lease, technician=yann)
    tickets.send_signal(ticket=ticket, kind=kind, actor=Actor.of(yann), request_key=uuid4())
    raise_alerts(day=FRIDAY, actor=Actor.system())
    Notice.objects.all().delete()
    return Alert.objects.get(), Actor.of(referent), yann


def on_a_debt_too() -> tuple[Alert, Actor, User]:
    return signalled(make_arrears(dues=[date(2026, 10, 1), date(2026, 11, 1)]).account.lease)


@pytest.mark.parametrize("outcome", ["WELL", "HELPED", "RESCUE"])
def test_an_outcome_answers_the_alert_and_tells_who_saw_it_nothing_more(outcome: str) -> None:
    alert, camille, yann = signalled()
    for _ in range(2):
        done = say_outcome(alert=alert, outcome=outcome, actor=camille)
    assert (done.state, done.acknowledged_by, done.answer) == ("ANSWERED", camille.user, None)
    assert SignalAnswer.objects.count() == 1
    told = Notice.objects.get(user=yann)
    assert told.about_id == WeakSignal.objects.get().pk
    shown = declared()[told.kind].shown([told.about_id])[told.about_id]
    assert shown.title == "Votre signalement du 6\u00a0nov. a été traité"
    assert list(declared()[told.kind].readable(Actor.of(yann))) == [WeakSignal.objects.get()]
    assert not declared()[told.kind].readable(make_actor(role=Role.TECHNICIAN)).exists()


def test_not_seen_plans_the_next_visit_and_the_alert_waits() -> None:
    alert, camille, _yann = signalled()
    due = alert.answer_due_on
    for _ in range(2):
        row = say_outcome(alert=alert, outcome="NOT_SEEN", back_on=MONDAY, actor=camille)
    assert (row.state, row.answer_due_on) == ("ACK", due)
    visit = Contact.objects.get()
    assert (visit.happened_on, visit.is_planned, visit.author, visit.alert) == (MONDAY, True, camille.user, alert)
    assert not Notice.objects.exists()
    with pytest.raises(Conflict, match="dites d’abord"):
        answer(alert=alert, contact_made=True, actor=camille)
    assert say_outcome(alert=alert, outcome="WELL", actor=camille).state == "ANSWERED"


@pytest.mark.parametrize(
    ("outcome", "back_on", "field"),
    [
        ("", None, "outcome"),
        ("PERHAPS", None, "outcome"),
        ("NOT_SEEN", None, "back_on"),
        ("NOT_SEEN", FRIDAY, "back_on"),
        ("WELL", MONDAY, "back_on"),
    ],
)
def test_the_day_goes_with_not_seen_only_and_is_to_come(outcome: str, back_on: date | None, field: str) -> None:
    alert, camille, _ = signalled()
    with pytest.raises(InvalidInput) as refusal:
        say_outcome(alert=alert, outcome=outcome, back_on=back_on, actor=camille)
    assert refusal.value.field == field
    assert not SignalAnswer.objects.exists()


def take_back(alert: Alert, actor: Actor) -> Alert:
    """What was said last."""
    return take_back_outcome(alert=alert, key=SignalAnswer.objects.latest("pk").key, actor=actor)


def test_a_double_click_takes_one_outcome_back_and_leaves_the_visit() -> None:
    alert, camille, _ = signalled()
    say_outcome(alert=alert, outcome="NOT_SEEN", back_on=MONDAY, actor=camille)
    first = SignalAnswer.objects.get().key
    say_outcome(alert=alert, outcome="RESCUE", actor=camille)
    with pytest.raises(Conflict, match="reprenez-le"):
        take_back_outcome(alert=alert, key=first, actor=camille)
    last = SignalAnswer.objects.latest("pk").key
    for _ in range(2):
        take_back_outcome(alert=alert, key=last, actor=camille)
    assert Contact.objects.get().happened_on == MONDAY
    assert [one.key for one in SignalAnswer.objects.standing()] == [first]


def test_emergency_services_are_told_to_the_head_at_once_until_it_is_taken_back() -> None:
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    alert, camille, yann = signalled(kind="UNWELL")
    say_outcome(alert=alert, outcome="RESCUE", actor=camille)
    told = Notice.objects.get(user=head)
    assert (told.kind, told.is_urgent, told.about_id) == ("ALERT_RESCUE", True, alert.pk)
    for _ in range(2):
        again = take_back(alert, camille)
    assert (again.state, again.answered_at) == ("ACK", None)
    assert not Notice.objects.unseen().filter(user__in=[head, yann]).exists()
    assert waiting_signals(Alert.objects.get())
    # Said again, they are told again.
    say_outcome(alert=alert, outcome="RESCUE", actor=camille)
    assert Notice.objects.unseen().filter(user__in=[head, yann]).count() == 2
    assert SignalAnswer.objects.count() == 2


def test_not_seen_is_taken_back_with_its_visit() -> None:
    alert, camille, _ = signalled()
    say_outcome(alert=alert, outcome="NOT_SEEN", back_on=MONDAY, actor=camille)
    take_back(alert, camille)
    assert not Contact.objects.exists()
    say_outcome(alert=alert, outcome="NOT_SEEN", back_on=MONDAY, actor=camille)
    assert Contact.objects.get().happened_on == MONDAY


def test_a_visit_that_took_place_meanwhile_is_not_taken_back() -> None:
    alert, camille, _ = signalled()
    say_outcome(alert=alert, outcome="NOT_SEEN", back_on=MONDAY, actor=camille)
    Contact.objects.update(happened_on=FRIDAY)
    complete_contact(contact=Contact.objects.get(), actor=camille)
    with pytest.raises(Conflict, match="visite du 6\u00a0nov. est déjà notée"):
        take_back(alert, camille)
    assert Contact.objects.exists()


def test_what_the_alert_tells_beside_the_signal_is_still_answered() -> None:
    alert, camille, _ = on_a_debt_too()
    with pytest.raises(Conflict, match="dites d’abord"):
        answer(alert=alert, contact_made=True, cause="BENEFIT", actor=camille)
    assert say_outcome(alert=alert, outcome="WELL", actor=camille).state == "ACK"
    with pytest.raises(Conflict, match="a déjà dit ce qu’il en est : va bien"):
        say_outcome(alert=alert, outcome="HELPED", actor=camille)
    assert answer(alert=alert, contact_made=True, cause="BENEFIT", actor=camille).state == "ANSWERED"
    with pytest.raises(Conflict, match="reprenez-la d’abord"):
        take_back(alert, camille)
    take_back_answer(alert=alert, actor=camille)
    assert take_back(alert, camille).state == "ACK"


def test_one_that_its_outcome_closed_is_opened_by_taking_that_back() -> None:
    alert, camille, _ = signalled()
    say_outcome(alert=alert, outcome="WELL", actor=camille)
    with pytest.raises(Conflict, match="reprenez-le"):
        take_back_answer(alert=alert, actor=camille)


def test_who_neither_said_it_nor_has_it_takes_nothing_back() -> None:
    alert, camille, _ = signalled()
    colleague = make_actor(role=Role.SOCIAL_WORKER)
    with pytest.raises(NotAllowed):
        say_outcome(alert=alert, outcome="WELL", actor=colleague)
    say_outcome(alert=alert, outcome="WELL", actor=camille)
    with pytest.raises(NotAllowed):
        take_back(alert, colleague)
    assert take_back(alert, make_actor(role=Role.HEAD_OF_SOCIAL)).state == "ACK"


def test_a_later_signal_waits_for_its_own_outcome() -> None:
    alert, camille, yann = on_a_debt_too()
    say_outcome(alert=alert, outcome="WELL", actor=camille)
    ticket = WeakSignal.objects.get().ticket
    tickets.send_signal(ticket=ticket, kind="TENSION", actor=Actor.of(yann), request_key=uuid4())
    raise_alerts(day=FRIDAY, actor=Actor.system())
    assert len(waiting_signals(Alert.objects.get())) == 1
    say_outcome(alert=alert, outcome="HELPED", actor=camille)
    assert [row.outcome for row in SignalAnswer.objects.all()] == ["WELL", "HELPED"]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_the_second_is_told_what_the_first_said() -> None:
    alert, camille, _ = signalled()
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    told = both_at_once(
        lambda: say_outcome(alert=alert, outcome="WELL", actor=camille),
        lambda: say_outcome(alert=alert, outcome="HELPED", actor=head),
    )
    assert sorted(type(one).__name__ for one in told) == ["Alert", "Conflict"]
    assert SignalAnswer.objects.count() == 1
