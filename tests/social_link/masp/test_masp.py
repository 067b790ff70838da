"""The contract of a MASP 2: seven fields, three signatures, rent first (CASF, art. L. 271-1 to L. 271-3)."""

from datetime import date

import pytest
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.agreements.services import draw_up, sign, unsign
from social_link.masp.codes import Field
from social_link.masp.services import write_masp
from social_link.measures.services.measures import close_measure, complete_papers, open_measure
from social_link.models import MaspContract, Measure
from social_link.objectives.codes import Axis, HowFar
from social_link.objectives.services.axes import assess
from social_link.objectives.services.objectives import Aim, fix_objective, review_objective
from tests.factories import make_actor, make_association, make_let, make_referent
from tests.pages import signed_in
from tests.pdf import pdf_text

TODAY = date(2026, 11, 5)
CONSENT = date(2026, 10, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def masp(household: Household, actor: Actor, **given: object) -> Measure:
    return open_measure(
        **{
            "household": household, "kind": "MASP2", "start": date(2026, 10, 1), "planned_end": date(2027, 9, 30),
            "referent": actor.user, "actor": actor,
        }
        | given
    )  # fmt: skip


def write(measure: Measure, actor: Actor, **given: object) -> MaspContract:
    return write_masp(
        **{
            "measure": measure, "threat": "HEALTH", "consented_on": CONSENT, "works_on": ["RENT", "BUDGET"],
            "benefits": ["RSA", "HOUSING"], "uses": ["FOOD", "ENERGY"], "actor": actor,
        }
        | given
    )  # fmt: skip


def test_three_sign_and_rent_is_paid_first(household: Household, referent: Actor) -> None:
    make_association()
    made = masp(household, referent)
    contract = write(made, referent)
    assert (contract.works_on, contract.benefits) == (["BUDGET", "RENT"], ["RSA", "HOUSING"])
    assert contract.uses == ["RENT", "ENERGY", "FOOD"]
    assert len(Field) == 7  # S4-05
    drawn = draw_up(measure=made, actor=referent)
    days = {"HOUSEHOLD": date(2026, 10, 25), "HOUSE": date(2026, 10, 25), "DEPARTMENT": date(2026, 11, 2)}
    for party, day in days.items():
        made.refresh_from_db()
        assert made.signed_on is None
        last = sign(agreement=drawn, party=party, on=day, name="Qui tient le stylo", seen=drawn.digest, actor=referent)
    made.refresh_from_db()
    contract.refresh_from_db()
    assert (made.signed_on, contract.household_on) == (date(2026, 11, 2), date(2026, 10, 25))
    with pytest.raises(Conflict, match="déjà une signature"):
        write(made, referent)
    unsign(signature_id=last.pk, actor=referent)
    made.refresh_from_db()
    contract.refresh_from_db()
    assert (made.signed_on, contract.department_on) == (None, None)
    with pytest.raises(InvalidInput, match="se signe à trois"):
        complete_papers(measure=made, funder=None, agreed_on=None, signed_on=TODAY, actor=referent)


def test_it_is_opened_unsigned(household: Household, referent: Actor) -> None:
    with pytest.raises(InvalidInput, match="se signe à trois") as refused:
        masp(household, referent, signed_on=TODAY)
    assert refused.value.field == "signed_on"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"threat": ""}, "threat"),
        ({"consented_on": date(2026, 11, 6)}, "consented_on"),
        ({"works_on": []}, "works_on"),
        ({"works_on": ["JOY"]}, "works_on"),
        ({"benefits": []}, "benefits"),
        ({"uses": ["CASINO"]}, "uses"),
    ],
)
def test_what_makes_no_contract(household: Household, referent: Actor, given: dict[str, object], field: str) -> None:
    made = masp(household, referent)
    with pytest.raises(InvalidInput) as refused:
        write(made, referent, **given)
    assert refused.value.field == field
    assert not MaspContract.objects.exists()


def test_another_kind_another_worker_another_time(household: Household, referent: Actor) -> None:
    made = masp(household, referent)
    with pytest.raises(NotAllowed):
        write(made, make_actor(role=Role.SOCIAL_WORKER))
    simple = masp(household, referent, kind="SIMPLE", is_lead=False)
    with pytest.raises(InvalidInput, match="celui d’une MASP 2"):
        write(simple, referent)
    close_measure(measure=made, reason="GOALS", on=TODAY, actor=referent)
    with pytest.raises(Conflict):
        write(made, referent)


def test_the_report_of_a_year_tells_no_health(household: Household, referent: Actor) -> None:
    """S4-06: objectives and their evaluations over the days that are asked; the Département reads it."""
    assert referent.user is not None
    make_association()
    made, client = masp(household, referent), signed_in(referent.user)
    address = reverse("social_link:masp_report", args=[made.pk])
    assert address not in client.get(reverse("social_link:measure", args=[made.pk])).content.decode()
    days = {"first": "01/10/2026", "last": "05/11/2026"}
    assert client.post(address, days).status_code == 422  # no contract yet
    write(made, referent, works_on=["BUDGET", "CARE"])
    with clock.travel(date(2026, 10, 2)):
        aim = fix_objective(measure=made, aim=Aim("SOLVENCY", "Payer le 5"), actor=referent)
    for on, how_far in ((date(2026, 10, 3), "STUCK"), (date(2026, 11, 4), "REACHED")):
        review_objective(objective=aim, how_far=HowFar[how_far], on=on, actor=referent)
    assess(measure=made, moment="START", on=TODAY, levels={Axis.JOB: 2, Axis.HEALTH: 1}, actor=referent)
    told = pdf_text(client.post(address, days | {"first": "04/11/2026"}).content).replace("\u00a0", " ")
    for expected in ("Payer le 5", "4 novembre 2026 : Atteint", "Emploi", "RSA", "Domaines : Budget"):
        assert expected in told
    for secret in ("Bloque", "Santé", "soins"):
        assert secret not in told
    for wrong in ({"first": "30/09/2026"}, {"last": "06/11/2026"}, {"first": "05/11/2026", "last": "04/11/2026"}):
        assert client.post(address, days | wrong).status_code == 422


def test_the_contract_on_screen(household: Household, referent: Actor) -> None:
    assert referent.user is not None
    made, client = masp(household, referent), signed_in(referent.user)
    address, page = reverse("social_link:masp", args=[made.pk]), reverse("social_link:measure", args=[made.pk])
    assert address in client.get(page).content.decode()
    sent = {
        "threat": "BOTH",
        "consented_on": "20/10/2026",
        "works_on": ["BUDGET"],
        "benefits": ["RSA"],
        "uses": ["DEBTS"],
    }
    assert client.post(address, sent | {"benefits": []}).status_code == 422
    shown = client.post(address, sent, follow=True).content.decode()
    assert "Loyer et charges courantes, dettes" in shown
    assert "RSA" in shown
    assert "le Département" in shown
    assert client.get(address).status_code == 200
    simple = masp(household, referent, kind="SIMPLE", is_lead=False)
    assert client.get(reverse("social_link:masp", args=[simple.pk])).status_code == 404
