"""What of a bordereau was received before."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from common import clock
from common.errors import Conflict
from rent_ledger.benefits.services.benefit_statements import (
    import_benefit_statement,
)
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import (
    BenefitStatement,
    Entry,
)
from tests.factories import make_payer
from tests.rent_ledger.aids import PAID, SYSTEM, bordereau, bring, housed
from tests.rent_ledger.banking import balance
from tests.rent_ledger.benefits.services.test_benefits import aid_account, state

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-26")]


def test_the_same_bordereau_twice_is_refused():
    _, right = housed()
    row = (right.beneficiary_number, "11/2026", "250,00")
    bring(right.payer, row)
    with pytest.raises(Conflict, match="déjà été importé le 26/11/2026"):
        bring(right.payer, row)
    assert BenefitStatement.objects.count() == 1


def resaved(change: str, number: str, name: str = "SARR Hélène") -> bytes:
    """A bordereau of two lines, as it came (« as it came ») or as a spreadsheet or an editor leaves it."""
    first, second = f"0{number};{name};11/2026;APL;250,00", f"7777777;{name};10/2026;APL;1 250,50"
    text = f"allocataire;nom;mois;nature;montant\n{first}\n{second}\n"
    return {
        "as it came": text.encode(),
        "a newline more": f"{text}\n".encode(),
        "other line ends": text.replace("\n", "\r\n").encode(),
        "other encoding": text.encode("cp1252"),
        "a mark of encoding": text.encode("utf-8-sig"),
        "another delimiter": text.replace(",", ".").replace(";", ",").encode(),
        "other order": f"allocataire;nom;mois;nature;montant\n{second}\n{first}\n".encode(),
        "a foot": f"{text};Total;;;1 500,50\n".encode(),
        "no leading zero": text.replace(f"0{number}", number).encode(),
        "months written otherwise": text.replace("11/2026", "01/11/2026").replace("10/2026", "2026-10").encode(),
        "the name garbled": text.replace("é", "??").encode(),
    }[change]


@pytest.mark.parametrize("wet", [True, False])
@pytest.mark.parametrize(
    "change",
    ["as it came", "a newline more", "other line ends", "other encoding", "a mark of encoding", "another delimiter",
     "other order", "a foot", "no leading zero", "months written otherwise", "the name garbled"],
)  # fmt: skip
def test_the_same_lines_in_another_file_are_refused(change, wet):
    lease, right = housed()
    with clock.travel(date(2026, 11, 26)):
        import_benefit_statement(
            data=resaved("as it came", right.beneficiary_number), name="b.csv", payer=right.payer, paid_on=PAID,
            actor=SYSTEM,
        )  # fmt: skip
    before = (state(lease).debt, state(lease).credit, Entry.objects.count())
    with pytest.raises(Conflict) as refused, clock.travel(date(2026, 11, 30)):
        import_benefit_statement(
            data=resaved(change, right.beneficiary_number), name="c.csv", payer=right.payer,
            paid_on=date(2026, 11, 30), actor=SYSTEM, wet=wet, again=True,
        )  # fmt: skip
    assert "importé le 26/11/2026 (« b.csv »" in refused.value.message
    assert (state(lease).debt, state(lease).credit, Entry.objects.count()) == before


def test_the_database_refuses_the_same_lines_of_a_payer():
    _, right = housed()
    report = bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    first = BenefitStatement.objects.get(pk=report.statement_id)
    facts = {"paid_on": PAID, "total": first.total, "file_name": "b.csv", "lines_sha256": first.lines_sha256}
    BenefitStatement.objects.create(payer=make_payer(), sha256="1" * 64, **facts)
    with pytest.raises(IntegrityError, match="benefit_statement_lines_once"):
        BenefitStatement.objects.create(payer=right.payer, sha256="2" * 64, **facts)


def test_the_next_month_and_the_same_amounts_of_another_payer_are_no_repetition():
    _, right = housed()
    other, _ = make_payer(), housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    report = bring(right.payer, (right.beneficiary_number, "10/2026", "250,00"))
    elsewhere = import_benefit_statement(
        data=bordereau((right.beneficiary_number, "11/2026", "250,00")) + b"\n", name="b.csv", payer=other,
        paid_on=PAID, actor=SYSTEM,
    )  # fmt: skip
    assert (report.repeated, elsewhere.repeated) == ([], [])


def test_a_line_received_before_is_not_credited_again_unasked():
    """250 received for November, then a file with the same line and October's: one line to confirm."""
    lease, right = housed()
    first = bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    rows = ((right.beneficiary_number, "11/2026", "250,00"), (right.beneficiary_number, "10/2026", "250,00"))
    dry = bring(right.payer, *rows, wet=False)
    assert [(m.line.rank, earlier.pk) for m, earlier in dry.repeated] == [(2, first.statement_id)]
    before = (state(lease).debt, state(lease).credit)
    with pytest.raises(Conflict, match="1.ligne déjà reçue.*26/11/2026") as refused:
        bring(right.payer, *rows)
    assert refused.value.code == "lines_again"
    assert (state(lease).debt, state(lease).credit) == before == (Decimal("230.00"), 0)
    bring(right.payer, *rows, again=True)
    # November's second 250 pay the 230 due, 20 are left. October's wait for its demand.
    assert (state(lease).debt, state(lease).credit) == (0, Decimal("20.00"))
    assert check_ledger() == []


def test_a_rappel_of_the_same_amount_in_one_bordereau_is_no_repetition():
    lease, right = housed()
    row = (right.beneficiary_number, "11/2026", "125,00")
    assert bring(right.payer, row, row).repeated == []
    assert (state(lease).debt, balance(aid_account(right))) == (Decimal("230.00"), 0)


REPEATED = [
    # what came first (number, month, amount), what comes, is it a repetition?
    ("the same", ("11/2026", "250,00"), ("11/2026", "250,00"), True),
    ("zeros and spaces", ("11/2026", "250,00"), ("11/2026", "250"), True),
    ("other amount", ("11/2026", "250,00"), ("11/2026", "249,99"), False),
    ("other month", ("11/2026", "250,00"), ("10/2026", "250,00"), False),
    ("an indu", ("11/2026", "-40,00"), ("11/2026", "-40,00"), True),
    ("its opposite", ("11/2026", "250,00"), ("11/2026", "-250,00"), False),
    ("nothing twice", ("11/2026", "0,00"), ("11/2026", "0,00"), False),
]


@pytest.mark.parametrize(("first", "then", "is_repeated"), [c[1:] for c in REPEATED], ids=[c[0] for c in REPEATED])
def test_what_is_a_repeated_line(first, then, is_repeated):
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, *first))
    dry = bring(right.payer, ("8888", "11/2026", "1,00"), (f"0{right.beneficiary_number}", *then), wet=False)
    assert bool(dry.repeated) is is_repeated


def test_a_line_that_nobody_recognised_yet_is_repeated_too():
    payer = make_payer()
    bring(payer, ("7777777", "11/2026", "250,00"))
    dry = bring(payer, ("8888", "11/2026", "1,00"), ("7777777", "11/2026", "250,00"), wet=False)
    assert [m.line.number for m, _ in dry.repeated] == ["7777777"]


def test_a_line_by_its_lease_repeats_the_line_by_its_number():
    lease, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    data = f"bail;mois;montant\n{lease.reference};11/2026;250,00\n".encode()
    with pytest.raises(Conflict, match="déjà reçue"):
        import_benefit_statement(data=data, name="b.csv", payer=right.payer, paid_on=PAID, actor=SYSTEM)
