"""What the papers say, and that every demand is rebuilt to the cent from what it kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import Month, period
from common.reasons import Reason
from leases.contracts.codes import DemandKind, EndReason
from leases.contracts.natures import Nature
from leases.contracts.services.ending import end_lease
from leases.models import Lease, LeaseParty, Person, RentTerm
from office.access.actor import Actor
from office.documents.services import HAND_DELIVERED, identity, render, render_together
from office.house.codes import HeldFor
from office.jobs.worker import drain
from office.models import BankAccount, Document
from office.parameters.models import ParameterValue
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.billing.queries.explain_demand import explain_demand, explain_draft, rebuild
from rent_ledger.billing.services import papers
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.papers import demand_documents
from rent_ledger.billing.services.runs import launch_run, undo_run
from rent_ledger.billing.services.settlement import settle_benefit_month
from rent_ledger.billing.services.statement_paper import statement_document
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.queries.statement import statement
from rent_ledger.books.services.projections import refresh
from rent_ledger.models import ArrearsCase, BenefitRight, DebtHold, OpenItem, Posting, RentDemand
from tests.factories import (
    ANYWAY,
    make_actor,
    make_association,
    make_bank_account,
    make_let,
    make_organisation,
    make_right,
    pay,
)
from tests.printed import scanned

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-10")]
OCT, NOV, DEC = Month(2026, 10), Month(2026, 11), Month(2026, 12)
SYSTEM = Actor.system()
NB = "\u00a0"


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()


def bill(month: Month = NOV, *, on: date | None = None) -> list[RentDemand]:
    """The demands of `month`, issued on `on` (today if None)."""
    if on is not None:
        with clock.travel(on):
            return bill(month)
    run = launch_run(month=month, actor=make_actor(), answers=ANYWAY)
    drain(run.job_id)
    return list(run.demands.order_by("id"))


def paper(demand: RentDemand) -> dict:
    return demand_documents(demands=[demand], actor=SYSTEM)[demand.pk].data


# ---------- the same rule on the same inputs ----------


def varied_leases() -> None:
    """Entries, exits, amounts changed within the month, indemnities, aids that are capped: what a run meets."""
    make_let(rent="412.60", charges="86.40")
    make_right(lease=make_let(rent="412.60", charges="86.40"), amount="286.00", start=date(2026, 2, 1))
    make_right(lease=make_let(rent="100.00", charges="10.00"), amount="286.00", start=date(2026, 2, 1))
    make_right(lease=make_let(rent="310.00", charges="31.00", start=date(2026, 11, 17)), start=date(2026, 11, 1))
    make_let(rent="333.33", charges="66.67", end=date(2026, 11, 8))
    make_let(rent="407.00", charges="0", due_rule="ARREARS", due_day=5)
    risen = make_let(rent="400.00", charges="80.00")
    RentTerm.objects.filter(lease=risen, nature="RENT").update(period=period(date(2026, 1, 1), date(2026, 11, 12)))
    RentTerm.objects.create(lease=risen, nature="RENT", amount=Decimal("404.60"), period=period(date(2026, 11, 12)))
    RentTerm.objects.create(lease=risen, nature="PARKING", amount=Decimal("35.00"), period=period(date(2026, 11, 20)))
    for day, amount in ((11, "331.00"), (7, "299.99"), (29, "410.01")):
        staying = make_let(rent=amount, charges="50.50")
        make_right(lease=staying, amount="250.00", start=date(2026, 2, 1))
        end_contract(staying, date(2026, 11, day))


def end_contract(lease: Lease, on: date) -> None:
    """The contract ends; the household stays."""
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), on), "ENDED", "UNKNOWN"
    lease.save()


def total(node: Reason) -> Decimal:
    """The sum of the leaves."""
    return sum((total(part) for part in node.parts), Decimal(0)) if node.parts else node.amount or Decimal(0)


def in_words(node: Reason) -> str:
    """All the sentences of a tree."""
    own = [node.text(), *(part.text() for part in (node.detail, node.rule) if part)]
    return " / ".join([*own, *(in_words(part) for part in node.parts)])


def test_every_demand_is_rebuilt_to_the_cent_with_a_tree_that_adds_up():
    varied_leases()
    demands = bill()
    assert len(demands) == 13
    assert {d.kind for d in demands} == set(DemandKind)
    found = rebuild(demands)
    for demand in demands:
        rebuilt = found[demand.pk]
        assert (rebuilt.part.total, rebuilt.benefit) == (demand.gross, demand.benefit), demand.inputs
        tree = explain_demand(demand)
        assert tree.amount == total(tree) == demand.net


def test_what_changes_later_does_not_reach_back():
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    [demand] = bill()
    RentTerm.objects.filter(lease=lease, nature="RENT").update(period=period(date(2026, 1, 1), date(2026, 11, 15)))
    RentTerm.objects.create(lease=lease, nature="RENT", amount=Decimal("500.00"), period=period(date(2026, 11, 15)))
    right.period = period(date(2026, 2, 1), date(2026, 11, 1))
    right.save()
    end_contract(lease, date(2026, 11, 20))
    assert (rebuild([demand])[demand.pk].net, explain_demand(demand).amount) == (Decimal("230.00"), Decimal("230.00"))
    rule = explain_demand(demand).rule
    assert rule is not None
    assert "corrigées" not in rule.text()


def test_an_amount_corrected_by_hand_is_said_and_the_stored_one_stays():
    lease = make_let(rent="400.00", charges="80.00")
    [demand] = bill()
    RentTerm.objects.filter(lease=lease, nature="RENT").update(amount=Decimal("1.00"))
    tree = explain_demand(demand)
    assert tree.rule is not None
    assert "corrigées depuis" in tree.rule.text()
    assert tree.amount == total(tree) == Decimal("480.00")


def test_an_explained_draft_is_what_the_run_then_asks():
    varied_leases()
    trees = {lease.pk: explain_draft(NOV, lease.pk, kind_of_lease=lease.kind) for lease in Lease.objects.all()}
    asked: dict[int, Decimal] = {}
    for demand in bill():
        asked[demand.lease_id] = asked.get(demand.lease_id, Decimal(0)) + demand.net
    assert {lease: tree.amount for lease, tree in trees.items() if tree} == asked


def test_an_indemnity_is_named_so_in_its_tree_and_on_its_paper():
    lease = make_let(rent="300.00", charges="30.00")
    end_contract(lease, NOV.first)
    [demand] = bill()
    words = in_words(explain_demand(demand)) + str({k: v for k, v in paper(demand).items() if k != "recipient"})
    assert "Indemnité d’occupation" in words
    assert "oyer" not in words
    document = Document.objects.get()
    assert document.title == f"Indemnité d’occupation de novembre{NB}2026"


# ---------- avis d'échéance ----------


def test_an_avis_says_what_is_asked_why_and_how_to_pay():
    bank = make_bank_account()
    lease = make_let(rent="310.00", charges="31.00", start=date(2026, 11, 17))
    [demand] = bill()
    data = paper(demand)
    assert [(line["label"], line["detail"], line["amount"]) for line in data["lines"]] == [
        ("Loyer", f"14{NB}jours sur 30 de 310,00{NB}€", "144.67"),
        ("Provision pour charges", f"14{NB}jours sur 30 de 31,00{NB}€", "14.47"),
    ]
    assert (data["to_pay"], data["due_on"], data["aid"], data["before"]) == ("159.14", "2026-11-17", None, None)
    assert data["payment_reference"] == lease.payment_reference
    assert data["bank"]["iban"].replace(" ", "") == bank.iban


def test_the_code_of_each_avis_orders_what_it_asks_to_the_account_of_its_contract():
    own, other = make_bank_account(), make_bank_account(held_for=HeldFor.MANDANTS)
    BankAccount.objects.filter(pk=own.pk).update(bic="AGRIFRPP882")
    own.refresh_from_db()
    plain = make_let(rent="412.60", charges="86.40")
    hidden, paid = make_let(rent="300.01", charges="0"), make_let(rent="100.00", charges="0")
    aided = make_let(rent="400.00", charges="80.00")
    make_right(lease=aided, amount="250.00", start=date(2026, 2, 1))
    Lease.objects.filter(pk=aided.pk).update(bank_account=other)
    Person.objects.filter(lease_parties__lease=hidden).update(is_address_protected=True)
    october = {d.lease_id: d for d in bill(OCT)}
    pay(account=october[paid.pk].account_id, on=date(2026, 10, 5), amount="200.00")
    by_lease = {d.lease_id: demand_documents(demands=[d], actor=SYSTEM)[d.pk] for d in bill()}
    for lease, account, amount in ((plain, own, "499.00"), (aided, other, "230.00"), (hidden, own, "300.01")):
        [code] = scanned(by_lease[lease.pk])
        assert code.split("\n") == [
            "BCD", "002", "1", "SCT", account.bic, identity()["name"], account.iban, f"EUR{amount}", "", "",
            lease.payment_reference,
        ]  # fmt: skip
    # Paid ahead: nothing to order.
    assert scanned(by_lease[paid.pk]) == []


def test_an_avis_deducts_the_aid_and_what_was_paid_in_advance():
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    [october] = bill(OCT)
    pay(account=october.account_id, on=date(2026, 10, 5), amount="300.00")
    [demand] = bill()
    data = paper(demand)
    assert (data["aid"], data["aid_from"], data["advance"]) == ("250.00", f"APL, {right.payer}", "70.00")
    assert (data["net"], data["to_pay"]) == ("230.00", "160.00")


def test_a_shortfall_is_due_with_the_term_and_older_debt_stays_apart():
    lease = make_let(rent="400.00", charges="80.00", due_day=5)
    make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    bill(OCT, on=OCT.first)
    bill(NOV, on=NOV.first)
    settle_benefit_month(lease_id=lease.pk, month=OCT, reason="refus de la CAF", actor=make_actor())
    with clock.travel(date(2026, 11, 28)):
        data = paper(bill(DEC)[0])
    # Settled on 10 November, after November's due day: the next term that can print it is December's, due on the 5th.
    assert OpenItem.objects.get(nature=Nature.SHORTFALL).due_on == date(2026, 12, 5)
    assert data["with_it"] == [{"label": f"Aide non versée d’octobre{NB}2026", "amount": "250.00"}]
    # December 230,00 and the shortfall 250,00; October and November, 230,00 each, stay apart.
    assert (data["net"], data["to_pay"], data["before"]) == ("230.00", "480.00", "460.00")


def test_an_avis_issued_after_its_due_day_leaves_days_to_pay_and_is_late_from_there():
    """Loi 89-462, art. 7: the term is due on the contract's day; nobody is late of what was not asked yet."""
    make_let(rent="400.00", charges="0", start=date(2026, 11, 2), due_day=5)
    [demand] = bill(on=date(2026, 11, 28))
    assert (demand.due_on, paper(demand)["due_on"]) == (date(2026, 12, 6), "2026-12-06")
    assert set(Posting.objects.values_list("due_on", flat=True)) == {date(2026, 12, 6)}
    with clock.travel(date(2026, 12, 6)):
        detect_arrears(day=clock.today(), actor=SYSTEM)
        assert not ArrearsCase.objects.exists()
    with clock.travel(date(2026, 12, 7)):
        detect_arrears(day=clock.today(), actor=SYSTEM)
        assert ArrearsCase.objects.get().opened_on == date(2026, 12, 7)


