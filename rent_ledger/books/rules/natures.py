"""What each nature of debt counts for: the order of payment, the legal thresholds, the quittance.

Sources: CCH R.824-1 ("loyer et charges") and décret 2026-84 ("dépense de logement") for the benefit threshold; loi
89-462 art. 24 as changed by loi 2023-668 for the CCAPEX (its *base* leaves charges out, the debt
itself is of rent and charges); C. civ. 1342-10 for the order. Deposit, re-billed repairs and costs of procedure are no
housing expense (RULES A1.3c). Whether parking and services are one is not settled by these texts: unverified, they are
left out of the thresholds (no household is reported for a parking space) and kept in the term that a quittance covers.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NatureRule:
    """`rank`: order among debts of one due day (lower is paid first). `is_housing`: paid before other natures.

    `counts_for_quittance`: part of the term that must be settled before a quittance. An occupation indemnity is never
    receipted as rent (RULES A1.3c): it gets a receipt, no quittance.
    """

    rank: int
    is_housing: bool = False
    counts_for_benefit_threshold: bool = False
    counts_for_ccapex: bool = False
    counts_for_quittance: bool = False


def _housing(rank: int, *, quittance: bool = True) -> NatureRule:
    return NatureRule(
        rank,
        is_housing=True,
        counts_for_benefit_threshold=True,
        counts_for_ccapex=True,
        counts_for_quittance=quittance,
    )


# Keys are the codes of `rent_ledger.enums.Nature`. Ranks are stable: recorded allocations were made by them.
NATURES: dict[str, NatureRule] = {
    "RENT": _housing(10),
    "INDEMNITY": _housing(11, quittance=False),
    "CHARGES": _housing(20),
    "INDEM_CHG": _housing(21, quittance=False),
    "SHORTFALL": _housing(30),
    "PARKING": NatureRule(40, counts_for_quittance=True),
    "SERVICES": NatureRule(50, counts_for_quittance=True),
    "PRIOR": NatureRule(60),
    "REPAIRS": NatureRule(70),
    "FEES": NatureRule(80),
    "DEPOSIT": NatureRule(90),
    # Money and internal movements: never a debt that a household is asked for.
    "BENEFIT": NatureRule(100),
    "REFUND": NatureRule(110),
    "PAYMENT": NatureRule(120),
    "TRANSFER": NatureRule(130),
}

BENEFIT_THRESHOLD_NATURES = frozenset(code for code, rule in NATURES.items() if rule.counts_for_benefit_threshold)
CCAPEX_NATURES = frozenset(code for code, rule in NATURES.items() if rule.counts_for_ccapex)
QUITTANCE_NATURES = frozenset(code for code, rule in NATURES.items() if rule.counts_for_quittance)
HOUSING_NATURES = frozenset(code for code, rule in NATURES.items() if rule.is_housing)
