"""The shuttle sheet: what leaves on it, for whom, and what never does (S1-04, FEATURES 6.6)."""

from datetime import date
from typing import Any

import pytest

from common.errors import Conflict
from leases.models import Person
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import OrganisationKind
from social_link.models import Referral
from social_link.referrals.services import sheets
from social_link.referrals.services.referrals import match, receive
from social_link.referrals.services.steps import note_step
from tests.factories import make_actor, make_association, make_household, make_organisation
from tests.pdf import pdf_text

OCT_20, TODAY = date(2026, 10, 20), date(2026, 11, 5)
pytestmark = pytest.mark.django_db


def read(printed: tuple[str, bytes]) -> str:
    return " ".join(pdf_text(printed[1]).split())


@pytest.fixture
def head() -> Actor:
    make_association()
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def asked(head: Actor, **given: Any) -> Referral:
    """A CCAS refers somebody whom we know."""
    body = make_organisation(kinds=[OrganisationKind.CCAS], name="CCAS de Nantes")
    body.address = "1 rue de l’Hôtel de Ville\n44000 Nantes"
    body.save()
    facts = {
        "received_on": OCT_20, "referrer": "CCAS", "organisation": body, "contact_name": "Mme Diallo",
        "last_name": "Sarr", "first_name": "Awa", "phone": "0612345678", "aims": ["KEEPING"], "urgency": "URGENT",
    }  # fmt: skip
    return receive(actor=head, **facts | given)


def test_a_blank_sheet_asks_all_that_a_referral_holds(head: Actor) -> None:
    name, content = sheets.print_blank(actor=head)
    told = read((name, content))
    assert name == "Fiche-navette-demander-un-accompagnement-a-remplir.pdf"
    for expected in ("Fournisseur d’énergie ou d’eau", "Sous-locataire", "Accompagner l’entrée ou le maintien",
                     "Urgent",
                     "Sa signature", "Numéro de la saisine"):  # fmt: skip
        assert expected in told
    assert "Le ménage lui-même" not in told


def test_who_refers_reads_the_name_where_the_household_agreed(head: Actor) -> None:
    row = asked(head)
    match(referral=row, household=(known := make_household()), actor=head)
    row.refresh_from_db()
    told = read(sheets.print_back(referral=row, actor=head))
    for expected in ("CCAS de Nantes", "44000 Nantes", "Mme Diallo", row.number, "En cours d’examen", "Urgent"):
        assert expected in told
    assert known.name not in told
    row.consented_on = OCT_20
    row.save()
    told = read(sheets.print_back(referral=row, actor=head))
    assert known.name in told
    assert "État : Reçue" in told.replace("\u00a0", " ")


def test_the_household_reads_its_own(head: Actor) -> None:
    household = make_household()
    row = receive(actor=head, received_on=OCT_20, referrer="HOUSEHLD", household=household, aims=["FITTING"])
    told = read(sheets.print_back(referral=row, actor=head))
    for expected in (household.name, "Remis en main propre", "vous la montrez à qui vous voulez"):
        assert expected in told


@pytest.mark.parametrize("hides", [False, True])
def test_the_sheet_of_an_orientation_outside(head: Actor, hides: bool) -> None:
    household = make_household()
    Person.objects.filter(memberships__household=household).update(phone="0612345678", is_address_protected=hides)
    row = asked(head, household=household, last_name="", first_name="", phone="")
    with pytest.raises(Conflict, match="pas orientée ailleurs"):
        sheets.print_out(referral=row, actor=head)
    there = make_organisation(name="Centre Les Tilleuls")
    note_step(
        referral=row, state="OUTSIDE", on=TODAY, service="CARE", organisation=there, consented_on=TODAY, actor=head
    )
    told = read(sheets.print_out(referral=row, actor=head))
    for expected in ("Orientée vers : Centre Les Tilleuls", household.name, "Accord pour cette transmission : 5 nov"):
        assert expected in told.replace("\u00a0", " ")
    assert ("06 12 34 56 78" in told.replace("\u00a0", " ")) is not hides
    assert "soins" not in told


def test_without_agreement_the_household_carries_it(head: Actor) -> None:
    row = asked(head)
    note_step(referral=row, state="OUTSIDE", on=TODAY, service="CARE", actor=head)
    told = read(sheets.print_out(referral=row, actor=head))
    for expected in ("Awa Sarr", "Remis en main propre", "un service que vous connaissez"):
        assert expected in told
    assert "soins" not in told