def test_the_days_left_by_a_late_avis_are_a_dated_parameter():
    ParameterValue.objects.create(
        key="rent.days_to_pay", value=15, period=period(date(2026, 11, 1)), source="Délibération"
    )
    make_let(rent="400.00", charges="0")
    [demand] = bill(on=date(2026, 11, 28))
    assert demand.due_on == date(2026, 12, 13)


def test_a_correction_that_asks_no_more_keeps_the_day_that_was_asked_for():
    lease = make_let(rent="300.00", charges="0", due_day=5)
    [demand] = bill(on=NOV.first)
    assert demand.due_on == date(2026, 11, 5)
    with clock.travel(date(2026, 11, 28)):
        end_lease(
            actor=make_actor(), lease=lease, last_day=date(2026, 11, 15), reason=EndReason.UNKNOWN, still_occupied=True
        )
        correct_all(actor=make_actor())
    made = RentDemand.objects.filter(state="ISSUED").order_by("kind")
    # The indemnity of the days after the contract begins on the 16th; nothing is asked anew.
    assert {(d.kind, d.due_on) for d in made} == {
        (DemandKind.TERM, date(2026, 11, 5)),
        (DemandKind.INDEMNITY, date(2026, 11, 16)),
    }


def test_an_avis_claims_what_is_due_on_the_day_of_issue_and_says_the_rest_to_come():
    """C. civ., art. 1342-10 and RULES A2: older debt may be mentioned; a term in arrears is due the month after."""
    lease = make_let(rent="400.00", charges="0", due_rule="ARREARS", due_day=5)
    bill(OCT, on=date(2026, 10, 20))
    bill(NOV, on=date(2026, 11, 20))
    [demand] = bill(DEC, on=date(2026, 11, 28))
    # October's was due on 5 November; November's is due on 5 December, December's on 5 January.
    data = paper(demand)
    assert (data["before"], data["coming"], data["to_pay"]) == ("400.00", "400.00", "400.00")
    assert render(Document.objects.get(kind="rent_demand")).startswith(b"%PDF")
    pay(account=demand.account_id, on=date(2026, 11, 5), amount="400.00")
    [january] = bill(Month(2027, 1), on=date(2026, 11, 29))
    assert (paper(january)["before"], paper(january)["coming"]) == (None, "800.00")
    assert lease.pk == january.lease_id


