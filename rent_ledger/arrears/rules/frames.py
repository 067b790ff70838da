"""Under which law of arrears a contract is, and what that law asks (law.md A1.4 and C1).

A kind of contract has its frame (`leases.contracts.rules.families`). Two follow from the dwelling too. An occupation
agreement in a *résidence sociale* is one of a logement-foyer, whose redevance the benefit rules take for a rent (CCH,
art. R. 824-3 and R. 824-31), with the manager in the landlord's place. A sub-letting, sliding or not, is under loi
89-462 as its art. 40 lets it in a dwelling of an HLM body (CCH, art. L. 442-8-2), or in one that another landlord
conventioned (art. L. 353-20); in any other dwelling under the Code civil alone (loi 89-462, art. 8, last paragraph).
"""

from dataclasses import dataclass

from leases.contracts.codes import ArrearsFrame
from leases.contracts.rules.families import family_of
from stock.dwellings.codes import StockType


@dataclass(frozen=True, slots=True)
class FrameRule:
    """`is_housing_expense`: what is owed is a housing expense in the sense of the benefits (CCH, art. L. 823-3), so an
    unpaid one may be an impayé to report. `is_residential_lease`: loi 89-462, art. 24, and so the CCAPEX, apply."""

    is_housing_expense: bool
    is_residential_lease: bool


FRAMES: dict[ArrearsFrame, FrameRule] = {
    ArrearsFrame.LEASE: FrameRule(is_housing_expense=True, is_residential_lease=True),
    # CCH, art. L. 442-8-2: sub-tenants are taken for tenants; loi 89-462, art. 40 III keeps article 24.
    ArrearsFrame.SOCIAL_SUBLET: FrameRule(is_housing_expense=True, is_residential_lease=True),
    # As a sub-letting until it slides; then it is another contract, a lease of the owner.
    ArrearsFrame.SLIDING: FrameRule(is_housing_expense=True, is_residential_lease=True),
    # Sub-tenants count as tenants for the benefit (L. 822-4); article 24 is not theirs.
    ArrearsFrame.PRIVATE_SUBLET: FrameRule(is_housing_expense=True, is_residential_lease=False),
    ArrearsFrame.RESIDENCE: FrameRule(is_housing_expense=True, is_residential_lease=False),
    # No lease; benefits are normally absent (ALT). It ends by its clauses and the judge.
    ArrearsFrame.OCCUPATION: FrameRule(is_housing_expense=False, is_residential_lease=False),
}


_SUBLET = frozenset({ArrearsFrame.SOCIAL_SUBLET, ArrearsFrame.SLIDING})


def frame_of(lease_kind: str, stock_type: str, *, is_social: bool) -> ArrearsFrame:
    """The frame of a contract of this kind, in a dwelling of this stock. Raises `KeyError` on an unknown kind.

    `is_social`: the dwelling is one of an HLM body, or conventioned (`HeadAgreement.is_social`).
    """
    frame = family_of(lease_kind).arrears_frame
    if frame in _SUBLET and not is_social:
        return ArrearsFrame.PRIVATE_SUBLET
    if frame == ArrearsFrame.OCCUPATION and stock_type == StockType.RESIDENCE:
        return ArrearsFrame.RESIDENCE
    return frame
