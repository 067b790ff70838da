"""Whatever a superuser changes behind the triggers, `check_ledger` notices it, or the database refuses it."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from common import clock
from demo import generator
from office.access.actor import Actor
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.bank.services.inbox import undo_match
from rent_ledger.billing.services.receipts import issue_due_receipts
from rent_ledger.books.codes import PaymentMethod
from rent_ledger.books.services import projections
from rent_ledger.checking.services import check_ledger
from rent_ledger.checking.services.prints import take_prints
from rent_ledger.models import Account, AccountState, Allocation, LedgerPrint, Match, Receipt
from rent_ledger.payments.services.payments import take_payment
from tests.factories import ANYWAY, make_actor

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
# Any household's account, debt of rent, payment of the bank, aid.
TENANT = "(SELECT account_id FROM rent_ledger_accountstate ORDER BY 1 LIMIT 1)"
OTHER = "(SELECT account_id FROM rent_ledger_accountstate ORDER BY 1 DESC LIMIT 1)"
RENT = "(SELECT min(id) FROM rent_ledger_posting WHERE nature = 'RENT')"
PAID = "(SELECT max(id) FROM rent_ledger_posting WHERE nature = 'PAYMENT')"
AID = (
    "(SELECT min(p.id) FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind = 'BENEFIT')"
)
DESK = "(SELECT max(entry_id) FROM rent_ledger_payment)"
BANK_PAID = (
    "(SELECT min(p.id) FROM rent_ledger_posting p JOIN rent_ledger_match m ON m.entry_id = p.entry_id "
    f"AND m.is_accepted AND m.account_id <> {OTHER})"
)
AID_ENTRY = "(SELECT min(id) FROM rent_ledger_entry WHERE kind = 'BENEFIT')"
ANY = "(SELECT min(id) FROM rent_ledger_entry)"
DROP_DESK = (
    "DELETE FROM rent_ledger_allocation WHERE credit_posting_id IN "
    f"(SELECT id FROM rent_ledger_posting WHERE entry_id = {DESK});"
    f"DELETE FROM rent_ledger_posting WHERE entry_id = {DESK};"
)
FORGE = (
    "INSERT INTO rent_ledger_entry "
    "(id, kind, effective_on, booked_on, month, recorded_at, idempotency_key, payload_hash, label)"
    " VALUES (900000, '{kind}', '2026-10-05', '2026-10-05', '2026-10-01', '{at}', '{key}', '', '');"
    "INSERT INTO rent_ledger_posting (id, entry_id, debit_id, credit_id, amount, nature, due_on, effective_on)"
    " VALUES (900000, 900000, {debit}, {credit}, 120, '{nature}', '2026-10-05', '2026-10-05');"
)  # fmt: skip
NOW = "2026-11-21 08:00+01"
THEN = "2026-10-05 10:00+02"

# The kinds of corruption, in the order of the table. `rebuilt`: the projections are made again after it.
CORRUPTIONS: list[tuple[str, bool, str]] = [
    # -- postings and entries
    ("nature of a posting", False, f"UPDATE rent_ledger_posting SET nature = 'REPAIRS' WHERE id = {RENT}"),
    ("nature of a posting, rebuilt", True, f"UPDATE rent_ledger_posting SET nature = 'REPAIRS' WHERE id = {RENT}"),
    ("due day of a posting", False, f"UPDATE rent_ledger_posting SET due_on = due_on + 40 WHERE id = {RENT}"),
    ("due day of a posting, rebuilt", True, f"UPDATE rent_ledger_posting SET due_on = due_on + 40 WHERE id = {RENT}"),
    ("month of a posting", True, f"UPDATE rent_ledger_posting SET for_month = '2025-01-01' WHERE id = {RENT}"),
    ("month of aid", True, f"UPDATE rent_ledger_posting SET for_month = '2025-01-01' WHERE id = {AID}"),
    ("income account", True, f"UPDATE rent_ledger_posting SET credit_id = (SELECT max(id) FROM rent_ledger_account "
     f"WHERE kind = 'GENERAL') WHERE id = {RENT}"),
    ("kind of an entry", False, f"UPDATE rent_ledger_entry SET kind = 'ADJUST' WHERE id = {AID_ENTRY}"),
    ("label of an entry", False, f"UPDATE rent_ledger_entry SET label = 'Autre' WHERE id = {ANY}"),
    ("author of an entry", False, f"UPDATE rent_ledger_entry SET author_id = (SELECT min(id) FROM office_user) "
     f"WHERE id = {AID_ENTRY}"),
    ("when an entry was recorded", False,
     f"UPDATE rent_ledger_entry SET recorded_at = recorded_at - interval '1 hour' WHERE id = {ANY}"),
    ("booking day of an entry, within its month", False,
     f"UPDATE rent_ledger_entry SET booked_on = month WHERE id = {AID_ENTRY}"),
    ("booking day and month that disagree", False,
     f"UPDATE rent_ledger_entry SET booked_on = booked_on + 60 WHERE id = {ANY}"),
    ("month of an entry", False, f"UPDATE rent_ledger_entry SET month = '2025-01-01' WHERE id = {ANY}"),
    ("key of a payment", False, f"UPDATE rent_ledger_entry SET idempotency_key = 'x' WHERE id = {DESK}"),
    ("hash of a payment", False, f"UPDATE rent_ledger_entry SET payload_hash = 'x' WHERE id = {DESK}"),
    ("money of a payment that was taken back, laid on a debt", True, """
        WITH gone AS (
            SELECT c.id, min(a.debit_posting_id) FILTER (WHERE a.rule = 'REVERSAL') AS mirror,
                min(a.debit_posting_id) FILTER (WHERE a.rule = 'UNDONE') AS debt, c.amount
            FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
            JOIN rent_ledger_posting d ON d.id = a.debit_posting_id
            WHERE a.rule IN ('REVERSAL', 'UNDONE') AND c.nature = 'PAYMENT' AND d.debit_id = c.credit_id
            GROUP BY c.id HAVING count(DISTINCT a.rule) = 2 LIMIT 1
        )
        INSERT INTO rent_ledger_allocation (debit_posting_id, credit_posting_id, amount, rule, "on", reason)
        SELECT mirror, id, -1, 'UNDONE', '2026-11-21'::date, '' FROM gone
        UNION ALL SELECT debt, id, 1, 'OLDEST', '2026-11-21'::date, '' FROM gone"""),
    ("what a reversal reverses", False,
     "UPDATE rent_ledger_entry SET reverses_id = NULL WHERE reverses_id IS NOT NULL"),
    # -- with the projections rebuilt
    ("amount of aid received", True, f"UPDATE rent_ledger_posting SET amount = amount + 1 WHERE id = {AID}"),
    ("entry of a desk payment dropped, its paper stays", True,
     DROP_DESK + f"DELETE FROM rent_ledger_entry WHERE id = {DESK}"),
    ("entry and paper of a desk payment dropped", True,
     DROP_DESK + "DELETE FROM rent_ledger_payment WHERE number = (SELECT max(number) FROM rent_ledger_payment)"),
    ("aid dropped", True,
     f"DELETE FROM rent_ledger_allocation WHERE credit_posting_id = {AID} OR debit_posting_id = {AID};"
     f"DELETE FROM rent_ledger_posting WHERE entry_id = {AID_ENTRY};"
     f"DELETE FROM rent_ledger_entry WHERE id = {AID_ENTRY}"),
    ("payment moved to another household", True,
     f"DELETE FROM rent_ledger_allocation WHERE credit_posting_id = {PAID};"
     f"UPDATE rent_ledger_posting SET credit_id = {OTHER} WHERE id = {PAID}"),
    ("bank payment moved to another household", True,
     f"DELETE FROM rent_ledger_allocation WHERE credit_posting_id = {BANK_PAID};"
     f"UPDATE rent_ledger_posting SET credit_id = {OTHER} WHERE id = {BANK_PAID}"),
    ("effective day of a payment", True,
     f"UPDATE rent_ledger_entry SET effective_on = effective_on - 9 WHERE id = {DESK};"
     f"UPDATE rent_ledger_posting SET effective_on = effective_on - 9, due_on = due_on - 9 WHERE entry_id = {DESK}"),
    ("forged debt", True, FORGE.format(
        kind="DEMAND", at="2026-11-21 09:00+01", key="demand:900000", debit=TENANT, credit=706, nature="RENT")),
    ("forged debt of a day that is over", True, FORGE.format(
        kind="ADJUST", at=THEN, key="x", debit=TENANT, credit=706, nature="RENT")),
    ("forged entry between general accounts", False, FORGE.format(
        kind="BANK", at="2026-11-21 09:00+01", key="x", debit="(SELECT min(id) FROM rent_ledger_account)",
        credit="(SELECT max(id) FROM rent_ledger_account WHERE id < 1000)", nature="PAYMENT")),
    ("forged payment", True, FORGE.format(
        kind="PAYMENT", at="2026-11-21 09:00+01", key="payment:900000",
        debit="(SELECT min(id) FROM rent_ledger_account)", credit=TENANT, nature="PAYMENT")),
    # -- allocations, open items, states
    ("rule of an allocation", False, "UPDATE rent_ledger_allocation SET rule = 'DESIGNATED' WHERE rule = 'OLDEST'"),
    ("rule of an allocation: deducted", False,
     "UPDATE rent_ledger_allocation SET rule = 'DEDUCTED' WHERE rule = 'OLDEST'"),
    ("rule of an allocation: reversal", False,
     "UPDATE rent_ledger_allocation SET rule = 'REVERSAL' WHERE rule = 'OLDEST'"),
    ("rule of an allocation: aid of a month", False,
     "UPDATE rent_ledger_allocation SET rule = 'MONTH' WHERE rule = 'OLDEST'"),
    ("rule of an allocation of aid", False, "UPDATE rent_ledger_allocation SET rule = 'OLDEST' WHERE rule = 'MONTH'"),
    ("rule of an allocation: what the payer named", False,
     "UPDATE rent_ledger_allocation SET rule = 'OLDEST' WHERE rule = 'DESIGNATED'"),
    ("rule of an allocation: a person", False,
     "UPDATE rent_ledger_allocation SET rule = 'PERSON' WHERE rule = 'OLDEST'"),
    ("rule of an allocation: undone", False,
     "UPDATE rent_ledger_allocation SET rule = 'OLDEST' WHERE rule = 'UNDONE'"),
    ("day of an allocation", False,
     'UPDATE rent_ledger_allocation SET "on" = "on" - 1 WHERE id = (SELECT max(id) FROM rent_ledger_allocation)'),
    ("noise of allocations", False,
     'INSERT INTO rent_ledger_allocation (debit_posting_id, credit_posting_id, amount, rule, "on", reason) '
     "SELECT debit_posting_id, credit_posting_id, sign, 'UNDONE', \"on\", '' FROM rent_ledger_allocation, "
     "(VALUES (1), (-1)) AS v(sign) WHERE id = (SELECT min(id) FROM rent_ledger_allocation)"),
    ("month of an open item", False, "UPDATE rent_ledger_openitem SET for_month = '2025-01-01'"),
    ("due day of an open item to come", False, "UPDATE rent_ledger_openitem SET due_on = due_on + 1"),
    ("nature of an open item", False, "UPDATE rent_ledger_openitem SET nature = 'REPAIRS'"),
    ("state dropped", False, f"DELETE FROM rent_ledger_accountstate WHERE account_id = {TENANT}"),
    ("lane of a state", False, "UPDATE rent_ledger_accountstate SET lane = 'GONE'"),
    ("action of a state", False, "UPDATE rent_ledger_accountstate SET action = 'CALL'"),
    ("reason of a state", False, "UPDATE rent_ledger_accountstate SET reason = '{}'"),
    # -- demands
    ("due day of a demand", False, "UPDATE rent_ledger_rentdemand SET due_on = due_on + 1"),
    ("month of a demand", False,
     "UPDATE rent_ledger_rentdemand SET month = '2025-01-01' WHERE id = (SELECT min(id) FROM rent_ledger_rentdemand)"),
    ("number of a demand", False,
     "UPDATE rent_ledger_rentdemand SET number = 777 WHERE id = (SELECT min(id) FROM rent_ledger_rentdemand)"),
    ("inputs of a demand", False, "UPDATE rent_ledger_rentdemand SET inputs = '{\"x\": 1}'"),
    ("line of a demand", False, "UPDATE rent_ledger_demandline SET inputs = '{}'"),
    ("demand dropped, its entry stays", False,
     "DELETE FROM rent_ledger_rentdemand WHERE id = (SELECT max(id) FROM rent_ledger_rentdemand)"),
    ("rent term changed after it was billed", False, "UPDATE leases_rentterm SET amount = amount + 1"),
    ("right changed after it was billed", False, "UPDATE rent_ledger_benefitright SET amount = amount + 1"),
    # -- papers
    ("amount of a receipt", False, "UPDATE rent_ledger_receipt SET amount = amount + 1"),
    ("kind of a receipt", False, "UPDATE rent_ledger_receipt SET kind = 'PARTIAL', number = number + 900"),
    ("number of a receipt", False, "UPDATE rent_ledger_receipt SET number = number + 900"),
    ("receipt dropped", False, "DELETE FROM rent_ledger_receipt WHERE id = (SELECT max(id) FROM rent_ledger_receipt)"),
    ("data of a document", False, "UPDATE office_document SET data = '{}'"),
    ("counter of payments set back", False, "UPDATE rent_ledger_counter SET last = last - 1 WHERE series = 'payment'"),
    ("counter of demands set forward", False,
     "UPDATE rent_ledger_counter SET last = last + 1 WHERE series LIKE 'AVIS%'"),
    ("counter dropped", False, "DELETE FROM rent_ledger_counter WHERE series = 'payment'"),
    # -- payments, bank, aid
    ("day of a payment", False, "UPDATE rent_ledger_payment SET received_on = received_on - 1"),
    ("account of a payment", False, f"UPDATE rent_ledger_payment SET account_id = {OTHER}"),
    ("method of a payment", False, "UPDATE rent_ledger_payment SET method = 'CARD'"),
    ("booking day of a bank line", False, "UPDATE rent_ledger_bankline SET booking_day = booking_day - 1"),
    ("state of a bank line: left", False, "UPDATE rent_ledger_bankline SET state = 'OTHER' WHERE state = 'SURE'"),
    ("state of a bank line: placed", False, "UPDATE rent_ledger_bankline SET state = 'PLACED' WHERE state <> 'SURE'"),
    ("opening balance of a statement", False, "UPDATE rent_ledger_bankstatement SET opening = opening - 1"),
    ("closing balance of a statement", False, "UPDATE rent_ledger_bankstatement SET closing = closing + 1"),
    ("account of a match", False,
     f"UPDATE rent_ledger_match SET account_id = {OTHER} WHERE id = "
     f"(SELECT min(id) FROM rent_ledger_match WHERE is_accepted AND account_id <> {OTHER})"),
    ("entry of a match", False,
     f"UPDATE rent_ledger_match SET entry_id = {ANY} WHERE id = "
     "(SELECT max(id) FROM rent_ledger_match WHERE is_accepted)"),
    ("amount of a line of aid", False, "UPDATE rent_ledger_benefitline SET amount = amount + 1"),
    ("month of a line of aid", False, "UPDATE rent_ledger_benefitline SET month = '2025-01-01'"),
    ("line of aid dropped", False,
     "DELETE FROM rent_ledger_benefitline WHERE id = (SELECT max(id) FROM rent_ledger_benefitline)"),
    ("total of a bordereau", False, "UPDATE rent_ledger_benefitstatement SET total = total + 1"),
    # -- cases, holds, debtors
    ("regime of a case", False, "UPDATE rent_ledger_arrearscase SET regime = 'R2027'"),
    ("case closed while the debt stands", False,
     "UPDATE rent_ledger_arrearscase c SET closed_on = '2026-11-20' FROM rent_ledger_accountstate s "
     "WHERE s.account_id = c.account_id AND s.arrears > 0 AND c.closed_on IS NULL"),
    ("case dropped", False,
     "DELETE FROM rent_ledger_arrearscase WHERE id = (SELECT max(id) FROM rent_ledger_arrearscase)"),
    ("forged freeze", True,
     "INSERT INTO rent_ledger_debthold (posting_id, kind, period, reason, recorded_at) SELECT posting_id, 'FREEZE', "
     f"daterange('2026-10-01', NULL), 'x', '{THEN}' FROM rent_ledger_openitem WHERE is_debit AND due_on < '2026-11-20' "
     "ORDER BY 1 LIMIT 1"),
    ("freeze forged today", True,
     "INSERT INTO rent_ledger_debthold (posting_id, kind, period, reason, recorded_at) SELECT posting_id, 'FREEZE', "
     f"daterange('2026-11-21', NULL), 'x', '{NOW}' FROM rent_ledger_openitem WHERE is_debit ORDER BY 1 LIMIT 1"),
    ("adjustment forged today", True, FORGE.replace("2026-10-05", "2026-11-21").replace("2026-10-01", "2026-11-01")
     .format(kind="ADJUST", at=NOW, key="x", debit=TENANT, credit=706, nature="RENT")),
    ("free credit beside a debt whose hold has ended", True,
     "DELETE FROM rent_ledger_allocation WHERE credit_posting_id = (SELECT min(credit_posting_id) FROM "
     "rent_ledger_allocation WHERE rule = 'OLDEST')"),
    ("debtors dropped", False, f"DELETE FROM rent_ledger_accountdebtor WHERE account_id = {TENANT}"),
    ("one debtor of several dropped", False,
     "DELETE FROM rent_ledger_accountdebtor WHERE id = (SELECT max(d.id) FROM rent_ledger_accountdebtor d WHERE "
     "d.account_id IN (SELECT account_id FROM rent_ledger_accountdebtor GROUP BY 1 HAVING count(*) > 1))"),
    ("another debtor", False,
     "UPDATE rent_ledger_accountdebtor SET person_id = (SELECT max(id) FROM leases_person p WHERE NOT EXISTS ("
     f"SELECT 1 FROM leases_leaseparty l WHERE l.person_id = p.id)) WHERE account_id = {TENANT}"),
    ("household of an account", False,
     f"UPDATE rent_ledger_account SET household_id = (SELECT household_id FROM rent_ledger_account WHERE id = {OTHER}) "
     f"WHERE id = {TENANT}"),
    ("order of a household", False, "UPDATE leases_household SET sort_key = 'a' WHERE id = (SELECT min(household_id) "
     "FROM rent_ledger_account)"),
    # -- months, guards, prints
    ("month of the books dropped", False, "DELETE FROM rent_ledger_ledgermonth WHERE month = '2026-10-01'"),
    ("month of the books closed", False,
     "UPDATE rent_ledger_ledgermonth SET closed_at = now() WHERE month = '2026-10-01'"),
    ("trigger of entries dropped", False, "DROP TRIGGER rent_ledger_entry_rows ON rent_ledger_entry"),
    ("trigger of allocations switched off", False,
     "ALTER TABLE rent_ledger_allocation DISABLE TRIGGER rent_ledger_allocation_rows"),
    ("print changed", False, "UPDATE rent_ledger_ledgerprint SET digest = digest + 1 WHERE subject = 'receipt'"),
    ("print dropped", False, "DELETE FROM rent_ledger_ledgerprint WHERE subject = 'receipt'"),
]  # fmt: skip

TABLE: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parents[1] / "corruptions.toml").read_text(encoding="utf-8")
)


@pytest.fixture
def lived() -> Iterator[None]:
    """A small association after two months: a payment at the desk, one taken back, quittances. The morning after."""
    generator.load(size=8, months=2, seed=3, until=DAY)
    manager = make_actor()
    with clock.travel(DAY):
        # A payment taken back from its account: its rent is late, and a case opens.
        taken = Match.objects.filter(is_accepted=True, account__state__isnull=False, amount__gt=100).earliest("pk")
        undo_match(line_id=taken.line_id, actor=manager)
        detect_arrears(day=DAY, actor=Actor.system())
        payer = Account.objects.filter(state__isnull=False).exclude(pk=taken.account_id).earliest("pk")
        take_payment(
            account=payer,
            method=PaymentMethod.CASH,
            amount=Decimal("2000.00"),
            received_on=DAY - timedelta(days=1),
            request_key=uuid4(),
            actor=manager,
            answers=ANYWAY,
        )
        issue_due_receipts(day=DAY, actor=Actor.system())
        assert AccountState.objects.filter(arrears__gt=0).exists()
        assert Receipt.objects.exists()
    with clock.travel(datetime(2026, 11, 21, 9, 0, tzinfo=clock.PARIS)):
        projections.roll()
        take_prints()
        yield


def corrupt(sql: str) -> int | None:
    """How many rows a superuser changes, past the triggers; None where a constraint refuses it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql)
            changed: int = cursor.rowcount
            cursor.execute("SET LOCAL session_replication_role = origin")
    except IntegrityError:
        return None
    return changed