def test_a_month_asked_early_claims_nothing_of_the_one_before():
    make_let(rent="400.00", charges="0")
    bill(DEC, on=date(2026, 11, 28))
    [demand] = bill(Month(2027, 1), on=date(2026, 11, 28))
    assert (paper(demand)["before"], paper(demand)["coming"]) == (None, "400.00")


def test_avis_of_two_versions_are_printed_together():
    make_let()
    make_let()
    first, second = demand_documents(demands=bill(), actor=SYSTEM).values()
    first.template_version = 1
    assert b"/Count 2" in render_together([first, second], title="Avis")


def test_a_debt_that_a_freeze_holds_is_not_claimed_on_the_avis():
    make_let(rent="400.00", charges="0")
    bill(OCT)
    item = OpenItem.objects.get()
    DebtHold.objects.create(posting_id=item.posting_id, kind=HoldKind.FREEZE, period=period(date(2026, 10, 15)))
    assert paper(bill()[0])["before"] is None


def test_an_avis_says_the_same_whenever_it_is_first_printed():
    make_let(rent="400.00", charges="0")
    [demand] = bill()
    with clock.travel(date(2026, 12, 20)):
        pay(account=demand.account_id, on=date(2026, 12, 18), amount="400.00")
        data = paper(demand)
    assert (data["made_on"], data["advance"], data["to_pay"]) == ("2026-11-10", None, "400.00")


