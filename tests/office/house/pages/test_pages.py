"""What the pages of the house show and do."""

import re
from typing import Any

import pytest

from office.access.codes import Role
from office.models import (
    Association,
    BankAccount,
    Organisation,
)
from tests.factories import (
    make_association,
    make_bank_account,
    make_iban,
    make_organisation,
)
from tests.office.browsing import text_of, url_of

pytestmark = pytest.mark.django_db


def test_settings_start_empty_and_ask_for_the_identity(admin: Any) -> None:
    assert "n’a pas encore de nom" in text_of(admin.get(url_of("settings")))
    answer = admin.post(
        url_of("association"),
        {"name": "Le Ponton", "short_name": "Ponton", "siret": "732 829 320 00074", "address": "Nantes"},
    )
    assert answer.status_code == 302
    assert Association.objects.get().siret == "73282932000074"


def test_a_refusal_stands_on_its_field_and_keeps_what_was_typed(admin: Any) -> None:
    text = text_of(
        admin.post(url_of("association"), {"name": "Le Ponton", "short_name": "P", "siret": "123", "address": "Nantes"})
    )
    assert "pas un SIRET" in text
    assert 'value="Le Ponton"' in text
    assert not Association.objects.exists()


def test_settings_show_accounts_without_the_whole_iban(admin: Any) -> None:
    make_association()
    account = make_bank_account(label="Compte courant")
    text = text_of(admin.get(url_of("settings")))
    assert account.iban[-4:] in text
    assert account.iban not in text


def test_a_bank_account_is_added_and_changed(admin: Any) -> None:
    iban = make_iban(number=55)
    data = {"label": "Courant", "iban": iban, "held_for": "ITSELF", "is_active": "on"}
    assert admin.post(url_of("bank_account_new"), data).status_code == 302
    account = BankAccount.objects.get()
    assert "Courant" in text_of(admin.get(url_of("bank_account", account.pk)))
    assert "ne changent pas" in text_of(
        admin.post(url_of("bank_account", account.pk), data | {"iban": make_iban(number=56)})
    )


def test_the_list_of_organisations_says_what_kind_of_owner_each_is(admin: Any) -> None:
    for name, kind in (("M. Jean Faure", "is_person"), ("SCI du Port", "is_family_company"), ("Habitat 44", "")):
        admin.post(url_of("organisation_new"), {"name": name, "kinds": ["LANDLORD"]} | ({kind: "on"} if kind else {}))
    rows = re.findall(r"<tr data-row>.*?</tr>", text_of(admin.get(url_of("organisations"))), re.DOTALL)
    said = {name: row for name in ("Jean Faure", "SCI du Port", "Habitat 44") for row in rows if name in row}
    assert "particulier" in said["Jean Faure"]
    assert "SCI familiale" in said["SCI du Port"]
    assert "SCI familiale" not in said["Habitat 44"]


def test_an_hlm_body_is_said_and_no_person_is_one(admin: Any) -> None:
    sent = {"name": "Habitat 44", "kinds": ["LANDLORD"], "body": "HLM"}
    admin.post(url_of("organisation_new"), sent)
    body = Organisation.objects.get()
    assert body.is_hlm
    assert "Organisme HLM" in text_of(admin.get(url_of("organisations")))
    refused = admin.post(url_of("organisation", body.pk), sent | {"is_person": "on"})
    assert "n’est ni organisme HLM" in text_of(refused)
    assert not Organisation.objects.get().is_person


def test_an_organisation_is_found_by_name_and_role(admin: Any) -> None:
    answer = admin.post(url_of("organisation_new"), {"name": "Régie Éco", "kinds": ["CONTRACTOR"]})
    assert answer.status_code == 302
    make_organisation(name="CCAS de Rezé", kinds=["CCAS"])
    found = text_of(admin.get(url_of("organisations"), {"q": "REGIE eco"}))
    assert "Régie Éco" in found
    assert "Rezé" not in found
    assert "Rezé" in text_of(admin.get(url_of("organisations"), {"role": "CCAS"}))
    body = Organisation.objects.get(name="Régie Éco")
    admin.post(url_of("organisation", body.pk), {"name": "Régie Éco Sud", "kinds": ["CONTRACTOR", "LANDLORD"]})
    assert Organisation.objects.get(pk=body.pk).roles.count() == 2


def test_an_iban_waits_on_the_page_of_its_organisation_and_is_confirmed_on_another(admin: Any, client_as: Any) -> None:
    director, iban = client_as(Role.DIRECTOR), make_iban(number=77)
    data = {"name": "Régie Éco", "kinds": ["CONTRACTOR"], "iban": iban}
    answer = admin.post(url_of("organisation_new"), data, follow=True)
    assert "une deuxième personne" in text_of(answer)
    body = Organisation.objects.get()
    assert "Annuler la demande" in text_of(admin.get(url_of("organisation", body.pk)))
    asked = body.iban_changes.get()
    assert "Une autre personne doit le confirmer" in text_of(admin.get(url_of("iban_changes")))
    assert admin.post(url_of("iban_change_decide", asked.pk), {"verb": "confirm"}).status_code == 404
    page = text_of(director.get(url_of("iban_changes")))
    assert iban in page
    assert "aucun jusqu’ici" in page
    director.post(url_of("iban_change_decide", asked.pk), {"verb": "confirm"})
    body.refresh_from_db()
    assert body.iban == iban
    page = text_of(admin.get(url_of("organisation", body.pk)))
    assert "confirmé par" in page
    assert "Annuler la demande" not in page


def test_what_was_asked_of_an_iban_is_taken_back(admin: Any, client_as: Any) -> None:
    client_as(Role.DIRECTOR)
    admin.post(url_of("organisation_new"), {"name": "Éco", "kinds": ["CONTRACTOR"], "iban": make_iban(number=78)})
    asked = Organisation.objects.get().iban_changes.get()
    answer = admin.post(url_of("iban_change_take_back", asked.pk), follow=True)
    assert "Demande annulée" in text_of(answer)
    assert not Organisation.objects.get().iban_changes.waiting().exists()
