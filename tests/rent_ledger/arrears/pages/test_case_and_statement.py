"""A case and the statement of its account: what they show, to whom, at which cost."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from office.access.codes import Role
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import ArrearsCase, LetterHold, OpenItem
from tests.factories import (
    make_actor,
    make_association,
    make_user,
    pay,
)
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import DECIDE, NOV, OCT, TODAY, cost, indebted, pick

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


# -- a case ---------------------------------------------------------------------------------------------------------


def test_a_case_shows_its_facts_and_both_regimes(client: Client) -> None:
    case = indebted(NOV, name="Mme Inès Roy")
    text = plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
    assert "Jusqu’au 31 décembre 2026" in text
    assert "Au 1<sup>er</sup> janv. 2027" in text
    assert "R. 824-1" in text
    assert "Décret 2026-84" in text


def test_a_case_is_alerted_reported_and_its_pause_lifted(client: Client) -> None:
    case = indebted(OCT, NOV)
    page = reverse("rent_ledger:case", args=[case.pk])
    assert "au plus tard le 1<sup>er</sup> janv. 2027" in plain(client.get(page))
    made = client.post(reverse("rent_ledger:report_new", args=[case.pk]))
    client.post(f"{made.url}envoi/", {"sent_on": "05/11/2026", "sent_by": "PORTAL"})
    case.refresh_from_db()
    assert case.reported_on == TODAY
    client.post(
        DECIDE, {"compte": pick(case), "decision": "PAUSE", "reason": "Prime le 20", "pause_until": "20/11/2026"}
    )
    hold = LetterHold.objects.get()
    client.post(reverse("rent_ledger:hold_lift", args=[case.pk, hold.pk]))
    hold.refresh_from_db()
    assert hold.lifted_at
    client.post(reverse("rent_ledger:case_help", args=[case.pk]))
    assert "Demande envoyée" in plain(client.get(page))


def test_an_answer_is_read_by_the_manager_and_its_follow_up_hidden_from_another_worker() -> None:
    case = indebted(NOV)
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", plan_asked=True, plan_amount=Decimal("45.00"),
        next_step="FSL", next_step_on=date(2026, 12, 1), actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    page = reverse("rent_ledger:case", args=[case.pk])
    manager = plain(signed_in(make_user()).get(page))
    assert "Ressources insuffisantes" in manager
    assert "Dossier FSL" in manager
    worker = plain(signed_in(make_user(role=Role.SOCIAL_WORKER)).get(page))
    assert "Ressources insuffisantes" in worker
    assert "Dossier FSL" not in worker


def test_a_case_costs_a_constant_number_of_queries(client: Client, django_assert_max_num_queries) -> None:
    short, long = indebted(OCT, NOV), indebted(*[date(2026, month, 1) for month in range(3, 12)])
    urls = [reverse("rent_ledger:case", args=[case.pk]) for case in (short, long)]
    client.get(urls[0])
    first, second = (cost(client, url, django_assert_max_num_queries) for url in urls)
    assert first == second


def test_what_is_over_is_folded_and_what_runs_is_not(client: Client) -> None:
    case = indebted(OCT, NOV)
    page = reverse("rent_ledger:case", args=[case.pk])
    holds = [
        LetterHold(
            case=case, source="RENT", from_day=date(2026, month, 1), until=date(2026, month, 9), reason=f"Motif {month}"
        )
        for month in range(3, 8)
    ]
    LetterHold.objects.bulk_create(holds)
    for _ in range(4):
        record_social_answer(
            case=case, contact_made=True, cause="LOW_INCOME", actor=make_actor(role=Role.SOCIAL_WORKER)
        )  # fmt: skip
    case.releases = [{"at": clock.now().isoformat(), "by": None, "back_by": None, "holds": [1]}] * 4
    case.save(update_fields=["releases"])
    shown = plain(client.get(page))
    for words in ("et 2 pauses avant", "et 1 réponse avant", "et 1 remise en relance avant"):
        assert words in shown
    folded = [block.split("</details>")[0] for block in shown.split("<details")[1:]]
    [old] = [block for block in folded if "pauses avant" in block]
    assert [n for n in range(3, 8) if f"Motif {n}" in old] == [3, 4]
    # Four that run still: all of them stand open.
    LetterHold.objects.update(until=date(2026, 12, 1), from_day=date(2026, 11, 1))
    shown = plain(client.get(page))
    assert "pauses avant" not in shown
    assert all(f"Motif {n}" in shown for n in range(3, 8))


# -- the statement --------------------------------------------------------------------------------------------------


def test_the_statement_runs_to_what_is_owed(client: Client) -> None:
    case = indebted(OCT, NOV)
    pay(account=case.account_id, on=date(2026, 10, 12), amount="120.00")
    page = client.get(reverse("rent_ledger:statement", args=[case.account_id]))
    lines = page.context["statement"].lines
    assert [(line.on, line.due, line.received, line.remaining) for line in lines] == [
        (OCT, Decimal("213.00"), Decimal(0), Decimal("213.00")),
        (date(2026, 10, 12), Decimal(0), Decimal("120.00"), Decimal("93.00")),
        (NOV, Decimal("213.00"), Decimal(0), Decimal("306.00")),
    ]
    assert "imputé sur octobre" in plain(page)
    only = client.get(reverse("rent_ledger:statement", args=[case.account_id]), {"annee": "2025"})
    assert only.context["statement"].lines == ()
    printed = plain(client.get(reverse("rent_ledger:statement_print", args=[case.account_id])))
    assert "306,00 €" in printed


def test_why_the_debt_adds_up(client: Client) -> None:
    case = indebted(OCT, NOV)
    pay(account=case.account_id, on=date(2026, 10, 12), amount="120.00")
    answer = client.get(reverse("rent_ledger:why_debt", args=[case.account_id]))
    tree = answer.context["reason"]
    assert tree.amount == Decimal("306.00")
    assert [c.amount for c in tree.parts] == [Decimal("93.00"), Decimal("213.00")]
    assert all(sum(leaf.amount for leaf in c.parts) == c.amount for c in tree.parts)
    text = plain(answer)
    assert "Terme d’octobre 2026" in text
    assert "la dette échue d’abord, puis le logement, puis la plus ancienne" in text
    assert "1342-10" in text


@pytest.mark.parametrize(
    ("name", "title"),
    [("why_debt", "D’où viennent les 426,00 € ?"), ("arrears_why", "Impayé de {household}")],
)
def test_an_explanation_opened_by_its_address_is_a_page(client: Client, name: str, title: str) -> None:
    case = indebted(OCT, NOV)
    url = reverse(f"rent_ledger:{name}", args=[case.account_id])
    page, part = client.get(url), client.get(url, headers={"HX-Request": "true"})
    assert f"<h1>{title.format(household=case.account.household.name)}</h1>" in plain(page).replace("\u202f", " ")
    assert 'aria-label="Navigation principale"' in plain(page)
    assert "formaction" not in plain(page)  # the form of the list is not there
    assert "<h1" not in plain(part)
    for answer in (page, part):
        assert "Terme d’octobre 2026" in plain(answer)
        assert "HX-Request" in answer["Vary"]


def test_the_footnote_of_a_debt_names_the_rules_that_were_applied(client: Client) -> None:
    def footnote(case: ArrearsCase) -> str:
        tree = client.get(reverse("rent_ledger:why_debt", args=[case.account_id])).context["reason"]
        return tree.rule.text() if tree.rule else ""

    law = "ce qui est échu, puis le logement, puis le plus ancien (Code civil, art. 1342-10 al. 2)"
    chosen = "la dette que le débiteur désigne (Code civil, art. 1342-10 al. 1)"
    case = indebted(OCT, NOV)
    assert footnote(case) == ""
    november = OpenItem.objects.get(account=case.account_id, due_on=NOV)
    pay(account=case.account_id, on=date(2026, 11, 2), amount="20.00", designate=(november.posting_id,))
    assert footnote(case) == f"Règle : {chosen}"
    pay(account=case.account_id, on=date(2026, 11, 3), amount="30.00")
    assert footnote(case) == f"Règles : {chosen} ; {law}"


@pytest.mark.parametrize("name", ["statement", "statement_print", "why_debt", "arrears_why"])
def test_an_account_costs_a_constant_number_of_queries(
    client: Client, name: str, django_assert_max_num_queries
) -> None:
    short, long = indebted(NOV), indebted(*[date(2026, month, 1) for month in range(2, 12)])
    urls = [reverse(f"rent_ledger:{name}", args=[case.account_id]) for case in (short, long)]
    client.get(urls[0])
    first, second = (cost(client, url, django_assert_max_num_queries) for url in urls)
    assert first == second


def test_only_accounts_of_households_have_a_statement(client: Client) -> None:
    assert client.get(reverse("rent_ledger:statement", args=[10])).status_code == 404


def test_a_pause_that_ended_by_itself_was_not_lifted(client: Client) -> None:
    case = indebted(OCT, NOV)
    ended = {"case": case, "from_day": date(2026, 10, 1), "until": date(2026, 10, 20)}
    LetterHold.objects.create(**ended, source="SOCIAL", lifted_at=clock.now())
    shown = plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
    assert "Terminée" in shown
    assert "Levée" not in shown
    LetterHold.objects.create(case=case, source="RENT", from_day=TODAY, until=TODAY, lifted_at=clock.now())
    assert "Levée le 5 nov." in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
