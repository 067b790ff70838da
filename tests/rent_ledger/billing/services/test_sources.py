"""The lines of a demand: one row and one posting each, whatever they come from."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from common import clock
from common.codes import Code
from common.money import ZERO
from common.periods import Month, period
from common.reasons import Reason
from leases.contracts.natures import Nature
from leases.contracts.rules import billing
from leases.models import Lease, RentTerm
from office.access.actor import Actor
from office.jobs.worker import drain
from rent_ledger.billing import sources
from rent_ledger.billing.codes import LineSource
from rent_ledger.billing.queries.explain_demand import explain_demand, explain_draft, rebuild
from rent_ledger.billing.queries.previews import compare
from rent_ledger.billing.services.drafting import draft
from rent_ledger.billing.services.papers import demand_documents
from rent_ledger.billing.services.previews import preview
from rent_ledger.billing.services.runs import launch_run, undo_run
from rent_ledger.billing.sources import Draft, Line
from rent_ledger.books.codes import AllocationRule
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Allocation, DemandLine, OpenItem, RentDemand
from rent_ledger.rights.rules import benefits
from tests.factories import make_actor, make_association, make_let, make_right

pytestmark = pytest.mark.django_db
DEC = Month(2026, 12)


class Sold(Code):
    """A source that a test sells: two keys, one of them given back."""

    KEYS = "SPARE_KEY", "Double de clés de la porte {door}"


class Keys:
    code = Sold.KEYS
    natures = frozenset({Nature.SERVICES})

    def __init__(self, amount: str) -> None:
        self.amount = Decimal(amount)

    def add_lines(self, *, month: Month, drafts: Sequence[Draft]) -> None:
        for d in drafts:
            if not d.is_made:
                d.lines.append(Line(self.code, Nature.SERVICES, self.amount, {"door": "B"}))

    def reason(self, line: DemandLine) -> Reason:
        return Reason(Sold.KEYS, {"door": line.inputs["door"]})


def bill(month: Month = DEC) -> list[RentDemand]:
    run = launch_run(month=month, actor=make_actor())
    drain(run.job_id)
    return list(run.demands.order_by("id"))


def lines(demand: RentDemand) -> list[tuple[Any, ...]]:
    return list(demand.lines.order_by("position").values_list("source", "nature", "amount", "for_month"))


def test_a_demand_has_its_terms_and_its_aid_as_lines_that_add_up_to_what_is_asked():
    lease = make_let(rent="412.60", charges="86.40")
    right = make_right(lease=lease, amount="286.00", start=date(2026, 2, 1))
    [demand] = bill()
    assert lines(demand) == [
        ("TERMS", "RENT", Decimal("412.60"), DEC.first),
        ("TERMS", "CHARGES", Decimal("86.40"), DEC.first),
        ("BENEFIT", "BENEFIT", Decimal("-286.00"), DEC.first),
    ]
    assert sum(amount for _, _, amount, _ in lines(demand)) == demand.net == Decimal("213.00")
    terms = {t.nature: t.pk for t in lease.rent_terms.all()}
    assert [line.inputs for line in demand.lines.order_by("position")] == [
        {"v": 1, "term": terms["RENT"], "days": 31},
        {"v": 1, "term": terms["CHARGES"], "days": 31},
        {"v": benefits.VERSION, "right": right.pk},
    ]
    assert (demand.billed_from, demand.billed_to, demand.inputs) == (DEC.first, date(2027, 1, 1), {})
    assert demand.entry.kind == "DEMAND"


@pytest.mark.parametrize("amount", ["25.00", "-25.00"], ids=["asked", "given back"])
def test_the_line_of_another_source_is_billed_allocated_printed_and_explained(monkeypatch, amount):
    make_association()
    lease = make_let(rent="400.00", charges="0")
    make_right(lease=lease, amount="150.00", start=date(2026, 2, 1))
    monkeypatch.setattr(sources, "SOURCES", (*sources.SOURCES, Keys(amount)))
    asked = Decimal("250.00") + Decimal(amount)
    tree = explain_draft(DEC, lease.pk, kind_of_lease=lease.kind)
    assert tree is not None
    assert (tree.amount, sum(child.amount or ZERO for child in tree.parts)) == (asked, asked)
    assert preview(DEC).now_total == asked
    [demand] = bill()
    assert lines(demand)[-1] == ("SPARE_KEY", "SERVICES", Decimal(amount), DEC.first)
    assert (demand.gross, demand.benefit, demand.net) == (asked + 150, Decimal("150.00"), asked)
    items = OpenItem.objects.filter(account=demand.account, is_debit=True)
    assert sum(item.remaining for item in items) == asked
    assert not OpenItem.objects.filter(account=demand.account, is_debit=False).exists()
    paper = demand_documents(demands=[demand], actor=Actor.system())[demand.pk].data
    assert paper["lines"][-1] == {"label": "Double de clés de la porte B", "detail": "", "amount": amount}
    assert paper["to_pay"] == str(asked)
    tree = explain_demand(demand)
    assert tree.amount == asked == sum(child.amount or ZERO for child in tree.parts)
    assert "Double de clés de la porte B" in {child.text() for child in tree.parts}
    assert rebuild([demand])[demand.pk].net == asked
    [row] = compare(DEC, [lease.pk]).values()
    assert row.now == asked
    assert check_ledger() == []


def test_a_credit_line_lies_on_the_demand_that_prints_it(monkeypatch):
    """It stands on the paper as a deduction: an older debt stays as it was."""
    lease = make_let(rent="400.00", charges="0")
    [november] = bill(Month(2026, 11))
    monkeypatch.setattr(sources, "SOURCES", (*sources.SOURCES, Keys("-25.00")))
    [december] = bill()
    owed = {item.for_month: item.remaining for item in OpenItem.objects.filter(account__lease=lease)}
    assert owed == {november.month: Decimal("400.00"), december.month: Decimal("375.00")}
    assert set(Allocation.objects.values_list("rule", flat=True)) == {AllocationRule.DEDUCTED}


def test_the_undo_of_a_run_takes_the_line_back(monkeypatch):
    lease = make_let(rent="400.00", charges="0")
    monkeypatch.setattr(sources, "SOURCES", (*sources.SOURCES, Keys("-25.00")))
    [demand] = bill()
    drain(undo_run(run=demand.run, actor=make_actor()).job_id)
    assert not OpenItem.objects.filter(account__lease=lease).exists()
    assert check_ledger() == []
    [again] = bill()
    assert again.net == Decimal("375.00")


def test_what_was_billed_by_a_former_version_of_a_rule_is_rebuilt_by_it(monkeypatch):
    """A next version of both rules: whole euros of rent, half of the aid. November keeps its cents and all its aid."""
    lease = make_let(rent="412.60", charges="0")
    make_right(lease=lease, amount="286.00", start=date(2026, 2, 1))
    [november] = bill(Month(2026, 11))
    billed_1, expected_1 = billing.VERSIONS[1], benefits.VERSIONS[1]
    now = [billing.VERSION, benefits.VERSION]

    def billed_2(**facts: Any) -> tuple[billing.BilledPart, ...]:
        return tuple(
            part._replace(lines=tuple(line._replace(amount=line.amount // 1) for line in part.lines))
            for part in billed_1(**facts)
        )

    def expected_2(**facts: Any) -> benefits.ExpectedBenefit:
        expected = expected_1(**facts)
        return expected._replace(amount=expected.amount / 2)

    for rule, version in ((billing, billed_2), (benefits, expected_2)):
        monkeypatch.setitem(rule.VERSIONS, 9, version)
        monkeypatch.setattr(rule, "VERSION", 9)
    [december] = bill()
    assert lines(december) == [
        ("TERMS", "RENT", Decimal("412.00"), DEC.first),
        ("BENEFIT", "BENEFIT", Decimal("-143.00"), DEC.first),
    ]
    assert [line.inputs["v"] for line in (*november.lines.all(), *december.lines.all())] == [*now, 9, 9]
    found = rebuild([november, december])
    assert found[november.pk].net == november.net == Decimal("126.60") == explain_demand(november).amount
    assert found[december.pk].net == december.net == Decimal("269.00") == explain_demand(december).amount


def test_a_source_makes_lines_of_the_natures_that_it_declares():
    """Rent, charges and parking, an aid, a contract that ends in November, its indemnity; December says a rappel."""
    lease = make_let(rent="400.00", charges="80.00")
    make_right(lease=lease, amount="150.00", start=date(2026, 2, 1))
    RentTerm.objects.create(lease=lease, nature="PARKING", amount=Decimal("30.00"), period=period(date(2026, 1, 1)))
    Lease.objects.filter(pk=lease.pk).update(
        period=period(date(2026, 1, 1), date(2026, 11, 11)), state="ENDED", end_reason="UNKNOWN"
    )
    bill(Month(2026, 11))
    RentTerm.objects.filter(lease=lease, nature="RENT").update(amount=Decimal("410.00"), recorded_at=clock.now())
    bill()
    made = {(line.source, line.nature) for line in DemandLine.objects.all()}
    assert {source for source, _ in made} == {"TERMS", "BENEFIT", "RAPPEL"}
    assert [pair for pair in made if pair[1] not in sources.source_of(pair[0]).natures] == []


def test_every_source_has_a_code_of_its_own():
    codes = [source.code for source in sources.SOURCES]
    assert len(set(codes)) == len(codes)
    assert set(codes) <= set(LineSource)
    with pytest.raises(LookupError):
        sources.source_of("NOBODY")


def test_a_draft_costs_a_constant_number_of_queries(django_assert_num_queries):
    for _ in range(3):
        make_right(lease=make_let(), start=date(2026, 2, 1))
    with django_assert_num_queries(10):
        assert len(draft(month=DEC)[0]) == 3


def test_a_demand_has_one_entry_and_an_entry_one_demand():
    make_let()
    make_let()
    one, other = bill()
    with pytest.raises(IntegrityError), transaction.atomic():
        RentDemand.objects.filter(pk=one.pk).update(entry=other.entry)


@pytest.mark.parametrize(
    "corruption",
    [
        "UPDATE rent_ledger_demandline SET amount = amount + 1 WHERE position = 0",
        "UPDATE rent_ledger_demandline SET nature = 'SERVICES' WHERE position = 0",
        "UPDATE rent_ledger_demandline SET for_month = '2026-01-01' WHERE position = 0",
        "DELETE FROM rent_ledger_demandline WHERE position = 0",
        "INSERT INTO rent_ledger_demandline (demand_id, position, source, nature, amount, for_month, inputs) "
        "SELECT id, 9, 'TERMS', 'RENT', 1, month, '{\"term\": 1}' FROM rent_ledger_rentdemand",
    ],
)
def test_lines_that_are_not_the_postings_are_found(corruption):
    make_let()
    bill()
    with connection.cursor() as cursor:
        cursor.execute(corruption)
    assert [f.name for f in check_ledger()] == ["Les lignes d’un avis sont les imputations de son écriture, une à une"]