def test_the_rent_of_each_party_goes_to_its_own_account():
    ours, owners = make_bank_account(), make_bank_account(held_for=HeldFor.MANDANTS, label="Mandants")
    body = make_organisation(kinds=["CCAS"])
    public = make_bank_account(held_for=HeldFor.PUBLIC_BODY, organisation=body, label="Régie")
    make_bank_account(held_for=HeldFor.PUBLIC_BODY, label="Autre régie")
    leases = {held: make_let() for held in HeldFor}
    for held, lease in leases.items():
        Lease.objects.filter(pk=lease.pk).update(collected_for=held)
    agreement = leases[HeldFor.PUBLIC_BODY].agreement
    agreement.ordered_by = body
    agreement.save()
    found = {d.lease_id: paper(d)["bank"]["iban"].replace(" ", "") for d in bill()}
    assert found == {
        leases[HeldFor.ITSELF].pk: ours.iban,
        leases[HeldFor.MANDANTS].pk: owners.iban,
        leases[HeldFor.PUBLIC_BODY].pk: public.iban,
    }


def test_a_protected_address_is_on_no_paper():
    lease = make_let()
    Person.objects.filter(lease_parties__lease=lease).update(is_address_protected=True)
    [demand] = bill()
    data = paper(demand)
    assert data["recipient"][1:] == [HAND_DELIVERED]
    assert data["home"] == ""
    assert lease.unit.dwelling.building.street not in str(data)


