"""The four families of contract, their rules as data (row 11).

Sources: law.md A3 (frames), A1.4 (which arrears law applies), S0-04/S0-05 (accompaniment), CCH L.442-8-1 to L.442-8-3.
Notices, reviews and the longest stay are dated parameters (`leases.contracts.parameters`), which cite their own texts.
"""

from dataclasses import dataclass
from typing import Literal

from leases.contracts.codes import ArrearsFrame, CheckItem, LeaseKind
from stock.agreements.codes import HeadAgreementKind
from stock.dwellings.codes import StockType

Word = Literal["loyer", "redevance", "participation"]

# Points that are computed from the data of the lease. A person ticks the others.
AUTOMATIC = frozenset({CheckItem.TERMS_SET, CheckItem.DUE_RULE_SET, CheckItem.HOLDER_NAMED})
# Points that may be waived with a reason (S0-04: missing contract of accompaniment "blocking or justified").
WAIVABLE = frozenset({CheckItem.ENTRY_INVENTORY, CheckItem.INSURANCE, CheckItem.ACCOMPANIMENT})


@dataclass(frozen=True, slots=True)
class Family:
    """What a kind of lease asks and allows.

    `checklist`: points to complete before it bills, in the order of the page. `benefits`: whether APL/AL may be paid in
    any dwelling (`may_have_aid`).
    `word`: what papers call the rent (loyer, redevance…). `arrears_frame`: row of law.md A1.4. `head_kinds`: kinds of
    head agreement under which it may be made. `text`: its legal source. `hlm_text`: the articles that bind it where the
    dwelling is one of an HLM body, and nowhere else; `conventioned_text`: where another landlord conventioned it.
    """

    kind: LeaseKind
    checklist: tuple[CheckItem, ...]
    benefits: bool
    accompaniment: bool
    tripartite: bool
    word: Word
    arrears_frame: ArrearsFrame
    head_kinds: frozenset[HeadAgreementKind]
    text: str
    hlm_text: str = ""
    conventioned_text: str = ""

    def text_for(self, *, is_hlm: bool, is_conventioned: bool = False) -> str:
        """The texts that bind it, for a dwelling of an HLM body, one that another landlord conventioned, or neither."""
        other = self.hlm_text if is_hlm else self.conventioned_text if is_conventioned else ""
        return " ; ".join(text for text in (self.text, other) if text)

    @property
    def label(self) -> str:
        return self.kind.label


_COMMON = (
    CheckItem.HOLDER_NAMED,
    CheckItem.TERMS_SET,
    CheckItem.DUE_RULE_SET,
    CheckItem.CONTRACT_SIGNED,
    CheckItem.ENTRY_INVENTORY,
)

FAMILIES: dict[str, Family] = {
    family.kind: family
    for family in (
        Family(
            kind=LeaseKind.SUBLEASE,
            checklist=(*_COMMON, CheckItem.INSURANCE, CheckItem.ACCOMPANIMENT),
            benefits=True,
            accompaniment=True,
            tripartite=False,
            word="loyer",
            arrears_frame=ArrearsFrame.SOCIAL_SUBLET,
            head_kinds=frozenset({HeadAgreementKind.HEAD_LEASE, HeadAgreementKind.PROVISION}),
            text="contrat de sous-location, dans les limites du bail principal",
            hlm_text="CCH, art. L. 442-8-1 et L. 442-8-2",
            conventioned_text="CCH, art. L. 353-20",
        ),
        Family(
            kind=LeaseKind.SLIDING,
            checklist=(*_COMMON, CheckItem.INSURANCE, CheckItem.ACCOMPANIMENT, CheckItem.TRIPARTITE),
            benefits=True,
            accompaniment=True,
            tripartite=True,
            word="loyer",
            arrears_frame=ArrearsFrame.SLIDING,
            head_kinds=frozenset({HeadAgreementKind.HEAD_LEASE}),
            # Only a dwelling of an HLM body slides by this article; another by its convention alone.
            text="convention tripartite",
            hlm_text="CCH, art. L. 442-8-3",
        ),
        Family(
            kind=LeaseKind.MANAGED,
            checklist=(*_COMMON, CheckItem.INSURANCE),
            benefits=True,
            accompaniment=False,
            tripartite=False,
            word="loyer",
            arrears_frame=ArrearsFrame.LEASE,
            head_kinds=frozenset({HeadAgreementKind.MANDATE}),
            text="loi n° 89-462 du 6 juillet 1989",
        ),
        Family(
            kind=LeaseKind.OCCUPANCY,
            checklist=(*_COMMON, CheckItem.ACCOMPANIMENT),
            # ALT replaces APL and AL: nothing is expected from a payer.
            benefits=False,
            accompaniment=True,
            tripartite=False,
            word="participation",
            arrears_frame=ArrearsFrame.OCCUPATION,
            head_kinds=frozenset(
                {HeadAgreementKind.PROVISION, HeadAgreementKind.HEAD_LEASE, HeadAgreementKind.SERVICE_CONTRACT}
            ),
            text="convention d’occupation et clauses du contrat",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Durations:
    """Months of a family, in force on one day. `notice`: given by the household. `review`: between two adversarial
    reviews of a sliding lease; None where the family has none. `longest`: the whole stay; None is no bound."""

    notice: int
    review: int | None
    longest: int | None


def family_of(kind: str) -> Family:
    """The rules of a kind of lease. Raises `KeyError` on an unknown kind."""
    return FAMILIES[kind]


def may_have_aid(kind: str, stock_type: str) -> bool:
    """Whether APL or AL may be paid for a contract. Of an occupation agreement in a *résidence sociale* alone, whose
    redevance is taken for a rent (CCH, art. R. 824-3); elsewhere ALT is in their place."""
    return family_of(kind).benefits or stock_type == StockType.RESIDENCE


def is_waivable(item: str) -> bool:
    """Whether a point of the checklist may be waived with a reason."""
    return item in WAIVABLE
