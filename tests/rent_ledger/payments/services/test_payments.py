"""Money taken at the desk."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.typography import long_date
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.codes import Role
from office.documents.services import render
from office.models import Document
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import benefit_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Account, AccountState, Entry, LedgerMonth, Payment
from rent_ledger.payments.services.payment_receipts import payment_receipt
from rent_ledger.payments.services.payments import cancel_payment, take_payment
from tests.at_once import both_at_once
from tests.factories import ANYWAY, make_actor, make_association, make_let, make_right, owe
from tests.pdf import pdf_text
from tests.rent_ledger.banking import balance

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


def take(account: int, *, key: UUID | None = None, actor=None, **changes: object) -> Payment:
    facts: dict[str, object] = {
        "method": "CASH", "amount": Decimal("120.00"), "received_on": TODAY, "payer": "Mme Essai",
    }  # fmt: skip
    return take_payment(
        account=Account.objects.get(pk=account), request_key=key or uuid4(), actor=actor or make_actor(),
        **(facts | changes),  # type: ignore[arg-type]
    )  # fmt: skip


def debtor() -> int:
    return owe(lease=make_let(), due_on=date(2026, 11, 1), amount="480.00")


@pytest.mark.parametrize(
    ("method", "desk"), [("CASH", General.CASH), ("CHEQUE", General.CHEQUES), ("CARD", General.CARDS)]
)
def test_money_is_counted_and_laid_at_once(method, desk):
    account = debtor()
    payment = take(account, method=method)
    assert (balance(desk), AccountState.objects.get().debt) == (Decimal("120.00"), Decimal("360.00"))
    assert payment.entry.idempotency_key == f"payment:{payment.pk}"
    assert check_ledger() == []


def test_receipts_are_numbered_one_after_the_other():
    account = debtor()
    numbers = [take(account).number for _ in range(3)]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


@pytest.mark.parametrize("changes", [{"received_on": date(2026, 11, 4)}, {"payer": "Sa sœur"}, {"note": "acompte"}])
def test_a_form_sent_again_with_something_else_is_refused(changes):
    account, key = debtor(), uuid4()
    take(account, key=key)
    with pytest.raises(Conflict) as refused:
        take(account, key=key, **changes)
    assert (refused.value.code, Payment.objects.count()) == ("key_reused", 1)


def test_a_form_sent_again_after_its_payment_was_undone_takes_nothing_and_says_so():
    """By the button « back » of the browser."""
    account, key = debtor(), uuid4()
    cancel_payment(payment_id=take(account, key=key).pk, actor=make_actor())
    with pytest.raises(Conflict, match="a été annulé"):
        take(account, key=key)
    assert Payment.objects.count() == 1


def test_a_double_click_is_one_payment():
    account, key = debtor(), uuid4()
    assert take(account, key=key) == take(account, key=key)
    assert Payment.objects.count() == 1
    with pytest.raises(Conflict, match="déjà servi"):
        take(account, key=key, amount=Decimal("121.00"))


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_payment():
    account, key, actor = debtor(), uuid4(), make_actor()
    results = both_at_once(*[lambda: take(account, key=key, actor=actor)] * 2)
    assert results[0] == results[1]
    assert Payment.objects.count() == 1
    assert balance(General.CASH) == Decimal("120.00")


def test_a_past_month_is_allowed_and_a_closed_one_is_booked_later():
    account = debtor()
    LedgerMonth.objects.create(month=date(2026, 9, 1), closed_at="2026-10-10T09:00:00Z")
    entry = Entry.objects.get(pk=take(account, received_on=date(2026, 9, 12)).entry_id)
    assert (entry.effective_on, entry.booked_on) == (date(2026, 9, 12), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"received_on": date(2026, 11, 6)}, "received_on"),
        ({"amount": Decimal("0.00")}, "amount"),
        ({"amount": Decimal("-5.00")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"amount": Decimal("1000000.01"), "answers": ANYWAY}, "amount"),
        ({"amount": Decimal("9999999999.99"), "answers": ANYWAY}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"received_on": date.min}, "received_on"),
        ({"received_on": date(1999, 12, 31)}, "received_on"),
        ({"method": "SHELLS"}, "method"),
    ],
)
def test_what_cannot_be_is_refused_in_its_field(changes, field):
    account = debtor()
    with pytest.raises(InvalidInput) as refusal:
        take(account, **changes)
    assert refusal.value.field == field
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("method", "amount", "words"),
    [
        # 480,00 are due, 480,00 are to come.
        ("CHEQUE", "960.00", None),
        ("CHEQUE", "960.01", "0,01 € resteraient en avance"),
        ("CARD", "9600.00", "ce compte doit 960,00 €, échéances à venir comprises"),
        ("CASH", "960.00", None),
        ("CASH", "1000.01", "plus de 1 000,00 € en espèces"),
    ],
)
def test_more_than_is_owed_or_much_cash_is_asked_about(method, amount, words):
    account = debtor()
    owe(lease=Account.objects.get(pk=account).lease, due_on=date(2026, 12, 1), amount="480.00")
    if words is None:
        assert take(account, method=method, amount=Decimal(amount))
        return
    with pytest.raises(Conflict) as refusal:
        take(account, method=method, amount=Decimal(amount))
    assert refusal.value.code in ("above_due", "much_cash")
    assert words.lower() in refusal.value.message.lower().replace("\u00a0", " ").replace("\u202f", " ")
    assert Payment.objects.count() == 0
    assert take(account, method=method, amount=Decimal(amount), answers=ANYWAY)


def test_a_payment_of_a_day_before_the_contract_is_asked_about():
    account = debtor()
    begins = Account.objects.get(pk=account).lease.period.lower
    assert take(account, received_on=begins)
    with pytest.raises(Conflict, match=f"ne commence que le {long_date(begins)}") as refusal:
        take(account, received_on=begins - timedelta(days=1))
    assert refusal.value.code == "before_contract"
    assert take(account, received_on=begins - timedelta(days=1), answers=ANYWAY)


def test_a_payment_that_was_confirmed_is_not_asked_about_when_it_is_sent_again():
    account, key = debtor(), uuid4()
    first = take(account, key=key, method="CARD", amount=Decimal("500.00"), answers=ANYWAY)
    assert take(account, key=key, method="CARD", amount=Decimal("500.00")) == first


def receipt(payment: Payment) -> dict:
    return payment_receipt(payment=payment, actor=make_actor()).data


def test_the_receipt_names_what_pays_no_debt():
    make_association()
    paper = receipt(take(debtor(), amount=Decimal("500.00"), answers=ANYWAY))
    assert (paper["debt_before"], paper["debt_after"], paper["ahead"]) == ("480.00", "0.00", "20.00")


def test_the_receipt_names_the_terms_that_it_pays_and_none_that_is_to_come():
    make_association()
    lease = make_let()
    for due_on, amount in ((date(2026, 10, 1), "100.00"), (date(2026, 11, 1), "480.00"), (date(2026, 12, 1), "480.00")):
        account = owe(lease=lease, due_on=due_on, amount=amount)
    paper = payment_receipt(payment=take(account, amount=Decimal("600.00"), answers=ANYWAY), actor=make_actor())
    asked = [{"month": "2026-10", "amount": "100.00"}, {"month": "2026-11", "amount": "480.00"}]
    assert (paper.data["terms"], paper.data["ahead"]) == (asked, "20.00")
    printed = " ".join(pdf_text(render(paper)).split())
    assert "Octobre 2026 100,00 €" in printed.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_receipt_made_after_the_payment_was_undone_names_no_term():
    make_association()
    payment = take(debtor(), amount=Decimal("100.00"))
    cancel_payment(payment_id=payment.pk, actor=make_actor())
    assert receipt(payment)["terms"] == []


def test_the_receipt_knows_what_was_received_before_it_was_typed_whatever_its_day():
    make_association()
    account = debtor()
    with clock.travel(date(2026, 11, 28)):
        take(account, amount=Decimal("380.00"), received_on=date(2026, 11, 28))
        late = take(account, method="CHEQUE", amount=Decimal("100.00"), received_on=date(2026, 11, 27))
        paper = receipt(late)
    assert (paper["received_on"], paper["made_on"]) == ("2026-11-27", "2026-11-28")
    assert (paper["debt_before"], paper["debt_after"], paper["ahead"]) == ("100.00", "0.00", None)


def test_the_aid_of_a_term_to_come_lowers_no_receipt():
    """Its demand is on the books already: it asks the rent, less the aid, from its due day on."""
    make_association()
    lease = make_let()
    right = make_right(lease=lease, amount="256.00", start=date(2026, 1, 1))
    account = owe(lease=lease, due_on=date(2026, 11, 1), amount="306.81")
    aid = benefit_accounts([(lease.pk, right.payer_id)])[lease.pk, right.payer_id]
    december = (
        NewPosting(account, General.RENT_INCOME, Decimal("480.00"), Nature.RENT, date(2026, 12, 5), date(2026, 12, 1)),
        NewPosting(aid, account, Decimal("256.00"), Nature.BENEFIT, date(2026, 12, 5), date(2026, 12, 1)),
    )
    post(entries=[NewEntry(EntryKind.DEMAND, "december", date(2026, 12, 5), december)], actor=Actor.system())
    paper = receipt(take(account, amount=Decimal("50.00")))
    assert (paper["debt_before"], paper["debt_after"], paper["ahead"]) == ("306.81", "256.81", None)


def test_a_payment_that_was_undone_before_is_not_in_the_debt_of_the_next_receipt():
    make_association()
    account = debtor()
    with clock.travel(date(2026, 11, 28)):
        wrong = take(account, amount=Decimal("100.00"), received_on=date(2026, 11, 28))
        cancel_payment(payment_id=wrong.pk, actor=make_actor())
        paper = receipt(take(account, method="CHEQUE", amount=Decimal("100.00"), received_on=date(2026, 11, 27)))
    assert (paper["debt_before"], paper["debt_after"]) == ("480.00", "380.00")


@pytest.mark.parametrize("printed", [True, False], ids=["printed before", "printed after"])
def test_the_receipt_of_a_payment_that_was_undone_says_so(printed):
    make_association()
    payment, actor = take(debtor()), make_actor()
    given = render(payment_receipt(payment=payment, actor=actor)) if printed else None
    with clock.travel(date(2026, 11, 28)):
        cancel_payment(payment_id=payment.pk, actor=actor)
    paper = payment_receipt(payment=payment, actor=actor)
    assert paper.cancelled_at is not None
    assert paper.cancelled_at.astimezone(clock.PARIS).date() == date(2026, 11, 28)
    assert render(paper) not in (given, b"")
    paper = Document.objects.defer(None).get(pk=paper.pk)
    # The bytes that were given are kept as they were.
    assert (bytes(paper.pdf) if paper.pdf else None) == given


def test_money_goes_to_a_household_only():
    with pytest.raises(InvalidInput):
        take(General.CASH)


def test_a_payment_typed_wrong_is_undone_once():
    account = debtor()
    payment = take(account)
    cancel_payment(payment_id=payment.pk, actor=make_actor())
    assert (AccountState.objects.get().debt, balance(General.CASH)) == (Decimal("480.00"), 0)
    with pytest.raises(Conflict):
        cancel_payment(payment_id=payment.pk, actor=make_actor())


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
def test_only_the_rental_manager_takes_money(role):
    account = debtor()
    with pytest.raises(NotAllowed):
        take(account, actor=make_actor(role=role))


@pytest.mark.parametrize("single", ["request_key", "entry_id", "number"])
def test_the_database_keeps_payments_single(single):
    account = debtor()
    first, second = take(account), take(account)
    with pytest.raises(IntegrityError, match=f"rent_ledger_payment_{single}"), transaction.atomic():
        Payment.objects.filter(pk=second.pk).update(**{single: getattr(first, single)})
