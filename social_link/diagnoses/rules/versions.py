"""Two versions of an evaluation beside one another: what moved, theme by theme (S1-08). No text rules it."""

from collections.abc import Mapping
from dataclasses import dataclass

from social_link.diagnoses.codes import DiagnosisTheme, Standing

ORDER = tuple(Standing)


@dataclass(frozen=True, slots=True)
class Move:
    """A theme in the last version, and in the one before; `way`: 1 better, -1 worse, 0 the same, None where one of the
    two does not tell."""

    theme: DiagnosisTheme
    now: Standing | None
    before: Standing | None
    way: int | None


def moves(now: Mapping[str, str], before: Mapping[str, str] | None) -> list[Move]:
    """All themes in their order."""
    found = []
    for theme in DiagnosisTheme:
        here, there = now.get(theme), (before or {}).get(theme)
        way = None
        if here and there:
            step = ORDER.index(Standing(there)) - ORDER.index(Standing(here))
            way = (step > 0) - (step < 0)
        found.append(Move(theme, Standing(here) if here else None, Standing(there) if there else None, way))
    return found
