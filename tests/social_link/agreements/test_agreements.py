"""The contract of support: drawn up from what stands, signed by each party, taken back (S0-04, S1-05, S3-04)."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.codes import Role
from social_link.agreements.services import draw_up, printed, sign, unsign, withdraw_agreement, write_text
from social_link.measures.services.measures import complete_papers, open_measure, withdraw_measure
from social_link.measures.services.renewals import renew_measure
from social_link.models import Agreement, AgreementSignature, Measure
from social_link.objectives.services.objectives import Aim, correct_objective, fix_objective
from tests.factories import make_actor, make_association, make_let, make_picture, make_referent, make_user
from tests.pages import signed_in
from tests.pages import text as page_text
from tests.pdf import pdf_text

TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    make_association()
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def opened(household: Household, actor: Actor, **given: object) -> Measure:
    return open_measure(
        **{
            "household": household, "kind": "SIMPLE", "start": date(2026, 10, 1), "planned_end": date(2026, 11, 30),
            "referent": actor.user, "actor": actor,
        }
        | given
    )  # type: ignore[arg-type]  # fmt: skip


def signed(agreement: Agreement, party: str, actor: Actor, on: date = TODAY) -> AgreementSignature:
    return sign(agreement=agreement, party=party, on=on, name="Inès Roy", seen=agreement.digest, actor=actor)


def test_the_last_signature_is_the_contracts(household: Household, referent: Actor) -> None:
    measure = opened(household, referent)
    aim = fix_objective(measure=measure, aim=Aim("SOLVENCY", "Payer le 5"), actor=referent)
    first = draw_up(measure=measure, actor=referent)
    write_text(aim="Avancer ensemble", rights="Partir", seen_version=0, actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    again = draw_up(measure=measure, actor=referent)  # nobody signed: it is drawn up anew
    assert (again.pk, again.digest != first.digest) == (first.pk, True)
    with pytest.raises(Conflict, match="a changé entre-temps"):
        sign(agreement=again, party="HOUSE", on=TODAY, name="x", seen=first.digest, actor=referent)
    early = signed(again, "HOUSEHOLD", referent, date(2026, 10, 8))
    assert signed(again, "HOUSEHOLD", referent, date(2026, 10, 8)) == early
    measure.refresh_from_db()
    assert measure.signed_on is None
    late = signed(again, "HOUSE", referent)
    measure.refresh_from_db()
    again.refresh_from_db()
    assert (measure.signed_on, len(again.sha256)) == (TODAY, 64)
    said = pdf_text(printed(again)[1])
    for words in ("Payer le 5", "Avancer ensemble", "Inès Roy", "Partir"):
        assert words in said
    for refused in (
        lambda: draw_up(measure=measure, actor=referent),
        lambda: withdraw_agreement(agreement_id=again.pk, actor=referent),
        lambda: correct_objective(objective=aim, aim=Aim("SOLVENCY", "Payer le 10"), actor=referent),
        lambda: withdraw_measure(measure_id=measure.pk, actor=referent),
    ):
        with pytest.raises(Conflict):
            refused()
    with pytest.raises(InvalidInput, match="changez-les là"):
        complete_papers(measure=measure, funder=None, agreed_on=None, signed_on=None, actor=referent)
    for one in (late, early):
        unsign(signature_id=one.pk, actor=referent)
    measure.refresh_from_db()
    again.refresh_from_db()
    assert (measure.signed_on, again.sha256, again.pdf) == (None, "", None)
    withdraw_agreement(agreement_id=again.pk, actor=referent)
    assert not Agreement.objects.exists()


def test_an_iml_is_signed_on_the_day_of_its_lease_or_not_at_all(household: Household, referent: Actor) -> None:
    """S3-04: its gate refuses, then opens."""
    measure = opened(household, referent, kind="IML", planned_end=date(2027, 9, 30), agreed_on=date(2026, 9, 20))
    Lease.objects.filter(household=household).update(signed_on=date(2026, 10, 1))
    agreement = draw_up(measure=measure, actor=referent)
    signed(agreement, "HOUSEHOLD", referent, date(2026, 10, 1))
    with pytest.raises(InvalidInput, match="se signe avec le bail") as gate:
        signed(agreement, "HOUSE", referent, TODAY)
    assert gate.value.code == "gate"
    assert AgreementSignature.objects.count() == 1
    signed(agreement, "HOUSE", referent, date(2026, 10, 1))
    measure.refresh_from_db()
    assert (measure.signed_on, measure.lease is not None) == (date(2026, 10, 1), True)


def test_a_renewal_is_an_amendment(household: Household, referent: Actor) -> None:
    measure = opened(household, referent)
    renewal = renew_measure(
        measure=measure, last=date(2027, 3, 31), proposed_by="HOUSE", decision="GRANTED", decided_on=TODAY,
        actor=referent,
    )  # fmt: skip
    amendment = draw_up(measure=measure, renewal=renewal, actor=referent)
    assert (str(amendment), amendment.data["start"], amendment.data["end"]) == ("Avenant", "2026-12-01", "2027-03-31")
    for party in ("HOUSEHOLD", "HOUSE"):
        signed(amendment, party, referent)
    renewal.refresh_from_db()
    measure.refresh_from_db()
    assert (renewal.signed_on, measure.signed_on) == (TODAY, None)


def test_what_is_refused(household: Household, referent: Actor) -> None:
    agreement = draw_up(measure=opened(household, referent), actor=referent)
    for given, field in (
        ({"party": "DEPARTMENT"}, "party"), ({"on": date(2026, 11, 6)}, "on"), ({"name": " "}, "name"),
    ):  # fmt: skip
        sent = {"agreement": agreement, "party": "HOUSE", "on": TODAY, "name": "x", "seen": agreement.digest}
        with pytest.raises(InvalidInput) as refused:
            sign(**sent | given, actor=referent)  # type: ignore[arg-type]
        assert refused.value.field == field
    signed(agreement, "HOUSE", referent)
    with pytest.raises(InvalidInput, match="a déjà signé"):
        signed(agreement, "HOUSE", referent, date(2026, 11, 2))
    with pytest.raises(NotAllowed):
        signed(agreement, "HOUSEHOLD", make_actor(role=Role.SOCIAL_WORKER))
    with pytest.raises(Conflict, match="domaines et prestations"):
        draw_up(
            measure=opened(household, referent, kind="MASP2", planned_end=date(2027, 9, 30), is_lead=False),
            actor=referent,
        )


STROKE = "M100 100L160 100L220 140"


def test_each_signs_as_he_can_and_the_paper_is_kept(household: Household, referent: Actor) -> None:
    """S0-04: one on the screen that the referent holds out, the other on paper, of which a picture is kept."""
    assert referent.user is not None
    measure, client = opened(household, referent), signed_in(referent.user)
    agreement = draw_up(measure=measure, actor=referent)
    page = reverse("social_link:agreement", args=[agreement.pk])
    add = reverse("social_link:agreement_scans_add", args=[agreement.pk])
    sent = {"party": "HOUSEHOLD", "name": "Inès Roy", "seen": agreement.digest, "stroke": STROKE}

    def keep() -> str:
        file = SimpleUploadedFile("contrat.jpg", make_picture().getvalue())
        return page_text(client.post(add, {"proofs": [file]}, follow=True)).replace("\u00a0", " ")

    assert "Personne n’a encore signé ce contrat" in keep()
    for wrong in ({"stroke": "M0 0L5 5"}, {"on": "04/11/2026"}):
        assert client.post(page, {"on": "05/11/2026"} | sent | wrong).status_code == 422
    shown = client.post(page, sent | {"on": "05/11/2026"}, follow=True)
    assert f'd="{STROKE}"' in shown.content.decode()
    assert f"l’appareil était tenu par {referent.user.get_full_name()}" in page_text(shown)
    other = {"party": "HOUSE", "name": "Camille", "on": "04/11/2026", "seen": agreement.digest}
    assert "Camille, le 4 nov. 2026, sur papier" in page_text(client.post(page, other, follow=True)).replace(
        "\u00a0", " "
    )
    agreement.refresh_from_db()
    said = pdf_text(printed(agreement)[1])
    assert ("à l’écran" in said, "sur papier" in said, len(agreement.sha256)) == (True, True, 64)
    assert "1 pièce gardée" in keep()
    assert "1 pièce gardée" in keep()  # the same picture is there once
    scan = agreement.scans.get()
    drawn = agreement.signatures.get(way="SCREEN")
    back = reverse("social_link:signature_withdraw", args=[drawn.pk])
    assert "retirez d’abord ce fichier" in page_text(client.post(back, follow=True))
    assert signed_in(make_user(role=Role.RENTAL_MANAGER)).get(
        reverse("social_link:agreement_scan", args=[agreement.pk, scan.uuid])
    ).status_code == 403  # fmt: skip
    gone = reverse("social_link:agreement_scan_remove", args=[agreement.pk, scan.uuid])
    for _ in range(2):
        assert "Pièce retirée" in page_text(client.post(gone, follow=True))
    client.post(back)
    assert not agreement.signatures.filter(way="SCREEN").exists()


def test_the_contract_on_screen(household: Household, referent: Actor) -> None:
    assert referent.user is not None
    measure, client = opened(household, referent), signed_in(referent.user)
    draw = reverse("social_link:agreement_draw", args=[measure.pk])
    assert draw in client.get(reverse("social_link:measure", args=[measure.pk])).content.decode()
    shown = page_text(client.post(draw, follow=True))
    agreement = Agreement.objects.get()
    assert "Noter la signature" in shown
    page, paper = (reverse(f"social_link:{name}", args=[agreement.pk]) for name in ("agreement", "agreement_paper"))
    answer = client.get(paper)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    sent = {"name": "Inès Roy", "on": "05/11/2026", "seen": agreement.digest}
    assert client.post(page, sent).status_code == 422
    for party in ("HOUSEHOLD", "HOUSE"):
        shown = page_text(client.post(page, sent | {"party": party}, follow=True))
    assert "Le PDF signé est gardé tel quel" in shown
    one = AgreementSignature.objects.get(party="HOUSE")
    client.post(reverse("social_link:signature_withdraw", args=[one.pk]))
    assert AgreementSignature.objects.count() == 1
    client.post(reverse("social_link:agreement_withdraw", args=[agreement.pk]))
    assert Agreement.objects.exists()  # the other signature holds it
    head, text = signed_in(make_user(role=Role.HEAD_OF_SOCIAL)), reverse("social_link:agreement_text")
    words = {"aim": "Avancer", "rights": "Partir", "seen_version": "0"}
    assert "Texte enregistré" in page_text(head.post(text, words, follow=True))
    assert client.get(text).status_code == 403
