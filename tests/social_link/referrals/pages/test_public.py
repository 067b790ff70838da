"""What a partner without account fills and reads: by its secret only, once, until its day, and nothing of anybody."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from common.errors import Conflict
from common.periods import period
from office.access.actor import Actor
from office.access.codes import Role
from office.messages.codes import MessageState
from office.messages.gate import ask_gates
from office.messages.services.outbox import withdraw
from office.models import Message
from social_link.models import Measure, Referral, ReferralLink
from social_link.referrals.codes import ABOUT_PARTNER
from social_link.referrals.services import referrals
from social_link.referrals.services.links import close_link, link_of, open_intake, open_state, receive_by
from social_link.referrals.services.steps import note_step
from social_link.referrals.services.telling import acknowledge, take_back, tell_progress
from tests.factories import make_actor, make_association, make_household, make_user
from tests.pages import signed_in
from tests.pages import text as page_text

TODAY, DAY = date(2026, 11, 5), timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house() -> None:
    cache.clear()
    make_association()


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def sheet(**given: Any) -> dict[str, Any]:
    return {
        "last_name": "Introuvable", "first_name": "Zoé", "aims": ["KEEPING"], "urgency": "NORMAL",
        "contact_name": "Mme Diallo", "contact_email": "diallo@caf.example", "request_key": str(uuid4()),
    } | given  # fmt: skip


def address(secret: str) -> str:
    return reverse("referral_link", args=[secret])


def test_a_partner_fills_a_referral_once(head: Actor, client: Client) -> None:
    _, secret = open_intake(referrer="CAF_DESK", actor=head)
    page = client.get(address(secret))
    assert "Fiche de CAF" in page_text(page)
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert page["Cache-Control"] == "private, no-store"
    assert client.post(address(secret), sheet(aims=[])).status_code == 422
    sent = sheet()
    for _ in range(2):  # a double click, the back button
        receipt = client.post(address(secret), sent)
    row = Referral.objects.get()
    assert (row.state, row.assignee, row.author, row.received_on) == ("ACKNOWL", None, None, TODAY)
    assert row.number in page_text(receipt)
    assert "Introuvable" not in receipt.content.decode()
    # Another tab is another sheet.
    client.post(address(secret), sheet(last_name="Autre"))
    assert Referral.objects.count() == 2
    # The receipt leaves once, without a name, and is no message to a household.
    message = Message.objects.get(about=ABOUT_PARTNER, about_id=row.pk)
    assert (message.kind, message.address, message.household_id) == ("REFERRAL_RECEIPT", "diallo@caf.example", None)
    assert "Introuvable" not in message.subject + message.body + str(message.values)
    for role in (Role.RENTAL_MANAGER, Role.SOCIAL_WORKER):
        assert not Message.objects.visible_to(make_actor(role=role)).exists()
    # One address of its state stands: the last that was shown.
    assert ReferralLink.objects.filter(referral=row, revoked_at=None).count() == 1


def test_a_state_and_nothing_else(head: Actor, client: Client) -> None:
    household = make_household()
    facts: dict[str, Any] = {"received_on": TODAY, "referrer": "CAF_DESK", "contact_name": "Mme Diallo"}
    row = referrals.receive(household=household, aims=["KEEPING"], actor=head, **facts)
    _, former = open_state(referral=row, actor=head)
    _, secret = open_state(referral=row, actor=head)
    assert client.get(address(former)).status_code == 404
    note_step(referral=row, state="DROPPED", on=TODAY, why="UNREACH", actor=head)
    # Without the household's word: that it was looked at, not what was decided.
    shown = page_text(client.get(address(secret)))
    assert "Examinée" in shown
    assert "Sans suite" not in shown
    Referral.objects.update(consented_on=TODAY)
    page = client.get(address(secret))
    assert "Sans suite" in page_text(page)
    for hidden in (household.name, household.reference, "Diallo", "joint", str(head.user)):
        assert hidden not in page.content.decode()
    assert client.post(address(secret), sheet()).status_code == 404
    referrals.withdraw(referral=row, actor=head)
    assert client.get(address(secret)).status_code == 404


def test_what_opens_nothing(head: Actor, client: Client) -> None:
    link, secret = open_intake(referrer="MDD", ends_on=TODAY + DAY, actor=head)
    assert link.digest != secret
    assert secret not in str(list(ReferralLink.objects.values()))
    assert link_of(secret, TODAY + DAY) == link  # its last day
    assert link_of(secret, TODAY + 2 * DAY) is None
    assert client.get(address(secret[:-1])).status_code == 404
    assert client.get(address("x" * 43)).content == client.get(address("y" * 43)).content
    close_link(link=link, actor=head)
    assert client.get(address(secret)).status_code == 404
    assert client.post(address(secret), sheet()).status_code == 404
    assert not Referral.objects.exists()


def test_too_many_are_told_to_wait(client: Client) -> None:
    answers = [client.get(address("z" * 43)).status_code for _ in range(61)]
    assert (answers[59], answers[60]) == (404, 429)


def test_a_key_of_one_partner_gives_nothing_of_another(head: Actor) -> None:
    caf, _ = open_intake(referrer="CAF_DESK", actor=head)
    mdd, _ = open_intake(referrer="MDD", actor=head)
    facts = {"last_name": "Sarr", "contact_name": "Mme Diallo", "aims": ["KEEPING"], "request_key": uuid4()}
    receive_by(caf, **facts)
    with pytest.raises(Conflict):
        receive_by(mdd, **facts)


def test_the_head_gives_and_closes_addresses(head: Actor) -> None:
    boss, worker = signed_in(head.user), signed_in(make_user(role=Role.SOCIAL_WORKER))
    page = boss.post(reverse("social_link:referral_links"), {"referrer": "ADIL"})
    assert "/saisine/" in page.content.decode()
    link = ReferralLink.objects.get()
    close = reverse("social_link:referral_link_close", args=[link.pk])
    assert worker.post(close).status_code == 404
    assert "n’ouvre plus rien" in page_text(boss.post(close, follow=True))
    late = {"referrer": "ADIL", "ends_on": "01/01/2031"}
    assert boss.post(reverse("social_link:referral_links"), late).status_code == 422
    row = referrals.receive(received_on=TODAY, referrer="HOUSEHLD", last_name="Sarr", aims=["KEEPING"], actor=head)
    follow = worker.post(reverse("social_link:referral_follow", args=[row.pk]))
    assert "/saisine/" in follow.content.decode()


def test_a_receipt_whose_step_was_taken_back_leaves_with_the_next_one(head: Actor) -> None:
    row = referrals.receive(
        household=make_household(), received_on=TODAY, referrer="CAF_DESK", contact_name="Mme Diallo",
        aims=["KEEPING"], contact_email="diallo@caf.example", actor=head,
    )  # fmt: skip
    first = acknowledge(referral=row, on=TODAY, actor=head)
    take_back(referral=row, step_id=row.steps.latest("pk").pk, actor=head)
    again = acknowledge(referral=row, on=TODAY, actor=head)
    assert first is not None
    assert again is not None
    assert (again.pk != first.pk, again.state) == (True, MessageState.CREATED)
    # What a person withdrew stays so, whoever notes the step anew.
    withdraw(message=again, actor=Actor.system())
    take_back(referral=row, step_id=row.steps.latest("pk").pk, actor=head)
    assert acknowledge(referral=row, on=TODAY, actor=head) == again
    assert Message.objects.filter(about=ABOUT_PARTNER).count() == 2


def test_partners_hear_of_the_support_once_where_the_household_agreed(head: Actor) -> None:
    household = make_household()
    row = referrals.receive(
        household=household, received_on=TODAY, referrer="CAF_DESK", contact_name="Mme Diallo", aims=["KEEPING"],
        contact_email="diallo@caf.example", actor=head,
    )  # fmt: skip
    receipt = acknowledge(referral=row, on=TODAY, actor=head)
    assert receipt is not None
    # Taken back, it does not leave.
    take_back(referral=row, step_id=row.steps.latest("pk").pk, actor=head)
    receipt.refresh_from_db()
    assert receipt.state == MessageState.WITHDRAWN
    measure = Measure.objects.create(
        household=household, kind="SIMPLE", referent=make_user(role=Role.SOCIAL_WORKER),
        period=period(TODAY, date(2026, 11, 15)), planned_end=date(2026, 11, 14),
    )  # fmt: skip
    note_step(referral=row, state="MEASURE", on=TODAY, measure=measure, actor=head)
    assert tell_progress(TODAY) == 0  # nobody agreed
    Referral.objects.update(consented_on=TODAY)
    for day in (TODAY, TODAY + 4 * DAY, TODAY + 5 * DAY, TODAY + 6 * DAY):
        tell_progress(day)
    Measure.objects.update(ended_on=date(2026, 11, 12), end_reason="GOALS", period=period(TODAY, date(2026, 11, 13)))
    for _ in range(2):
        tell_progress(date(2026, 11, 12))
    told = list(Message.objects.filter(about=ABOUT_PARTNER).exclude(pk=receipt.pk).order_by("pk"))
    assert [message.kind for message in told] == ["REFERRAL_START", "REFERRAL_MIDDLE", "REFERRAL_END"]
    assert "10\u00a0novembre\u00a02026" in told[1].body
    assert all(household.name not in message.body + message.addressee for message in told)
    assert ask_gates(told) == {}
    Referral.objects.update(consented_on=None)
    assert {stop.is_final for stop in ask_gates(told).values()} == {True}
