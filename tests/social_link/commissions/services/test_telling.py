"""What was decided is told once, by the way that the household wishes; nobody of the rental side sees it."""

from datetime import date

import pytest
from django.urls import reverse

from common import clock
from common.errors import Conflict
from office.access.actor import Actor
from office.access.codes import Role
from office.messages.models import Message
from office.messages.queries import left_by_hand
from office.messages.services.post import take_out
from office.models import Task, User
from office.parameters.services import set_value
from office.tasks.services.tasks import refresh_tasks
from social_link.commissions.duties import TELL
from social_link.commissions.services.agenda import ask_opening, prepare_item
from social_link.commissions.services.decisions import close_commission, decide, reopen_commission
from social_link.commissions.services.sittings import plan_commission
from social_link.commissions.services.telling import (
    drafts,
    post_letters,
    print_letters,
    settle_failure,
    tell_decisions,
)
from social_link.models import Commission
from tests.factories import make_actor, make_association, make_let, make_organisation, make_referent, make_user
from tests.pages import plain, signed_in
from tests.pdf import pdf_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


@pytest.fixture
def closed(head: Actor) -> Commission:
    """One household, and an organisation that it agreed to inform."""
    make_association()
    household = make_let().household
    worker = make_referent(household=household)
    made = plan_commission(kind="ASLL", held_on=date(2026, 11, 5), actor=head)
    item = ask_opening(commission=made, household=household, kind="ASLL", months=6, referent=worker, actor=head)
    body = make_organisation(name="Mairie de Nantes")
    prepare_item(item=item, opinion="FOR", informs=body, agreed_to_inform=True, actor=head)
    decide(item=item, decision="NO", actor=head)
    return close_commission(commission=made, actor=head)


def test_each_is_told_once_by_letters_of_its_own(closed: Commission, head: Actor) -> None:
    task = Task.objects.get(kind="COMM_TELL")
    assert (task.assignee, task.state) == (head.user, "TODO")
    assert [draft.to for draft in drafts(closed)] == [str(closed.items.get().household), "Mairie de Nantes"]
    assert tell_decisions(commission=closed, actor=head) == 2
    assert tell_decisions(commission=closed, actor=head) == 2
    assert Message.objects.count() == 2
    # Whoever posts the letters of the house neither counts nor takes them.
    manager = make_actor(role=Role.RENTAL_MANAGER)
    assert left_by_hand()["letters"] == 0
    assert take_out(actor=manager) == 0
    printed = pdf_text(print_letters(commission=closed, actor=head))
    assert "n’a pas accordé la mesure ASLL" in printed
    assert printed == pdf_text(print_letters(commission=closed, actor=head))
    assert (post_letters(commission=closed, actor=head), post_letters(commission=closed, actor=head)) == (2, 0)
    task.refresh_from_db()
    assert task.state == "DONE"
    with pytest.raises(Conflict, match="déjà partie"):
        reopen_commission(commission=closed, actor=head)


def test_it_is_to_be_sent_by_the_delay_of_the_day_of_the_commission(closed: Commission) -> None:
    set_value(
        key="commission.tell_days", since=date(2026, 11, 9), value=2, source="Règlement revu", actor=Actor.system()
    )
    with clock.travel(date(2026, 11, 10)):
        refresh_tasks(TELL, ids=[closed.pk], actor=Actor.system())
    assert Task.objects.get(kind="COMM_TELL").due_on == date(2026, 11, 13)  # eight days, as it stood on the 5th


def test_what_waits_is_withdrawn_as_it_is_opened_again_and_told_anew(closed: Commission, head: Actor) -> None:
    with pytest.raises(Conflict, match="Closez d’abord"):
        tell_decisions(commission=reopen_commission(commission=closed, actor=head), actor=head)
    again = close_commission(commission=closed, actor=head)
    tell_decisions(commission=again, actor=head)
    reopen_commission(commission=again, actor=head)
    assert set(Message.objects.values_list("state", flat=True)) == {"WITHDRAWN"}


def test_what_failed_comes_back(closed: Commission, head: Actor) -> None:
    tell_decisions(commission=closed, actor=head)
    print_letters(commission=closed, actor=head)
    post_letters(commission=closed, actor=head)
    message = Message.objects.all()[0]
    Message.objects.filter(pk=message.pk).update(state="RETURNED", why="La lettre est revenue.")
    settle_failure(commission=closed, message_id=message.pk, again=False, actor=head)
    message.refresh_from_db()
    assert message.seen_at is not None


@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.SOCIAL_WORKER])
def test_nobody_else_reads_them_among_the_messages(closed: Commission, head: Actor, role: str) -> None:
    tell_decisions(commission=closed, actor=head)
    name, message = closed.items.get().household.name, Message.objects.all()[0]
    user: User = make_user(role=role)
    client = signed_in(user)
    listed = plain(client.get(reverse("office:messages"), {"etat": "tous"}))
    assert "Décision de commission, au ménage" not in listed.partition("<tbody")[2]
    assert name not in listed
    assert client.get(reverse("office:message", args=[message.uuid])).status_code == 404
    if role == Role.RENTAL_MANAGER:
        shown = plain(client.get(reverse("office:message_text", args=["commission_home", "paper"])))
        assert name not in shown
    assert head.user
    assert name in plain(signed_in(head.user).get(reverse("office:messages"), {"etat": "tous"}))