def test_the_co_holder_is_named_and_the_guarantor_is_not():
    lease = make_let()
    for role, last in (("CO_HOLDER", "Diallo"), ("GUARANTOR", "Caution")):
        person = Person.objects.create(civility="M", first_name="Omar", last_name=last)
        LeaseParty.objects.create(lease=lease, person=person, role=role, period=period(date(2026, 1, 1)))
    name = paper(bill()[0])["recipient"][0]
    assert "et M. Omar Diallo" in name
    assert "Caution" not in name


@pytest.mark.parametrize(("last_day", "named"), [("2026-10-31", False), ("2026-11-30", True), (None, True)])
def test_a_co_holder_who_left_is_on_no_later_avis(last_day, named):
    # Case 16c. The avis of November.
    lease = make_let()
    person = Person.objects.create(civility="M", first_name="Omar", last_name="Diallo")
    end = date.fromisoformat(last_day) + timedelta(days=1) if last_day else None
    LeaseParty.objects.create(lease=lease, person=person, role="CO_HOLDER", period=period(date(2026, 1, 1), end))
    name = paper(bill()[0])["recipient"][0]
    assert ("M. Omar Diallo" in name) == named
    assert not name.startswith("M. Omar")


def test_after_the_contract_who_owed_at_its_end_is_named():
    parties = [
        LeaseParty(pk=1, person=Person(civility="M", last_name="Diallo"), role="CO_HOLDER",
                   period=period(date(2026, 1, 1), date(2026, 3, 1))),
        LeaseParty(pk=2, person=Person(civility="M", last_name="Roy"), role="CO_HOLDER",
                   period=period(date(2026, 1, 1), date(2026, 11, 1))),
        LeaseParty(pk=3, person=Person(civility="MME", last_name="Sarr"), role="HOLDER",
                   period=period(date(2026, 1, 1), date(2026, 11, 1))),
    ]  # fmt: skip
    named = papers._names(parties, date(2026, 12, 1))
    assert ("Sarr" in named, "Roy" in named, "Diallo" in named) == (True, True, False)
    assert named.index("Sarr") < named.index("Roy")
    assert papers._names([], date(2026, 12, 1)) == ""


def test_a_thousand_avis_cost_a_constant_number_of_queries(django_assert_max_num_queries):
    for _ in range(8):
        make_right(lease=make_let(), start=date(2026, 2, 1))
    demands = bill()
    with django_assert_max_num_queries(20):
        documents = demand_documents(demands=demands, actor=SYSTEM)
    assert len(documents) == 8
    pdf = render_together([documents[d.pk] for d in demands], title="Avis")
    assert pdf.startswith(b"%PDF")
    one = documents[demands[0].pk]
    assert render(one) == render(Document.objects.get(pk=one.pk))


def test_a_demand_cancelled_before_it_was_printed_has_no_paper():
    make_let()
    [demand] = bill()
    drain(undo_run(run=demand.run, actor=make_actor()).job_id)
    demand.refresh_from_db()
    with pytest.raises(Conflict, match="annulé"):
        demand_documents(demands=[demand], actor=SYSTEM)


# ---------- statement ----------


def test_a_statement_on_paper_has_the_lines_of_the_page():
    make_let(rent="400.00", charges="0")
    [demand] = bill(on=NOV.first)
    pay(account=demand.account_id, on=date(2026, 11, 5), amount="150.00")
    read = statement(demand.account_id)
    data = statement_document(account=demand.account, statement=read, actor=SYSTEM).data
    assert [(line["on"], line["due"], line["received"], line["remaining"]) for line in data["lines"]] == [
        ("2026-11-01", "400.00", None, "400.00"),
        ("2026-11-05", None, "150.00", "250.00"),
    ]
    assert (data["due"], data["received"], data["remaining"]) == ("400.00", "150.00", "250.00")
    assert render(Document.objects.get()).startswith(b"%PDF")


