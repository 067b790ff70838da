"""The natures of what households owe and pay: one registry, read by contracts, books, papers and pages.

It is in `leases`, the lowest app that needs it: a rent term has a nature, and so has every posting of the ledger. To
add a nature of charge, add one line to `Nature`. `migrate` then creates its account; only the choices of the fields
need a migration.

Sources, in docs/law.md: CCH R. 824-1 ("loyer et charges") and décret 2026-84 ("dépense de logement") for the benefit
threshold; loi 89-462 art. 24 for the CCAPEX; C. civ. 1342-10 for the order; A1.3c for what is no housing expense
(deposit, re-billed repairs, costs of procedure). Whether parking and services are one is not settled by these texts:
unverified, they are left out of the thresholds (no household is reported for a parking space) and kept in the term that
a quittance covers.
"""

from dataclasses import dataclass
from typing import NamedTuple

from common.codes import Code


class Income(NamedTuple):
    """A general account of the books (`id` below 100), with its code in the French chart of associations."""

    id: int
    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NatureRule:
    """How a nature is treated. Don't change a rank: past allocations were made in that order.

    `rank`: order among debts of one due day (the lower is paid first), and of the lines of a paper.
    `is_housing`: paid before other natures.
    `counts_for_quittance`: a part of the term, to be settled before a quittance. An occupation indemnity is never
    receipted as rent: it gets a reçu.
    `is_rent`: rent without charges, the base of the CCAPEX threshold.
    `is_benefit_base`: a housing benefit pays for it, and never exceeds the sum of such natures.
    `in_rent_terms`: a contract may bill it each month, to the account `income`. Once the contract has ended it is
    billed as the nature `after_end` (its code; empty: as itself).
    `ending`: agreement of "révisé" with the label ("es" for Charges révisées).
    """

    rank: int
    is_housing: bool = False
    counts_for_benefit_threshold: bool = False
    counts_for_ccapex: bool = False
    counts_for_quittance: bool = False
    is_rent: bool = False
    is_benefit_base: bool = False
    in_rent_terms: bool = False
    income: Income | None = None
    after_end: str = ""
    ending: str = ""


def _housing(
    rank: int, income: Income | None = None, *, quittance: bool = True, is_rent: bool = False, ending: str = ""
) -> NatureRule:
    return NatureRule(
        rank=rank,
        is_housing=True,
        counts_for_benefit_threshold=True,
        counts_for_ccapex=True,
        counts_for_quittance=quittance,
        is_rent=is_rent,
        income=income,
        ending=ending,
    )


def _term(
    rank: int, income: Income, *, is_base: bool = False, is_rent: bool = False, after_end: str = "", ending: str = ""
) -> NatureRule:
    """What a rent term may bear. `is_base`: rent or charges, a housing expense on which a benefit is paid."""
    return NatureRule(
        rank=rank,
        is_housing=is_base,
        counts_for_benefit_threshold=is_base,
        counts_for_ccapex=is_base,
        counts_for_quittance=True,
        is_rent=is_rent,
        is_benefit_base=is_base,
        in_rent_terms=True,
        income=income,
        after_end=after_end,
        ending=ending,
    )


_CHARGES = Income(11, "70831", "Charges locatives appelées")


class Nature(Code):
    """What a posting or a rent term is about."""

    rule: NatureRule

    # The defaults are for type checkers only: they read `Nature(code)` as a call of this method.
    def __new__(cls, value: str, label: str = "", rule: NatureRule = NatureRule(rank=0)) -> "Nature":
        member: Nature = str.__new__(cls, value)
        member._value_, member.label, member.rule = value, label, rule
        return member

    RENT = "RENT", "Loyer", _term(10, Income(10, "7083", "Loyers"), is_base=True, is_rent=True, after_end="INDEMNITY")
    CHARGES = "CHARGES", "Charges", _term(20, _CHARGES, is_base=True, after_end="INDEM_CHG", ending="es")
    PARKING = "PARKING", "Stationnement", _term(40, Income(12, "70832", "Stationnements"))
    SERVICES = "SERVICES", "Prestations", _term(50, Income(13, "70833", "Prestations"), ending="es")

    INDEMNITY = (
        "INDEMNITY",
        "Indemnité d’occupation",
        _housing(11, Income(14, "70834", "Indemnités d’occupation"), quittance=False, is_rent=True, ending="e"),
    )
    INDEMNITY_CHARGES = "INDEM_CHG", "Charges d’occupation", _housing(21, _CHARGES, quittance=False, ending="es")
    SHORTFALL = "SHORTFALL", "Aide non versée", _housing(30)
    REPAIRS = "REPAIRS", "Réparations", NatureRule(rank=70)
    FEES = "FEES", "Frais", NatureRule(rank=80)
    DEPOSIT = "DEPOSIT", "Dépôt de garantie", NatureRule(rank=90)
    PRIOR = "PRIOR", "Dette antérieure", NatureRule(rank=60)
    # Money and internal movements: never a debt that a household is asked for.
    BENEFIT = "BENEFIT", "Aide au logement", NatureRule(rank=100)
    PAYMENT = "PAYMENT", "Paiement", NatureRule(rank=120)
    REFUND = "REFUND", "Remboursement", NatureRule(rank=110)
    TRANSFER = "TRANSFER", "Mouvement interne", NatureRule(rank=130)

    @property
    def rank(self) -> int:
        return self.rule.rank

    @property
    def after_end(self) -> "Nature":
        """The nature under which it is billed once the contract has ended."""
        return Nature(self.rule.after_end) if self.rule.after_end else self

    @property
    def income(self) -> Income:
        """The account that it is billed to. `ValueError` where it is never billed."""
        if self.rule.income is None:
            raise ValueError(f"{self.value} has no income account: no demand can bill it (leases.contracts.natures)")
        return self.rule.income


# What rent terms may bear, in the order of papers and pages.
RENT_TERM_NATURES = tuple(sorted((n for n in Nature if n.rule.in_rent_terms), key=lambda n: n.rank))
RENT_TERM_CHOICES = [(n.value, n.label) for n in RENT_TERM_NATURES]


def by_rank(nature: str) -> int:
    """Key that sorts natures as papers and pages show them."""
    return Nature(nature).rank
