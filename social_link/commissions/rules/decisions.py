"""What a commission may answer to what it is asked, and who has to sit (S1-14; practice, no text)."""

from collections.abc import Mapping
from types import MappingProxyType

from social_link.commissions.codes import Ask, CommissionKind, Ruling
from social_link.measures.codes import MeasureKind

ANSWERS: Mapping[Ask, tuple[Ruling, ...]] = MappingProxyType(
    {
        Ask.OPENING: (Ruling.YES, Ruling.NO, Ruling.ADJOURNED),
        Ask.RENEWAL: (Ruling.RENEWED, Ruling.ENDED, Ruling.NO, Ruling.ADJOURNED),
        Ask.CHANGE: (Ruling.YES, Ruling.NO, Ruling.ADJOURNED),
        Ask.END: (Ruling.ENDED, Ruling.NO, Ruling.ADJOURNED),
    }
)
"""In the order in which a page offers them."""

KINDS: Mapping[CommissionKind, tuple[MeasureKind, ...]] = MappingProxyType(
    {
        CommissionKind.ASLL: (MeasureKind.ASLL,),
        CommissionKind.FUL: (),
        CommissionKind.MASP: (MeasureKind.MASP1, MeasureKind.MASP2),
        CommissionKind.CCAS: (MeasureKind.TYPE_1, MeasureKind.TYPE_2),
        CommissionKind.INTERNAL: (
            MeasureKind.IML,
            MeasureKind.AVDL_TO,
            MeasureKind.AVDL_AT,
            MeasureKind.AVDL_IN,
            MeasureKind.AEB,
            MeasureKind.SIMPLE,
            MeasureKind.REINFORCED,
        ),
    }
)
"""The measures whose renewals come to a commission by themselves: each to one. The fund recommends (S1-06), and renews
none. Any other is put on by hand."""

GRANTS = frozenset({Ruling.YES, Ruling.RENEWED})
"""With a length, and perhaps with conditions."""

MOST_MONTHS = 60
"""Asked for, or granted at once: more is a slip."""


def missing_members(quorum: int | None, present: int) -> int:
    """How many members are missing for it to decide; 0 where there are enough, or no quorum is set."""
    return max(quorum - present, 0) if quorum is not None else 0