def test_a_statement_of_a_former_year_says_what_is_owed_today():
    make_let(rent="400.00", charges="0")
    account = bill(OCT, on=OCT.first)[0].account
    pay(account=account.pk, on=date(2026, 10, 5), amount="150.00")
    with clock.travel(date(2027, 1, 10)):
        bill(Month(2027, 1), on=date(2027, 1, 1))
        refresh(account_ids=[account.pk])
        data = statement_document(account=account, statement=statement(account.pk, year=2026), actor=SYSTEM).data
    # 250,00 were left at the end of 2026; January's 400,00 are owed too.
    assert (data["remaining"], data["owed"], data["total"]) == ("250.00", "650.00", "650.00")


def test_what_is_paid_ahead_of_a_term_that_was_asked_is_no_advance_on_paper():
    """The page says nothing in advance and 380,00 to come; the paper said 20,00 in advance, and 380,00 to come."""
    make_let(rent="400.00", charges="0")
    account = bill(NOV, on=NOV.first)[0].account
    bill(DEC, on=date(2026, 11, 28))
    with clock.travel(date(2026, 11, 28)):
        pay(account=account.pk, on=date(2026, 11, 28), amount="420.00")
        read = statement(account.pk)
        data = statement_document(account=account, statement=read, actor=SYSTEM).data
        assert render(Document.objects.get(kind="account_statement")).startswith(b"%PDF")
    assert read.remaining == Decimal("-20.00")
    assert (data["owed"], data["advance"], data["upcoming"], data["total"]) == ("0.00", None, "380.00", "380.00")


def test_an_account_without_a_movement_has_no_statement():
    make_let(rent="400.00", charges="0")
    [demand] = bill()
    empty = statement(demand.account_id, day=date(2025, 1, 1))
    with pytest.raises(InvalidInput, match="Aucun mouvement"):
        statement_document(account=demand.account, statement=empty, actor=SYSTEM)


@pytest.mark.parametrize(("mode", "words"), [("PROVISION", "Provision pour charges"), ("FLAT", "Forfait de charges")])
def test_the_avis_and_its_reasons_say_whether_charges_are_a_provision_or_a_flat_sum(mode, words):
    """Loi 89-462, art. 23 and 25-10: a provision is settled, a flat sum is not."""
    lease = make_let(rent="400.00", charges="80.00")
    RentTerm.objects.filter(lease=lease, nature="CHARGES").update(mode=mode)
    draft = explain_draft(NOV, lease.pk, kind_of_lease=lease.kind)
    [demand] = bill()
    assert [line["label"] for line in paper(demand)["lines"]] == ["Loyer", words]
    assert words in [part.text() for part in explain_demand(demand).parts]
    assert draft is not None
    assert words in [part.text() for part in draft.parts]


@pytest.mark.parametrize(
    ("since", "direct", "words"),
    [
        (None, True, "aucun droit à l’aide ce mois-ci"),
        (date(2026, 1, 1), False, "aide versée au ménage, pas au bailleur"),
        (date(2026, 11, 1), True, "pas d’aide pour le mois d’entrée"),
    ],
)
def test_an_issued_avis_says_why_no_aid_was_expected_whatever_changed_since(since, direct, words):
    lease = make_let(start=date(2026, 11, 1) if words.endswith("entrée") else date(2026, 1, 1))
    if since:
        right = make_right(lease=lease, amount="250.00", start=since)
        right.is_direct = direct
        right.save()
    [demand] = bill()
    BenefitRight.objects.all().delete()
    make_right(lease=lease, amount="250.00", start=date(2026, 1, 1))
    aid = next(part for part in explain_demand(demand).parts if part.text() == "Aide au logement")
    assert aid.detail is not None
    assert aid.detail.text() == words
