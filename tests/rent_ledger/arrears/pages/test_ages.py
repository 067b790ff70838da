"""The age of the debts, and what they are made of: one figure in list, case, household and API."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.parameters import ages_on
from rent_ledger.arrears.queries.ages import age_totals, of_age
from rent_ledger.arrears.rules.ages import number_of
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.models import AccountState, OpenItem
from tests.api import Api
from tests.factories import make_actor, make_association, make_let, make_user, owe
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import LIST, NOV, SEP, TODAY, indebted

pytestmark = pytest.mark.django_db
# Late by 4, 30, 31 and 91 days on the 5th of November.
DAYS = {"Mme Neuve": NOV, "M. Trente": date(2026, 10, 6), "Mme Suite": date(2026, 10, 5), "M. Vieux": date(2026, 8, 6)}


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def test_a_slice_says_its_sum_and_lists_its_rows_to_the_cent(client: Client) -> None:
    for n, (name, due) in enumerate(DAYS.items()):
        indebted(due, name=name, amount=f"{100 + n}.01")
    page = client.get(LIST, {"situation": "tous"})
    shown = {tile.total.label: (tile.total.count, tile.total.amount) for tile in page.context["ages"]}
    assert shown == {
        "0–30 j": (2, Decimal("201.02")),
        "31–60 j": (1, Decimal("102.01")),
        "61–90 j": (0, Decimal(0)),
        "plus de 90 j": (1, Decimal("103.01")),
    }
    for tile in page.context["ages"]:
        listed = client.get(tile.url)
        rows = listed.context["rows"]
        assert (len(rows), sum((row.state.debt for row in rows), Decimal(0))) == (tile.total.count, tile.total.amount)
        # The other slices keep their sums, and a second click shows all again.
        assert {one.total.label: one.total.count for one in listed.context["ages"]} == {
            k: n for k, (n, _) in shown.items()
        }
        [current] = [one for one in listed.context["ages"] if one.current]
        assert len(client.get(current.url).context["rows"]) == 4


def test_small_remainders_are_in_the_list_of_their_slice(client: Client) -> None:
    """They are folded in the list of all: a sum that counts them would not be that of its rows."""
    indebted(NOV, amount="300.00")
    gone = indebted(NOV, name="M. Parti", amount="40.00")
    AccountState.objects.filter(account=gone.account_id).update(lane="GONE", action="WRITE_GONE")
    page = client.get(LIST, {"situation": "tous"})
    assert len(page.context["rows"]) == 1
    young = page.context["ages"][0]
    assert (young.total.count, young.total.amount) == (2, Decimal("340.00"))
    assert len(client.get(young.url).context["rows"]) == 2


def test_what_a_plan_holds_is_late_by_no_day(client: Client) -> None:
    case = indebted(SEP, name="Mme Plan")
    debts = OpenItem.objects.filter(account=case.account_id, is_debit=True).values_list("posting_id", flat=True)
    hold_debt(posting_ids=list(debts), kind="PLAN", reason="Signé", actor=make_actor())
    page = client.get(LIST, {"situation": "tous"})
    nothing = page.context["ages"][-1]
    assert (nothing.total.label, nothing.total.count) == ("rien en retard", 1)
    assert [row.name for row in client.get(nothing.url).context["rows"]] == ["Mme Plan"]
    [line] = Api(Role.RENTAL_MANAGER).get("/arrears", age=0)["items"]
    assert (line["days_late"], line["age"]) == (None, 0)
    sheet = client.get(reverse("rent_ledger:arrears_export"), {"situation": "tous"}).content.decode("utf-8-sig")
    head, row = (text.split(";") for text in sheet.splitlines()[:2])
    assert dict(zip(head, row, strict=True))["Ancienneté"] == nothing.total.label


def test_the_rule_and_the_sums_put_each_due_day_in_one_slice(client: Client) -> None:
    """What is due today or tomorrow, and what is all held (no day), too."""
    case, slices = indebted(NOV), ages_on(TODAY)
    rows = AccountState.objects.filter(account=case.account_id)
    for late in (None, -1, 0, 1, 30, 31, 60, 61, 90, 91, 400):
        rows.update(oldest_due=None if late is None else TODAY - timedelta(days=late))
        number = number_of(rows.get().days_late(TODAY), slices)
        counted = [total.number for total in age_totals(rows, slices=slices, day=TODAY) if total.count]
        found = [n for n in range(5) if of_age(rows, n, slices=slices, day=TODAY).exists()]
        assert counted == found == [number], late


def test_the_age_is_one_figure_everywhere(client: Client) -> None:
    case = indebted(date(2026, 8, 6))
    api = Api(Role.RENTAL_MANAGER)
    [line] = api.get("/arrears", age=4)["items"]
    detail = api.get(f"/arrears/cases/{case.pk}")
    assert (line["days_late"], line["age"]) == (detail["days_late"], detail["age"]) == (91, 4)
    assert api.get("/arrears", age=3)["items"] == []
    assert client.get(LIST).context["rows"][0].days == 91
    assert "91 j de retard" in (page := plain(client.get(reverse("rent_ledger:case", args=[case.pk]))))
    assert "tranche plus de 90 j" in page
    assert "91 j de retard" in plain(client.get(reverse("desk:household", args=[case.account.household_id])))


def test_an_unknown_slice_shows_all(client: Client) -> None:
    indebted(NOV)
    for age in ("7", "x"):
        assert len(client.get(LIST, {"situation": "tous", "age": age}).context["rows"]) == 1


# -- what the debt is made of ----------------------------------------------------------------------------------------

OWED = [
    (Nature.RENT, "201.10"), (Nature.CHARGES, "54.20"), (Nature.PARKING, "30.00"), (Nature.SHORTFALL, "267.00"),
    (Nature.REPAIRS, "80.05"), (Nature.FEES, "12.00"), (Nature.DEPOSIT, "390.00"), (Nature.PRIOR, "99.99"),
]  # fmt: skip


def test_each_nature_says_what_is_due_and_for_which_threshold_it_counts(client: Client) -> None:
    """A1.3c of docs/law.md: no deposit, no repairs, no costs in a threshold."""
    lease = make_let(start=date(2024, 3, 15))
    for nature, amount in OWED:
        account = owe(lease=lease, due_on=SEP, amount=amount, nature=nature)
    detect_arrears(day=TODAY, actor=Actor.system())
    state = AccountState.objects.get(pk=account)
    case = state.account.cases.get()
    shown = Api(Role.RENTAL_MANAGER).get(f"/arrears/cases/{case.pk}")
    assert {row["nature"]: row["amount"] for row in shown["natures"]} == {str(n): amount for n, amount in OWED}
    assert sum(Decimal(row["amount"]) for row in shown["natures"]) == state.debt == Decimal("1134.34")
    counts = {row["nature"] for row in shown["natures"] if row["counts_for_benefit"]}
    assert counts == {row["nature"] for row in shown["natures"] if row["counts_for_ccapex"]}
    assert counts == {"RENT", "CHARGES", "SHORTFALL"}
    # The state of the account sums the same ones for the threshold.
    assert state.counted == Decimal("522.30")
    page = client.get(reverse("rent_ledger:case", args=[case.pk]))
    assert [row.nature.label for row in page.context["natures"]][:2] == ["Loyer", "Charges"]
    assert "Dépôt de garantie" in plain(page)
    assert "aucun seuil" in plain(page)


def test_what_is_held_of_a_nature_is_said(client: Client) -> None:
    case = indebted(SEP, NOV)
    first = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on").first()
    assert first
    hold_debt(posting_ids=[first.posting_id], kind="DISPUTE", reason="Contesté", actor=make_actor())
    [rent] = Api(Role.RENTAL_MANAGER).get(f"/arrears/cases/{case.pk}")["natures"]
    assert (rent["amount"], rent["held"]) == ("426.00", "213.00")
    assert "dont 213,00 € hors relance" in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
