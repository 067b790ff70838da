"""The page of a plan: from what is asked to signed, missed and broken; who may only read it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from common import clock
from office.access.actor import Actor
from office.access.codes import Role
from office.access.idle import mark_used
from office.models import Document
from rent_ledger.arrears.queries.plans import debts_for_plan, shown_plan
from rent_ledger.arrears.services import plans
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.plan_judging import judge_plans
from rent_ledger.arrears.services.plans import propose_plan, sign_plan
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.arrears.views.plan_papers import _back
from rent_ledger.books.services.posting import reverse as post_reversal
from rent_ledger.models import AccountState, ArrearsCase, PlanPaper, Posting, RepaymentPlan
from tests.factories import make_actor, make_association, make_picture, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import NOV, OCT, indebted

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def of(case: ArrearsCase, name: str = "plan", *more: int) -> str:
    return reverse(f"rent_ledger:{name}", args=[case.pk, *more])


def prepared(client: Client, case: ArrearsCase, months: int = 6) -> RepaymentPlan:
    client.post(of(case), {"months": months, "first_on": "05/12/2026"})
    return RepaymentPlan.objects.get(signed_on=None)


def test_the_plan_that_the_social_service_asks_for_is_prefilled(client: Client) -> None:
    case = indebted(OCT, NOV)
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", plan_asked=True, plan_amount=Decimal("45.00"),
        actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    page = client.get(of(case))
    # 426.00 at 45.00 a month: ten months, from a month after the last term.
    assert page.context["form"].initial == {"months": 10, "first_on": date(2026, 12, 1)}
    assert "426,00 € échus, à étaler" in plain(page)
    assert [length.months for length in page.context["lengths"]] == [6, 12, 24, 36]
    assert "71,00 €" in plain(page)
    # Four columns of amounts need the wide column of the page; the aside is 19 rem.
    assert page.text.index('id="t-former"') < page.text.index('</div>\n  <div class="a-stacked">')
    assert "Aucun plan ne court" not in page.text
    assert client.get(of(case), {"mois": 24}).context["form"].initial["months"] == 24
    assert of(case) in plain(client.get(of(case, "case")))


def test_an_amount_that_does_not_pay_it_all_is_said(client: Client) -> None:
    case = indebted(OCT, NOV)
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", plan_asked=True, plan_amount=Decimal("10.00"),
        actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    page = client.get(of(case))
    assert page.context["form"].initial["months"] == 36
    # 426.00 - 36 × 10.00 = 66.00; 426.00 / 36 = 11.84 at the cent above.
    assert "propose 10,00 € par mois : au bout de 36 mois" in plain(page)
    assert "il resterait 66,00 €. Il faut 11,84 € par mois" in plain(page)


def test_a_plan_that_is_changed_goes_on_at_its_days(client: Client) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case)
    client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"})
    assert client.get(of(case)).context["form"].initial == {"months": 6, "first_on": date(2026, 12, 5)}
    with clock.travel(date(2026, 12, 7)):
        # The first one is late: five days are left to it, and its sum is of the five that come.
        mark_used(session := client.session)
        session.save()
        assert client.get(of(case)).context["form"].initial == {"months": 5, "first_on": date(2027, 1, 5)}


def test_a_next_version_says_what_it_covers_and_what_it_leaves_out(client: Client) -> None:
    case = indebted(OCT, NOV)
    sign_plan(plan=prepared(client, case), signed_on=clock.today(), actor=make_actor())
    kept = debts_for_plan(case.account_id, day=clock.today())
    propose_plan(case=case, months=3, first_on=date(2026, 12, 5), posting_ids=[kept[0].posting_id], actor=make_actor())
    said = plain(client.get(of(case)))
    assert "Ce qu’il couvre : 1 dette" in said
    assert "Ce plan laisse 213,00 € de côté, dont 213,00 € que le plan en cours étale." in said
    propose_plan(case=case, months=24, first_on=date(2026, 12, 5), actor=make_actor())
    said = plain(client.get(of(case)))
    assert "de côté" not in said
    assert "24 mensualités de 17,75 €, du 5 déc. 2026 au 5 nov. 2028" in said


def test_a_plan_from_the_form_to_signed_missed_and_broken(client: Client) -> None:
    case = indebted(OCT, NOV)
    refused = client.post(of(case), {"months": "99", "first_on": "05/12/2026"})
    assert (refused.status_code, RepaymentPlan.objects.count()) == (422, 0)
    assert "de 1 à 36 mois" in plain(refused)
    plan = prepared(client, case)
    assert "rien ne change avant la signature" in plain(client.get(of(case)))
    told = client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"}, follow=True)
    assert "sort des relances" in plain(told)
    assert AccountState.objects.get(pk=case.account_id).arrears == 0
    assert "426,00 € à payer encore sur 426,00 €" in plain(told)
    listed = client.get(reverse("rent_ledger:arrears"), {"situation": "plan-en-cours"})
    assert [row.state.pk for row in listed.context["rows"]] == [case.account_id]
    [tile] = [tile for tile in listed.context["tiles"] if tile.current]
    assert tile.sub.replace("\u00a0", " ").replace("\u202f", " ") == "426 € étalés"
    # What ends with the plan alone is not offered apart from it.
    page = plain(client.get(of(case, "case")))
    assert "tenu jusqu’au 5 mai" in page
    assert ("Voir le plan" in page, "Remettre en relance" in page) == (True, False)
    with clock.travel(date(2026, 12, 8)):
        row = shown_plan(plan, day=date(2026, 12, 8)).rows[0]
        assert (row.left, row.is_late) == (Decimal("71.00"), True)
    with clock.travel(date(2026, 12, 11)):
        detect_arrears(day=date(2026, 12, 11), actor=Actor.system())
        assert AccountState.objects.get(pk=case.account_id).lane == "BROKEN"
    page = plain(client.get(of(case)))
    assert "Rompu" in page
    assert "71,00 € manquaient aux mensualités" in page
    assert "Demande envoyée" in plain(client.get(of(case, "case")))
    assert "court de nouveau" in plain(client.post(of(case, "plan_resume", plan.pk), follow=True))


def test_the_agreement_is_printed_in_plain_words(client: Client) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case, months=5)
    paper = client.get(of(case, "plan_pdf", plan.pk))
    assert paper.content.startswith(b"%PDF")
    data = Document.objects.get(kind="repayment_plan").data
    assert [one["label"] for one in data["debts"]] == ["Loyer, octobre\u00a02026", "Loyer, novembre\u00a02026"]
    # 426.00 in five: four of 85.20, the last one the same.
    assert data["instalments"][0] == {"on": "2026-12-05", "amount": "85.20", "left": "340.80"}
    assert data["instalments"][-1] == {"on": "2027-04-05", "amount": "85.20", "left": "0.00"}
    assert client.get(of(case, "plan_pdf", plan.pk)).content == paper.content
    assert signed_in(make_user(role=Role.SOCIAL_WORKER)).get(of(case, "plan_pdf", plan.pk)).status_code == 403


def test_the_end_of_a_plan_that_cannot_run_again_says_why(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case)
    client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"})
    client.post(of(case, "plan_end", plan.pk), {"reason": "Autre accord"})
    shown = [("Annuler cette fin" in page, "aussitôt rompu" in page) for page in [plain(client.get(of(case)))]]
    monkeypatch.setattr(plans, "would_break", lambda plan, *, day: True)
    page = plain(client.get(of(case)))
    assert [*shown, ("Annuler cette fin" in page, "aussitôt rompu" in page)] == [(True, False), (False, True)]


def test_each_gesture_is_taken_back_on_the_page(client: Client) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case)
    client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"})
    assert "de nouveau préparé" in plain(client.post(of(case, "plan_unsign", plan.pk), follow=True))
    client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"})
    refused = client.post(of(case, "plan_end", plan.pk), {"reason": ""}, follow=True)
    assert "Dites pourquoi" in plain(refused)
    ended = plain(client.post(of(case, "plan_end", plan.pk), {"reason": "Autre accord"}, follow=True))
    assert "compte de nouveau dans l’impayé" in ended
    assert "Autre accord" in ended
    assert "court de nouveau" in plain(client.post(of(case, "plan_resume", plan.pk), follow=True))
    # The next version is put aside; put aside again, nothing happens.
    other = prepared(client, case, months=12)
    assert "Plan écarté" in plain(client.post(of(case, "plan_discard", other.pk), follow=True))
    assert client.post(of(case, "plan_discard", other.pk)).status_code == 302
    assert RepaymentPlan.objects.get().is_running


def test_the_signed_paper_is_kept_with_the_plan_and_taken_back(client: Client) -> None:
    case = indebted(OCT, NOV)
    draft = prepared(client, case)

    def keep(*names: str) -> str:
        files = [SimpleUploadedFile(name, make_picture().getvalue()) for name in names]
        sent = reverse("rent_ledger:plan_papers_add", args=[draft.pk])
        return plain(client.post(sent, {"proofs": files}, follow=True))

    assert "notez d’abord la signature" in keep("accord.jpg")
    client.post(of(case, "plan_sign", draft.pk), {"signed_on": "05/11/2026"})
    # The same picture twice is there once.
    assert "2 pièces gardées" in keep("accord.jpg", "accord-2.jpg")
    paper = PlanPaper.objects.get()
    shown = reverse("rent_ledger:plan_paper", args=[draft.pk, paper.uuid])
    assert shown in plain(client.get(of(case)))
    reader = signed_in(make_user(role=Role.SOCIAL_WORKER))
    assert (reader.get(shown).status_code, reader.get(shown)["Content-Type"]) == (200, "image/jpeg")
    assert "Le papier signé de ce plan est gardé" in plain(client.post(of(case, "plan_unsign", draft.pk), follow=True))
    gone = reverse("rent_ledger:plan_paper_remove", args=[draft.pk, paper.uuid])
    for _ in range(2):
        assert "Pièce retirée" in plain(client.post(gone, follow=True))
    assert client.get(shown).status_code == 404
    client.post(of(case, "plan_unsign", draft.pk))
    draft.refresh_from_db()
    assert draft.signed_on is None
    # An account without a case has a page too.
    assert _back(RepaymentPlan(account_id=7_000_000))["Location"] == reverse("rent_ledger:statement", args=[7_000_000])


def test_what_is_refused_is_shown_again_as_it_was_typed(client: Client) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case)
    signed = client.post(of(case, "plan_sign", plan.pk), {"signed_on": "01/02/2026"})
    assert (signed.status_code, signed.context["sign_form"]["signed_on"].value()) == (422, "01/02/2026")
    assert "La signature est du 05/10/2026 au 05/11/2026" in plain(signed)
    client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"})
    # A text that touches health is read once more, and confirmed where it was typed: the dialog stands open.
    end, reason = of(case, "plan_end", plan.pk), {"reason": "Madame est hospitalisée"}
    asked = client.post(end, reason)
    assert (asked.status_code, "data-auto-open" in asked.text) == (422, True)
    confirmed = asked.context["end_form"].data["confirmed"]
    assert f'value="{confirmed}"' in asked.text
    assert "compte de nouveau" in plain(client.post(end, reason | {"confirmed": confirmed}, follow=True))


def test_a_draft_that_is_gone_meanwhile_is_told(client: Client) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case)
    prepared(client, case, months=12)
    signed = client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"}, follow=True)
    assert "remplacé par un autre" in plain(signed)
    assert "remplacé par un autre" in plain(client.get(of(case, "plan_pdf", plan.pk), follow=True))
    assert RepaymentPlan.objects.get().signed_on is None


def test_a_social_worker_reads_the_plan_and_changes_nothing(client: Client) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case)
    worker = signed_in(make_user(role=Role.SOCIAL_WORKER))
    page = plain(worker.get(of(case)))
    assert "Plan préparé" in page
    assert "Noter la signature" not in page
    assert "Préparer un plan" not in page
    assert worker.post(of(case), {"months": 6, "first_on": "05/12/2026"}).status_code == 403
    assert worker.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"}).status_code == 403


def test_a_plan_of_which_every_debt_was_cancelled_is_not_said_to_be_kept(client: Client) -> None:
    case = indebted(OCT, NOV)
    plan = prepared(client, case)
    client.post(of(case, "plan_sign", plan.pk), {"signed_on": "05/11/2026"})
    entries = Posting.objects.filter(plans__plan=plan).values_list("entry_id", flat=True)
    post_reversal(entry_ids=list(entries), actor=Actor.system(), effective_on=date(2026, 11, 5))
    judge_plans(day=date(2026, 11, 5), account_ids=None)
    page = plain(client.get(of(case)))
    assert "Sans objet : ses dettes ont été annulées" in page
    assert "Tenu" not in page


def test_a_plan_of_another_case_is_not_found(client: Client) -> None:
    case, other = indebted(NOV), indebted(OCT)
    plan = prepared(client, case)
    assert client.post(of(other, "plan_sign", plan.pk), {"signed_on": "05/11/2026"}).status_code == 404
