"""The letters at the start, middle and end: told, taken back, beside what who referred was told (S1-05)."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.informing.services import (
    printed,
    tell_letter,
    untell_letter,
    withdraw_letter,
    write_letter,
    write_letter_text,
)
from social_link.measures.services.measures import close_measure, open_measure, reopen_measure, withdraw_measure
from social_link.models import Measure, SupportLetter
from social_link.referrals.services.referrals import receive
from social_link.referrals.services.steps import note_step
from social_link.referrals.services.telling import tell_progress
from tests.factories import make_actor, make_association, make_let, make_referent, make_user
from tests.pages import signed_in
from tests.pages import text as page_text
from tests.pdf import pdf_text

TODAY, START, END = date(2026, 11, 5), date(2026, 10, 1), date(2026, 12, 31)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    make_association()
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.fixture
def measure(household: Household, referent: Actor) -> Measure:
    assert referent.user is not None
    return open_measure(
        household=household, kind="SIMPLE", start=START, planned_end=END, referent=referent.user, actor=referent
    )


def test_a_letter_is_written_once_and_told_once(measure: Measure, referent: Actor) -> None:
    first = write_letter(measure=measure, moment="START", actor=referent)
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    write_letter_text(moment="START", body="Bienvenue chez vous", seen_version=0, actor=head)
    with pytest.raises(Conflict, match="un autre texte"):
        write_letter_text(moment="START", body="Bonjour", seen_version=0, actor=head)
    again = write_letter(measure=measure, moment="START", actor=referent)
    assert (again.pk, again.sha256, again.day) == (first.pk, first.sha256, START)
    # 1 October to 31 December are 92 days: the 47th is the middle.
    assert write_letter(measure=measure, moment="MIDDLE", actor=referent).day == date(2026, 11, 16)
    said = pdf_text(printed(again)[1])
    assert ("Votre accompagnement commence" in said, "Bienvenue" in said) == (True, False)
    with pytest.raises(Conflict, match="court encore"):
        write_letter(measure=measure, moment="END", actor=referent)
    with pytest.raises(Conflict, match="lettre au ménage"):
        withdraw_measure(measure_id=measure.pk, actor=referent)
    for given, field in (
        ({"on": date(2026, 11, 4)}, "on"), ({"on": date(2026, 11, 6)}, "on"), ({"how": "CRIED"}, "how")
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            tell_letter(**{"letter": first, "on": TODAY, "how": "HAND", "actor": referent} | given)  # type: ignore[arg-type]
        assert refused.value.field == field
    tell_letter(letter=first, on=TODAY, how="READ", actor=referent)
    with pytest.raises(Conflict, match="reprenez d’abord"):
        withdraw_letter(letter_id=first.pk, actor=referent)
    for _ in range(2):
        assert untell_letter(letter=first, actor=referent).told_on is None
    for _ in range(2):
        withdraw_letter(letter_id=first.pk, actor=referent)
    assert "Bienvenue chez vous" in pdf_text(printed(write_letter(measure=measure, moment="START", actor=referent))[1])


def test_a_day_that_moves_asks_another_letter(measure: Measure, referent: Actor) -> None:
    close_measure(measure=measure, reason="GOALS", on=date(2026, 11, 2), actor=referent)
    with pytest.raises(Conflict, match="écrivez la lettre de fin"):
        write_letter(measure=measure, moment="MIDDLE", actor=referent)
    letter = write_letter(measure=measure, moment="END", actor=referent)
    reopen_measure(measure=measure, actor=referent)
    close_measure(measure=measure, reason="GOALS", on=date(2026, 11, 3), actor=referent)
    client = signed_in(referent.user)
    page = reverse("social_link:letters", args=[measure.pk])
    assert "ce jour a changé depuis" in page_text(client.get(page))
    assert write_letter(measure=measure, moment="END", actor=referent).day == date(2026, 11, 3)
    assert SupportLetter.objects.get().pk == letter.pk


def test_household_and_referrer_stand_side_by_side(measure: Measure, referent: Actor) -> None:
    facts = {"referrer": "CCAS", "contact_name": "Mme Diallo", "contact_email": "diallo@ccas.example"}
    asked = receive(
        household=measure.household, received_on=START, consented_on=START, aims=["KEEPING"], actor=referent, **facts
    )
    note_step(referral=asked, state="MEASURE", on=START, measure=measure, actor=referent)
    tell_progress(TODAY)
    assert referent.user is not None
    client = signed_in(referent.user)
    page = reverse("social_link:letters", args=[measure.pk])
    assert page in client.get(reverse("social_link:measure", args=[measure.pk])).content.decode()
    client.post(reverse("social_link:letter_write", args=[measure.pk, "START"]))
    letter = SupportLetter.objects.get()
    shown = page_text(client.get(page)).replace("\u00a0", " ")
    assert ("courriel du 5 nov." in shown, "Mme Diallo" in shown, "pas de courriel" in shown) == (True, True, True)
    answer = client.get(reverse("social_link:letter_paper", args=[letter.pk]))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    tell = reverse("social_link:letter_tell", args=[letter.pk])
    assert client.post(tell, {"START-how": "HAND", "START-on": "06/11/2026"}).status_code == 422
    told = client.post(tell, {"START-how": "HAND", "START-on": "05/11/2026"}, follow=True)
    assert "Remise en main propre, le 5 nov. 2026" in page_text(told).replace("\u00a0", " ")
    client.post(reverse("social_link:letter_untell", args=[letter.pk]))
    client.post(reverse("social_link:letter_withdraw", args=[letter.pk]))
    assert not SupportLetter.objects.exists()
    manager, text = signed_in(make_user(role=Role.RENTAL_MANAGER)), reverse("social_link:letter_text", args=["END"])
    assert (manager.get(page).status_code, client.get(text).status_code) == (403, 403)
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    assert "Texte enregistré" in page_text(head.post(text, {"body": "Merci", "seen_version": "0"}, follow=True))
