"""Money is allocated as its bank line designates: the avis that the payer names, and no other."""

from django.db import connection

from common.codes import with_codes
from rent_ledger.bank.services.bank_facts import demand_keys
from rent_ledger.books.codes import NOT_BY_THE_HOUSEHOLD, AllocationRule
from rent_ledger.checking.services.invariants import Finding
from rent_ledger.matching.rules.match_facts import Rule

# Of the days that have no print yet: the print of a day holds the rule itself. A line without any text was purged.
# Money that another entry frees later designates nothing more, so what was taken back on a day is left out.
_ALLOCATED = with_codes(
    """
SELECT a.id, a.rule, l.structured_reference || ' ' || l.end_to_end || ' ' || l.label, r.month, r.number
FROM rent_ledger_allocation a
JOIN rent_ledger_posting d ON d.id = a.debit_posting_id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
LEFT JOIN rent_ledger_match m ON m.entry_id = c.entry_id
LEFT JOIN rent_ledger_bankline l ON l.id = m.line_id
LEFT JOIN rent_ledger_rentdemand r ON r.entry_id = d.entry_id
WHERE a.rule IN (AllocationRule.DESIGNATED, AllocationRule.OLDEST)
    -- What is given up names its debts itself: no bank line does.
    AND c.debit_id NOT IN NOT_BY_THE_HOUSEHOLD
    AND a."on" > coalesce(
        (SELECT max(day) FROM rent_ledger_ledgerprint WHERE subject = 'allocation'), '-infinity'::date)
    AND (a.rule = AllocationRule.DESIGNATED OR (m.rule = Rule.DEMAND AND d.entry_id < c.entry_id
        AND NOT EXISTS (
        SELECT 1 FROM rent_ledger_allocation u WHERE u.amount < 0
            AND (u.debit_posting_id = a.debit_posting_id OR u.credit_posting_id = a.credit_posting_id))))
ORDER BY a.id
""",
    AllocationRule,
    Rule,
    NOT_BY_THE_HOUSEHOLD=NOT_BY_THE_HOUSEHOLD,
)


def wrong_designations() -> Finding | None:
    """Allocations of money whose bank line names an avis: DESIGNATED on a debt that it doesn't name, or on one that it
    names and not DESIGNATED."""
    wrong = []
    with connection.cursor() as cursor:
        cursor.execute(_ALLOCATED)
        for pk, rule, text, month, number in cursor.fetchall():
            if text is not None and not text.strip():
                continue
            is_named = (month, number) in demand_keys([text or ""]).values()
            if is_named != (rule == AllocationRule.DESIGNATED):
                wrong.append(pk)
    if not wrong:
        return None
    examples = tuple(f"imputation {pk}" for pk in wrong[:5])
    return Finding("Un paiement est imputé à la dette que sa ligne désigne", len(wrong), examples)
