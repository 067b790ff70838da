"""Who had asked for a support is told that it begins again: once each, where the household agreed (S1-12)."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import Conflict
from office.access.actor import Actor
from office.messages.models import Message
from office.messages.worker import open_gate
from social_link.measures.services.measures import close_measure, open_measure
from social_link.referrals.services.referrals import receive
from social_link.referrals.services.steps import note_step
from social_link.referrals.services.telling import tell_again
from social_link.watches.services.reopening import ask_again, open_again, orient_again
from tests.factories import make_association, make_let, make_referent
from tests.pages import signed_in
from tests.pages import text as page_text

START, END, TODAY = date(2026, 6, 1), date(2026, 11, 2), date(2026, 11, 5)
pytestmark = pytest.mark.django_db


def test_who_had_asked_is_told_once_where_the_household_agreed() -> None:
    make_association()
    household = make_let().household
    actor = Actor.of(make_referent(household=household))
    assert actor.user is not None
    span = {"kind": "SIMPLE", "referent": actor.user, "actor": actor}
    former = open_measure(household=household, start=START, planned_end=date(2026, 12, 31), **span)  # type: ignore[arg-type]
    asked = receive(
        household=household, received_on=START, referrer="CCAS", contact_name="Mme Diallo",
        contact_email="diallo@ccas.example", aims=["KEEPING"], actor=actor,
    )  # fmt: skip
    note_step(referral=asked, state="MEASURE", on=START, measure=former, actor=actor)
    close_measure(measure=former, reason="GOALS", on=END, actor=actor)
    former.refresh_from_db()
    request = ask_again(former=former, asked_by="HOUSE", asked_on=TODAY, reasons=["DEBT"], actor=actor)
    request = orient_again(request=request, service="HOUSE", oriented_on=TODAY, actor=actor)
    asked.refresh_from_db()
    asked.consented_on = START
    asked.save()
    with pytest.raises(Conflict, match="Personne à prévenir"):
        tell_again(request=request, actor=actor)  # no measure yet
    del span["actor"]
    open_again(request=request, start=TODAY, planned_end=date(2027, 4, 30), actor=actor, **span)
    asked.consented_on = None
    asked.save()
    with pytest.raises(Conflict, match="Personne à prévenir"):
        tell_again(request=request, actor=actor)  # nor any agreement
    asked.consented_on = START
    asked.save()
    client, page = signed_in(actor.user), reverse("social_link:reopening_tell", args=[request.pk])
    shown = page_text(client.get(page))
    assert f"Saisine {asked.number} : l’accompagnement reprend" in shown.replace("\u00a0", " ")
    assert page in client.get(reverse("social_link:reopening", args=[request.pk])).content.decode()
    client.post(page)
    assert tell_again(request=request, actor=actor) == 0
    [message] = Message.objects.filter(kind="REFERRAL_AGAIN")
    assert household.name not in message.body + message.subject
    assert "5 novembre 2026" in message.body.replace("\u00a0", " ")
    # The household takes its agreement back before it leaves.
    asked.consented_on = None
    asked.save()
    assert open_gate([message]) == []
