"""Cases of arrears, who owes."""

from datetime import date

from common.codes import with_codes
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import law_steps, legal_steps
from rent_ledger.arrears.rules.legal import regime_on
from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import AccountState
from rent_ledger.checking.services.invariants import Finding, Invariant

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "Un dossier d’impayé ouvert a une dette",
        """SELECT 'dossier ' || c.id FROM rent_ledger_arrearscase c JOIN rent_ledger_accountstate s USING (account_id)
           WHERE c.closed_on IS NULL AND s.debt + s.spread = 0 AND c.opened_on < s.as_of - 1""",
    ),
    Invariant(
        "Un dossier d’impayé n’est refermé qu’une fois la dette soldée",
        """SELECT 'dossier ' || c.id FROM rent_ledger_arrearscase c JOIN rent_ledger_accountstate s USING (account_id)
           WHERE c.closed_on IS NOT NULL AND s.arrears > 0 AND s.in_debt_since < c.closed_on AND NOT EXISTS (
             SELECT 1 FROM rent_ledger_arrearscase o WHERE o.account_id = c.account_id AND o.closed_on IS NULL)""",
    ),
    Invariant(
        "Un compte de locataire est celui du ménage de son bail",
        with_codes(
            """SELECT 'compte ' || a.id FROM rent_ledger_account a JOIN leases_lease l ON l.id = a.lease_id
               WHERE a.kind IN (AccountKind.TENANT, AccountKind.BENEFIT)
                 AND a.household_id IS DISTINCT FROM l.household_id""",
            AccountKind,
        ),
    ),
    Invariant(
        "Un ménage est rangé au nom de son premier titulaire",
        """SELECT 'ménage ' || h.id FROM leases_household h
           WHERE h.sort_key IS DISTINCT FROM ancrage_household_order(h.id, h.name, h.reference)""",
    ),
    Invariant(
        "Les débiteurs d’un compte sont les titulaires de son bail",
        with_codes(
            """SELECT 'débiteur ' || d.id FROM rent_ledger_accountdebtor d
               JOIN rent_ledger_account a ON a.id = d.account_id AND a.kind = AccountKind.TENANT
               WHERE NOT EXISTS (SELECT 1 FROM leases_leaseparty p WHERE p.lease_id = a.lease_id
                 AND p.person_id = d.person_id AND p.role = d.role AND p.period = d.period)
               UNION ALL
               SELECT 'compte ' || a.id FROM rent_ledger_account a JOIN leases_leaseparty p ON p.lease_id = a.lease_id
               WHERE a.kind = AccountKind.TENANT AND NOT EXISTS (
                 SELECT 1 FROM rent_ledger_accountdebtor d
                 WHERE d.account_id = a.id AND d.person_id = p.person_id AND d.period && p.period)""",
            AccountKind,
        ),
    ),
)


def wrong_regimes(day: date) -> Finding | None:
    """Cases under a regime that was not in force on their day: of constitution, else of the states (reading 7).

    A case that is closed without being constituted keeps the regime of its last day open.
    """
    last: date = AccountState.objects.order_by("-as_of").values_list("as_of", flat=True).first() or day
    steps = legal_steps(law_steps())
    wrong = [
        case.pk
        for case, on in ((c, c.constituted_on or c.closed_on or last) for c in ArrearsCase.objects.order_by("pk"))
        if case.regime != regime_on(on, steps.on(on))
    ]
    if not wrong:
        return None
    return Finding(
        "Un dossier d’impayé suit le régime de son jour", len(wrong), tuple(f"dossier {pk}" for pk in wrong[:5])
    )