def test_the_table_names_each_corruption_once() -> None:
    """None is dropped: the count only grows."""
    names = [name for name, _, _ in CORRUPTIONS]
    assert [name for rows in TABLE.values() for name in rows] == names
    assert len(set(names)) == len(names) >= 90
    assert all(set(row) == {"noticed_by"} for rows in TABLE.values() for row in rows.values())


def test_a_corruption_is_noticed_by_its_check_before_the_print_of_its_day(
    lived: None, subtests: pytest.Subtests
) -> None:
    wanted = {name: row["noticed_by"] for rows in TABLE.values() for name, row in rows.items()}
    corrupt("DELETE FROM rent_ledger_ledgerprint")
    assert check_ledger(sources=True) == []
    assert set(Allocation.objects.values_list("rule", flat=True)) >= {"OLDEST", "MONTH", "DESIGNATED", "UNDONE"}
    for name, rebuilt, sql in CORRUPTIONS:
        if name.startswith("print "):
            continue
        with subtests.test(name):
            sid = transaction.savepoint()
            if corrupt(sql) is None:
                assert wanted[name] == "refused"
            else:
                if rebuilt:
                    projections.rebuild()
                assert wanted[name] in {finding.name for finding in check_ledger(sources=True)}
            transaction.savepoint_rollback(sid)


def test_a_corruption_is_noticed(lived: None, subtests: pytest.Subtests) -> None:
    assert check_ledger(sources=True) == []
    assert LedgerPrint.objects.filter(subject="entry").count() > 10
    # Prints are taken once, and of days that are over.
    assert take_prints() == 0
    assert not LedgerPrint.objects.filter(day__gte=clock.today()).exists()
    for name, rebuilt, sql in CORRUPTIONS:
        with subtests.test(name):
            sid = transaction.savepoint()
            if (changed := corrupt(sql)) is not None:
                assert changed or ";" in sql, "the corruption changed nothing"
                if rebuilt:
                    projections.rebuild()
                assert check_ledger(sources=True), "not noticed"
            transaction.savepoint_rollback(sid)
