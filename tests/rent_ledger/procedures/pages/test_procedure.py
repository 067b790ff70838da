"""The page of a procedure: steps noted, refused, proved, taken back; the delay of the clause; who may only read it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from office.models import Organisation
from rent_ledger.arrears.services.social import request_help
from rent_ledger.models import ArrearsCase, ClauseChoice, ProcedureStep, StepProof
from rent_ledger.procedures.codes import Item
from tests.factories import make_actor, make_association, make_picture, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import OCT, SEP, cost, indebted

pytestmark = pytest.mark.django_db
ALL = [item.value for item in Item]


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


@pytest.fixture
def case(client: Client) -> ArrearsCase:
    found = indebted(SEP, OCT)
    Organisation.objects.filter(owned_agreements__leases=found.account.lease).update(
        body="HLM", is_person=False, is_family_company=False
    )
    return found


def note(client: Client, case: ArrearsCase, kind: str, on: str, **more):
    sent = {f"{kind}-{name}": value for name, value in {"on": on, **more}.items()}
    return client.post(reverse("rent_ledger:procedure_note", args=[case.pk, kind]), sent, follow=True)


def command(client: Client, case: ArrearsCase, **more):
    return note(client, case, "COMMAND", "10/09/2026", **{"items": ALL, "amount": "213,00", **more})


def act(client: Client, name: str, *args, **sent):
    return client.post(reverse(f"rent_ledger:{name}", args=args), sent, follow=True)


def test_a_commandement_and_what_follows(client: Client, case: ArrearsCase) -> None:
    address = reverse("rent_ledger:procedure", args=[case.pk])
    assert address in client.get(reverse("rent_ledger:case", args=[case.pk])).text
    said = plain(client.get(address))
    assert "Aucune étape n’est notée" in said
    assert "d’après la signature du 15 mars 2024" in said
    page = command(client, case, items=ALL[:5])
    assert page.status_code == 422
    assert "Sans elles le commandement est nul" in plain(page)
    said = plain(command(client, case))
    assert "resté sans effet : la clause joue depuis le 23 oct. 2026" in said
    assert "attend la CCAPEX" in said
    assert "L. 442" not in said
    said = plain(note(client, case, "SEIZED", "03/09/2026"))
    assert "à partir du 4 nov. 2026" in said
    page = note(client, case, "WRIT", "03/11/2026", hearing_on="28/01/2027")
    assert page.status_code == 422
    assert "premier jour possible le 04/11/2026" in plain(page)
    said = plain(note(client, case, "WRIT", "04/11/2026", hearing_on="28/01/2027"))
    assert "Audience le 28 janv. 2027" in said
    assert "au plus tard le 17 déc. 2026" in said
    assert "Loyer courant repris avant l’audience" in said
    kinds = dict(client.get(address).context["kinds"])
    assert {kind for kind, is_noted in kinds.items() if is_noted} == {"COMMAND", "SEIZED", "WRIT"}
    for _ in range(2):
        said = plain(act(client, "procedure_undo", case.pk, ProcedureStep.objects.latest("pk").pk))
    assert "la clause joue depuis le 23 oct. 2026" in said
    assert "Loyer courant repris" not in said


def test_a_proof_is_kept_and_taken_back(client: Client, case: ArrearsCase) -> None:
    command(client, case)
    step = ProcedureStep.objects.get()
    for _ in range(2):
        file = SimpleUploadedFile("acte.jpg", make_picture().read(), "image/jpeg")
        act(client, "procedure_proofs_add", case.pk, step.pk, proofs=file)
    proof = StepProof.objects.get()
    args = (case.pk, step.pk, proof.uuid)
    assert client.get(reverse("rent_ledger:procedure_proof", args=args)).status_code == 200
    assert "retirez-les d’abord" in plain(act(client, "procedure_undo", case.pk, step.pk))
    for _ in range(2):
        act(client, "procedure_proof_remove", *args)
    assert not StepProof.objects.exists()


def test_the_delay_that_the_contract_writes(client: Client, case: ArrearsCase) -> None:
    said = plain(act(client, "procedure_delay", case.pk, delay="2_MONTHS", reason=""))
    assert "Dites où ce délai est écrit" in said
    said = plain(act(client, "procedure_delay", case.pk, delay="2_MONTHS", reason="Article 9"))
    assert "Article 9" in said
    act(client, "procedure_delay_forget", case.pk)
    assert not ClauseChoice.objects.exists()


def test_while_the_social_service_has_it_the_page_asks_why(client: Client, case: ArrearsCase) -> None:
    request_help(case=case, actor=make_actor())
    said = plain(client.get(reverse("rent_ledger:procedure", args=[case.pk])))
    assert "Le service social a ce dossier : aucune étape n’est proposée" in said
    page = command(client, case)
    assert "pourquoi continuer la procédure maintenant" in plain(page)
    asked = page.context["forms"][0][1].data["COMMAND-questions"]
    said = plain(command(client, case, questions=asked, because="Prescription dans un mois"))
    assert "Prescription dans un mois" in said
    step = ProcedureStep.objects.get()
    # The list of confirmations leads there.
    page = client.get(reverse("rent_ledger:procedure_step", args=[step.pk]))
    assert page.url == reverse("rent_ledger:procedure", args=[case.pk])


def test_who_follows_the_household_reads_and_notes_nothing(client: Client, case: ArrearsCase) -> None:
    command(client, case)
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    said = plain(head.get(reverse("rent_ledger:procedure", args=[case.pk])))
    assert "Commandement de payer" in said
    assert "Annuler cette étape" not in said
    assert "Noter" not in said
    assert "Garder" not in said


def test_an_occupation_agreement_has_none_of_it(client: Client) -> None:
    case = indebted(OCT, kind="OCCUPANCY")
    said = plain(client.get(reverse("rent_ledger:procedure", args=[case.pk])))
    assert "ni commandement, ni clause, ni CCAPEX" in said
    assert "Noter" not in said
    assert note(client, case, "COMMAND", "10/09/2026", items=ALL, amount="213,00").status_code in (200, 422)
    assert not ProcedureStep.objects.exists()


def test_the_page_costs_the_same_with_more_steps(
    client: Client, case: ArrearsCase, django_assert_max_num_queries
) -> None:
    address = reverse("rent_ledger:procedure", args=[case.pk])
    command(client, case)
    one = cost(client, address, django_assert_max_num_queries)
    note(client, case, "SEIZED", "03/09/2026")
    note(client, case, "WRIT", "04/11/2026", hearing_on="28/01/2027")
    act(client, "procedure_undo", case.pk, ProcedureStep.objects.latest("pk").pk)
    assert cost(client, address, django_assert_max_num_queries) == one
