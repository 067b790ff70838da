"""The pages of contracts: list, new contract, amounts, parties, end."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from common.periods import period
from leases.contracts.services.ending import end_lease
from leases.contracts.services.parties import add_party
from leases.models import Lease, Person
from office.access.actor import Actor
from office.models import Organisation, ParameterValue
from tests.factories import make_agreement, make_association, make_dwelling, make_household, make_lease
from tests.pages import cost, listed, plain, text

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def lease_form(household, unit, agreement, /, **changes) -> dict:
    return {
        "kind": "SUBLEASE", "household": household.pk, "unit": unit.dwelling.reference, "agreement": agreement.pk,
        "from_day": "14/11/2026", "rent": "412,60", "charges": "86,40", "charge_mode": "PROVISION",
        "due_rule": "ADVANCE", "due_day": "5",
    } | changes  # fmt: skip


def make_terms(lease: Lease, month: int) -> None:
    from leases.contracts.services.terms import set_rent_term

    set_rent_term(actor=SYSTEM, lease=lease, nature="RENT", amount=Decimal(400 + month), from_day=date(2027, month, 1))


def test_the_list_of_leases_filters_by_family_state_and_text(client_as):
    running = make_lease()
    sliding = make_lease(kind="SLIDING")
    draft = make_lease(active=False)
    client = client_as("DIRECTOR")

    def found(**query) -> list[str]:
        return listed(client.get(reverse("leases:leases"), query))

    assert found() == [running.reference, sliding.reference]
    assert found(famille="SLIDING") == [sliding.reference]
    assert found(etat="DRAFT") == [draft.reference]
    # A state of an old link: the usual list.
    assert found(etat="EN_COURS") == [running.reference, sliding.reference]
    assert found(etat="TOUS", q=draft.payment_reference) == [draft.reference]
    assert found(q=running.household.name) == [running.reference]
    assert found(etat="TOUS", tri="-bail")[0] == draft.reference
    assert "499,00\u00a0€" in text(client.get(reverse("leases:leases")))


def test_the_months_of_a_family_are_those_in_force(client_as):
    lease = make_lease(kind="SLIDING")
    client, url = client_as("RENTAL_MANAGER"), reverse("leases:lease", args=[lease.pk])
    page = text(client.get(url))
    assert "<dt>Préavis du ménage</dt><dd>1 mois</dd>" in page
    assert "<dd>tous les 6 mois</dd>" in page
    assert "<dt>Durée la plus longue</dt><dd>24 mois</dd>" in page
    for key, value in (("lease.notice_sliding", 2), ("lease.sliding_longest_months", None)):
        ParameterValue.objects.create(
            key=key, scope="ASSOCIATION", value=value, period=period(date(2026, 1, 1)), source="Convention de 2026"
        )
    page = text(client.get(url))
    assert "<dt>Préavis du ménage</dt><dd>2 mois</dd>" in page
    assert "Durée la plus longue" not in page


@pytest.mark.parametrize(("body", "cited"), [("HLM", True), ("SEM", False), ("PRIVATE", False), ("", False)])
def test_the_article_on_sliding_leases_is_cited_for_the_dwellings_of_an_hlm_body(
    client_as: Any, body: str, cited: bool
) -> None:
    lease = make_lease(kind="SLIDING")
    Organisation.objects.filter(pk=lease.agreement.owner_id).update(body=body)
    said = client_as("RENTAL_MANAGER").get(f"/menages/baux/{lease.pk}/").content.decode()
    assert ("442-8-3" in said) is cited
    assert "convention tripartite" in said.lower()


def test_a_new_lease_asks_for_whom_first_and_sends_no_list_of_everybody(client_as):
    housed, waiting = make_lease().household, make_household(name="Mme Léa Roy")
    url = reverse("leases:lease_new")
    client = client_as("RENTAL_MANAGER")

    def offered(**asked) -> list[str]:
        return re.findall(r'href="[^"]*\?menage=(\d+)', client.get(url, asked).content.decode())

    assert offered() == offered(menage="999999999999999999999") == offered(menage="x") == [str(waiting.pk)]
    assert offered(q="lea roy") == [str(waiting.pk)]
    assert offered(q=housed.reference) == [str(housed.pk)]
    assert offered(q="personne de ce nom") == []
    for _ in range(10):
        make_household(name="Mme Nombreuse")
    assert len(offered(q="nombreuse")) == 8
    part = client.get(url, {"q": "roy"}, headers={"HX-Request": "true"}).content.decode()
    assert "Léa Roy" in part
    assert "<html" not in part
    # The dwelling from which one comes is kept.
    assert f"menage={waiting.pk}&amp;local=L00042" in client.get(url, {"q": "roy", "local": "L00042"}).content.decode()

    page = client.get(url, {"menage": waiting.pk, "local": "L00042"}).content.decode()
    assert f'<input type="hidden" name="household" value="{waiting.pk}"' in page
    assert 'value="L00042"' in page
    assert "Léa Roy" in page
    assert housed.name not in page


def test_a_new_lease_without_a_household_is_refused(client_as):
    unit = make_dwelling().units.get()
    agreement = make_agreement(dwellings=[unit.dwelling])
    form = lease_form(make_household(), unit, agreement) | {"household": ""}
    response = client_as("RENTAL_MANAGER").post(reverse("leases:lease_new"), form)
    assert response.status_code == 422
    assert "Choisir le ménage" in text(response)
    assert not Lease.objects.exists()


@pytest.mark.clock("2026-11-16")
def test_an_entry_from_the_form_to_the_keys(client_as):
    household = make_household(adults=2)
    unit = make_dwelling().units.get()
    agreement = make_agreement(dwellings=[unit.dwelling])
    client = client_as("RENTAL_MANAGER")
    made = client.post(reverse("leases:lease_new"), lease_form(household, unit, agreement), follow=True)
    lease = Lease.objects.get()
    assert sorted(lease.parties.values_list("role", flat=True)) == ["CO_HOLDER", "HOLDER"]
    # 499.00 × 17 / 30, rounded per nature: 233.81 + 48.96.
    assert made.context["first_demand"]["reason"].amount == Decimal("282.77")
    assert "282,77\u00a0€" in text(made)
    early = client.post(reverse("leases:activate", args=[lease.pk]), {})
    assert early.status_code == 422
    assert "Il manque avant le premier avis" in text(early)
    for item in ("CONTRACT", "INVENTORY", "INSURANCE"):
        client.post(reverse("leases:check", args=[lease.pk]), {"item": item, "done_on": "14/11/2026"})
    client.post(reverse("leases:check", args=[lease.pk]), {"item": "SUPPORT", "waiver": "Signature prévue le 20"})
    page = text(client.get(reverse("leases:lease", args=[lease.pk])))
    assert "Dispense" in page
    client.post(reverse("leases:check", args=[lease.pk]), {"item": "INSURANCE", "decocher": "1"})
    lease.refresh_from_db()
    assert lease.checks.count() == 3
    ticked = client.post(reverse("leases:check", args=[lease.pk]), {"item": "INSURANCE"}, follow=True)
    undo = f"{reverse('leases:check', args=[lease.pk])}?decocher=INSURANCE"
    assert f'action="{undo}"' in text(ticked)
    assert "Décoché" in text(client.post(undo, {"retour": "/"}, follow=True))
    assert lease.checks.count() == 3
    client.post(reverse("leases:check", args=[lease.pk]), {"item": "INSURANCE"})
    done = client.post(reverse("leases:activate", args=[lease.pk]), {"entry": "16/11/2026"}, follow=True)
    lease.refresh_from_db()
    assert lease.state == "ACTIVE"
    assert lease.occupancies.get().period.lower == date(2026, 11, 16)
    assert "En cours" in text(done)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"unit": "NULLE-PART"}, "ni référence, ni rue, ni commune"),
        ({"kind": "MANAGED"}, "repose sur"),
        ({"last_day": "01/11/2026"}, "précède celle de début"),
        ({"due_day": "32"}, "31"),
        ({"rent": "4l2"}, "Écrivez un nombre"),
    ],
)
def test_what_is_wrong_in_a_new_lease_is_said_and_nothing_is_written(client_as, wrong, said):
    household, unit = make_household(), make_dwelling().units.get()
    agreement = make_agreement(dwellings=[unit.dwelling])
    response = client_as("RENTAL_MANAGER").post(
        reverse("leases:lease_new"), lease_form(household, unit, agreement, **wrong)
    )
    assert response.status_code == 422
    assert said in text(response)
    assert not Lease.objects.exists()


def test_a_room_is_named_after_its_dwelling(client_as):
    dwelling = make_dwelling(rooms_to_let=2)
    agreement = make_agreement(dwellings=[dwelling])
    client = client_as("RENTAL_MANAGER")
    form = lease_form(make_household(), dwelling.units.first(), agreement, unit=f"{dwelling.reference}, chambre 2")
    client.post(reverse("leases:lease_new"), form)
    assert Lease.objects.get().unit.label == "Chambre 2"


def test_an_amount_changes_from_a_day_and_never_by_accident_in_the_past(client_as):
    lease = make_lease()
    client = client_as("RENTAL_MANAGER")
    url = reverse("leases:term_new", args=[lease.pk])
    past = client.post(url, {"nature": "RENT", "amount": "430", "from_day": "01/10/2026"})
    assert past.status_code == 422
    assert "mois déjà appelés" in text(past)
    client.post(url, {"nature": "RENT", "amount": "430", "from_day": "01/12/2026", "reason": "IRL"})
    assert [str(t.amount) for t in lease.rent_terms.filter(nature="RENT").order_by("period")] == ["412.60", "430.00"]
    due = reverse("leases:due_new", args=[lease.pk])
    client.post(due, {"due_rule": "ARREARS", "due_day": "10", "from_day": "01/12/2026"})
    assert [d.due_rule for d in lease.due_terms.order_by("period")] == ["ADVANCE", "ARREARS"]
    assert "430,00\u00a0€" in text(client.get(reverse("leases:lease", args=[lease.pk])))


def test_a_guarantor_joins_and_leaves_the_lease(client_as):
    lease = make_lease()
    guarantor = Person.objects.create(first_name="Ali", last_name="Roche")
    client = client_as("RENTAL_MANAGER")
    client.post(reverse("leases:party_new", args=[lease.pk]), {"person": guarantor.pk, "role": "GUARANTOR"})
    party = lease.parties.get(person=guarantor)
    again = client.post(reverse("leases:party_new", args=[lease.pk]), {"person": guarantor.pk, "role": "GUARANTOR"})
    assert "déjà partie à ce bail" in text(again)
    client.post(reverse("leases:party_end", args=[party.pk]), {"last_day": "31/12/2026"})
    party.refresh_from_db()
    assert party.period.upper == date(2027, 1, 1)


def test_a_lease_ends_while_the_household_stays_then_the_keys_come_back(client_as):
    lease = make_lease()
    client = client_as("RENTAL_MANAGER")
    notice = {"received_on": "02/11/2026", "last_day": "02/12/2026"}
    client.post(reverse("leases:notice", args=[lease.pk]), notice)
    lease.refresh_from_db()
    assert (lease.notice_on, lease.period.upper) == (date(2026, 11, 2), date(2026, 12, 3))
    future = client.post(reverse("leases:end", args=[lease.pk]), {"last_day": "02/12/2026", "reason": "SOCIAL"})
    assert "à venir" in text(future)
    form = {"last_day": "31/10/2026", "reason": "SOCIAL", "still_occupied": "on"}
    ended = client.post(reverse("leases:end", args=[lease.pk]), form, follow=True)
    assert "indemnité d’occupation" in text(ended)
    assert lease.occupancies.get().period.upper is None
    client.post(reverse("leases:keys_back", args=[lease.pk]), {"last_day": "04/11/2026"})
    assert lease.occupancies.get().period.upper == date(2026, 11, 5)
    late = client.post(reverse("leases:discard", args=[lease.pk]), follow=True)
    assert "Seul un bail en préparation" in text(late)


def test_a_guarantor_from_outside_is_typed_on_the_page(client_as):
    lease, client = make_lease(), client_as("RENTAL_MANAGER")
    form = {"g-civility": "M", "g-first_name": "Ali", "g-last_name": "Roche", "g-role": "GUARANTOR",
            "g-phone": "06 77 22 51 65"}  # fmt: skip
    assert client.post(reverse("leases:outsider_new", args=[lease.pk]), form).status_code == 302
    assert str(lease.parties.get(role="GUARANTOR").person) == "M. Ali Roche"
    asked = client.post(reverse("leases:outsider_new", args=[lease.pk]), form)
    assert asked.status_code == 422
    assert "quelqu’un d’autre" in text(asked)
    assert Person.objects.filter(last_name="Roche").count() == 1


def test_a_point_that_fills_itself_leads_to_where_it_is_said(client_as):
    lease = make_lease(ready=False, active=False)
    lease.parties.all().delete()
    page = plain(client_as("RENTAL_MANAGER").get(reverse("leases:lease", args=[lease.pk])))
    assert 'href="#t-part">Parties au bail' in page
    assert 'id="t-part"' in page
    assert page.count("Titulaire désigné") == 1


def test_a_contract_that_ended_today_says_nothing_of_an_indemnity(client_as):
    lease = make_lease()
    end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 11, 5), reason="SOCIAL")
    page = text(client_as("RENTAL_MANAGER").get(reverse("leases:lease", args=[lease.pk])))
    assert "Le ménage occupe encore" not in page


def test_a_short_notice_is_asked_about_then_taken_back(client_as):
    lease, client = make_lease(), client_as("RENTAL_MANAGER")
    page = client.get(reverse("leases:lease", args=[lease.pk]))
    assert "Pourquoi le préavis" not in text(page)
    notice = {"received_on": "02/11/2026", "last_day": "12/11/2026"}
    asked = client.post(reverse("leases:notice", args=[lease.pk]), notice)
    assert asked.status_code == 422
    assert "Le préavis est de 1\u00a0mois" in text(asked) or "Le préavis est de 1 mois" in text(asked)
    assert "Pourquoi le préavis est plus court" in text(asked)
    client.post(reverse("leases:notice", args=[lease.pk]), notice | {"short_reason": "Accord du bailleur"})
    said = text(client.get(reverse("leases:lease", args=[lease.pk])))
    assert "Accord du bailleur" in said
    client.post(reverse("leases:notice_withdraw", args=[lease.pk]))
    lease.refresh_from_db()
    assert (lease.notice_on, lease.period.upper) == (None, None)


def test_an_end_is_undone_and_a_contract_given_by_mistake_taken_back(client_as):
    lease, client = make_lease(), client_as("RENTAL_MANAGER")
    end_lease(actor=SYSTEM, lease=lease, last_day=date(2026, 10, 31), reason="SOCIAL")
    assert "Annuler la fin" in text(client.get(reverse("leases:lease", args=[lease.pk])))
    client.post(reverse("leases:end_undo", args=[lease.pk]))
    lease.refresh_from_db()
    assert (lease.state, lease.end_reason, lease.period.upper) == ("ACTIVE", "", None)
    client.post(reverse("leases:take_back", args=[lease.pk]))
    assert not Lease.objects.exists()


def test_a_dwelling_that_is_occupied_is_asked_about(client_as):
    lease, other = make_lease(), make_household()
    form = lease_form(other, lease.unit, lease.agreement)
    client, address = client_as("RENTAL_MANAGER"), reverse("leases:lease_new")
    asked = client.post(address, form)
    assert asked.status_code == 422
    assert "aucune sortie n’est annoncée" in text(asked)
    client.post(address, form | {"questions": "occupied", "because": "M. Roy part le 30"})
    made = Lease.objects.get(household=other)
    assert "« M. Roy part le 30 »" in plain(client.get(reverse("leases:lease", args=[made.pk])))


def test_a_household_typed_today_signs_a_contract_that_began_before(client_as):
    unit = make_dwelling().units.get()
    agreement, household = make_agreement(dwellings=[unit.dwelling]), make_household(adults=2)
    household.memberships.update(period=period(date(2026, 11, 5)))
    form = lease_form(household, unit, agreement, from_day="20/10/2026")
    client_as("RENTAL_MANAGER").post(reverse("leases:lease_new"), form)
    assert [party.role for party in Lease.objects.get().parties.order_by("pk")] == ["HOLDER", "CO_HOLDER"]


def test_who_changes_an_amount_after_somebody_else_is_told(client_as):
    lease, client = make_lease(), client_as("RENTAL_MANAGER")
    page = client.get(reverse("leases:lease", args=[lease.pk]))
    seen = page.context["term_form"]["seen"].value()
    form = {"nature": "RENT", "amount": "420,00", "from_day": "01/12/2026", "seen": seen}
    assert client.post(reverse("leases:term_new", args=[lease.pk]), form).status_code == 302
    late = client.post(reverse("leases:term_new", args=[lease.pk]), form | {"amount": "430,00"})
    assert late.status_code == 422
    assert "a changé entre-temps" in text(late)
    assert lease.rent_terms.filter(nature="RENT").order_by("-period")[0].amount == Decimal("420.00")
    assert "Le 01/11/2026 au plus tôt" in text(page)


def test_a_draft_is_given_up(client_as):
    lease = make_lease(active=False)
    client_as("RENTAL_MANAGER").post(reverse("leases:discard", args=[lease.pk]))
    assert not Lease.objects.exists()


def test_the_page_costs_the_same_whatever_its_history(client_as):
    make_association()
    lease = make_lease(household=make_household(adults=3, children=3))
    client, url = client_as("RENTAL_MANAGER"), reverse("leases:lease", args=[lease.pk])
    few = cost(client, url)
    for month in range(1, 7):
        make_terms(lease, month)
    for membership in lease.household.memberships.filter(role="ADULT").order_by("id")[1:]:
        add_party(actor=SYSTEM, lease=lease, person=membership.person, role="CO_HOLDER")
    assert cost(client, url) == few <= 22


def test_the_strip_tells_who_lived_there_and_how_long_it_was_empty(client_as):
    unit = make_dwelling().units.get()
    agreement = make_agreement(dwellings=[unit.dwelling], from_day=date(2025, 1, 1))
    first = make_lease(unit=unit, agreement=agreement, from_day=date(2025, 2, 1))
    end_lease(actor=SYSTEM, lease=first, last_day=date(2025, 12, 31), reason="SOCIAL")
    second = make_lease(unit=unit, agreement=agreement, from_day=date(2026, 2, 20))
    client = client_as("RENTAL_MANAGER")
    response = client.get(reverse("leases:dwelling_occupancies", args=[unit.dwelling_id]))
    page = text(response)
    assert first.household.name in page
    assert second.household.name in page
    # 1 January to 19 February 2026; of the days before the first stay nothing is known.
    assert response.context["strip"].vacant_days == 50
    technician = text(client_as("TECHNICIAN").get(reverse("leases:dwelling_occupancies", args=[unit.dwelling_id])))
    assert first.household.name not in technician
    assert "Occupation réservée" in technician


def test_the_strip_costs_the_same_whatever_its_length(client_as):
    make_association()
    unit = make_dwelling().units.get()
    agreement = make_agreement(dwellings=[unit.dwelling])
    client, url = client_as("RENTAL_MANAGER"), reverse("leases:dwelling_occupancies", args=[unit.dwelling_id])

    def let_in(*years: int) -> None:
        for year in years:
            lease = make_lease(unit=unit, agreement=agreement, from_day=date(year, 1, 1))
            end_lease(actor=SYSTEM, lease=lease, last_day=date(year, 12, 31), reason="SOCIAL")

    let_in(2021)
    few = cost(client, url)
    let_in(2022, 2023, 2024)
    assert cost(client, url) == few <= 14


def test_a_lease_that_falls_due_on_the_first_says_le_1er(client_as):
    make_association()
    lease = make_lease()
    lease.due_terms.update(due_day=1)
    assert "le 1<sup>er</sup>" in text(client_as("RENTAL_MANAGER").get(reverse("leases:lease", args=[lease.pk])))


def test_an_agreement_to_emails_is_taken_down_and_taken_back_on_the_page_of_the_lease(client_as):
    lease, client = make_lease(), client_as("RENTAL_MANAGER")
    person = lease.parties.get().person
    Person.objects.filter(pk=person.pk).update(email="sarr@menage.example")
    at = reverse("leases:lease", args=[lease.pk])
    assert "les avis partent par courrier" in text(client.get(at))
    form = {"kind": "EMAIL", "person": person.pk, "given_on": "", "proof": ""}
    refused = client.post(reverse("leases:wish_new", args=[lease.pk]), form)
    assert refused.status_code == 422
    assert "il doit être exprès" in text(refused)
    page = text(client.post(reverse("leases:wish_new", args=[lease.pk]), form | {"proof": "Signé"}, follow=True))
    assert "sarr@menage.example" in page
    assert f"recueilli par {client.user}" in page
    wish = lease.paper_wishes.get()
    page = text(client.post(reverse("leases:wish_end", args=[wish.pk]), follow=True))
    assert f"par {client.user}" in page.split("retiré le")[1]


def test_a_lease_that_binds_nobody_says_so_and_asked_before_it_came_to_that(client_as):
    lease = make_lease()
    holder = lease.parties.get()
    client = client_as("RENTAL_MANAGER")
    page, end = reverse("leases:lease", args=[lease.pk]), reverse("leases:party_end", args=[holder.pk])
    assert "Personne ne sera tenu par ce bail" in text(client.get(page))
    refused = client.post(end, {"last_day": "02/11/2026"}, follow=True)
    assert "Personne ne sera tenu par ce bail après le 2 novembre 2026" in plain(refused)
    client.post(end, {"last_day": "02/11/2026", "questions": "nobody_bound", "because": "Il sera remplacé"})
    assert "Personne n’est tenu par ce contrat aujourd’hui" in text(client.get(page))
