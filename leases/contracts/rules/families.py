"""The four families of contract, their rules as data (row 11).

Sources: RULES A3 (frames), A1.4 (which arrears law applies), S0-04/S0-05 (accompaniment), CCH L.442-8-1 to L.442-8-3.
Durations marked *unverified* are usage (GK), to be set by the convention that a contract cites.
Codes are those of `leases.enums`, `stock.enums` and `rent_ledger`: a rule imports no Django.
"""

from dataclasses import dataclass
from typing import Literal

Word = Literal["loyer", "redevance", "participation"]

CONTRACT = "CONTRACT"
INVENTORY = "INVENTORY"
INSURANCE = "INSURANCE"
TERMS = "TERMS"
DUE_RULE = "DUE_RULE"
HOLDER = "HOLDER"
SUPPORT = "SUPPORT"
TRIPARTITE = "TRIPARTITE"

# Points that the database answers by itself; the others are ticked by somebody.
AUTOMATIC = frozenset({TERMS, DUE_RULE, HOLDER})
# Points that may be waived with a reason (S0-04: missing contract of accompaniment "blocking or justified").
WAIVABLE = frozenset({INVENTORY, INSURANCE, SUPPORT})


@dataclass(frozen=True, slots=True)
class Family:
    """What a kind of lease asks and allows.

    `checklist`: points to be green before it bills, in the order of the page. `benefits`: whether APL/AL may be paid.
    `word`: what the paper calls what is due. `notice_months`: the household's notice. `review_months`: months between
    two adversarial reviews of a sliding lease; `max_months`: the longest stay, None where the convention says.
    `arrears_frame`: row of RULES A1.4. `head_kinds`: agreements that may stand above it. `text`: what it rests on.
    """

    kind: str
    label: str
    checklist: tuple[str, ...]
    benefits: bool
    accompaniment: bool
    tripartite: bool
    word: Word
    notice_months: int
    arrears_frame: Literal["LEASE", "SOCIAL_SUBLET", "SLIDING", "OCCUPATION"]
    head_kinds: frozenset[str]
    text: str
    review_months: int | None = None
    max_months: int | None = None


_COMMON = (HOLDER, TERMS, DUE_RULE, CONTRACT, INVENTORY)

FAMILIES: dict[str, Family] = {
    family.kind: family
    for family in (
        Family(
            kind="SUBLEASE",
            label="Sous-location",
            checklist=(*_COMMON, INSURANCE, SUPPORT),
            benefits=True,
            accompaniment=True,
            tripartite=False,
            word="loyer",
            # Unverified: one month in the social stock and for who lives on minimum benefits.
            notice_months=1,
            arrears_frame="SOCIAL_SUBLET",
            head_kinds=frozenset({"HEAD_LEASE", "PROVISION"}),
            text="CCH, art. L. 442-8-1 et L. 442-8-2",
        ),
        Family(
            kind="SLIDING",
            label="Bail glissant",
            checklist=(*_COMMON, INSURANCE, SUPPORT, TRIPARTITE),
            benefits=True,
            accompaniment=True,
            tripartite=True,
            word="loyer",
            notice_months=1,
            arrears_frame="SLIDING",
            head_kinds=frozenset({"HEAD_LEASE"}),
            text="CCH, art. L. 442-8-3",
            # Unverified: a review each six months, 24 at most (recommendations of July 2010).
            review_months=6,
            max_months=24,
        ),
        Family(
            kind="MANAGED",
            label="Bail en mandat de gestion",
            checklist=(*_COMMON, INSURANCE),
            benefits=True,
            accompaniment=False,
            tripartite=False,
            word="loyer",
            # Loi 89-462, art. 15: three months, one in a tense area or for a listed reason.
            notice_months=3,
            arrears_frame="LEASE",
            head_kinds=frozenset({"MANDATE"}),
            text="loi n° 89-462 du 6 juillet 1989",
        ),
        Family(
            kind="OCCUPANCY",
            label="Convention d’occupation",
            checklist=(*_COMMON, SUPPORT),
            # ALT replaces APL and AL: nothing is expected from a payer.
            benefits=False,
            accompaniment=True,
            tripartite=False,
            word="participation",
            notice_months=1,
            arrears_frame="OCCUPATION",
            head_kinds=frozenset({"PROVISION", "HEAD_LEASE", "SERVICE"}),
            text="convention d’occupation et clauses du contrat",
        ),
    )
}


def family_of(kind: str) -> Family:
    """The rules of a kind of lease. Raises `KeyError` on an unknown kind."""
    return FAMILIES[kind]


def is_waivable(item: str) -> bool:
    """Whether a point of the checklist may be waived with a reason."""
    return item in WAIVABLE
