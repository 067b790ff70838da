"""Which steps a procedure has, in which order, by the frame of the contract (law.md A1.4 and C1).

Where article 24 of loi n° 89-462 applies (`arrears.rules.frames`): all of it. A private sub-letting: its contract and
the judge, no clause of article 24, no CCAPEX. A résidence: the formal notice of R. 633-3, then the judge; CPCE,
art. L. 412-1 and following apply. An occupation agreement: none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from leases.contracts.codes import ArrearsFrame
from rent_ledger.arrears.rules.frames import FRAMES
from rent_ledger.procedures.codes import ENFORCES, HEARD, LAST, TOLD, StepKind, Track


@dataclass(frozen=True, slots=True)
class Step:
    """A fact. `hearing_on`: of a writ, or of a hearing put off. `until`, `amount`, `monthly`, `first_on`: what a judge
    gave (the last day, the debt, each instalment, the first one); `until`: the last day of a notice too, where the
    contract says it."""

    kind: str
    on: date
    hearing_on: date | None = None
    until: date | None = None
    amount: Decimal | None = None
    monthly: Decimal | None = None
    first_on: date | None = None
    bad_faith: bool = False


_JUDGED = (StepKind.DELAYS, StepKind.TERMINATED, StepKind.DISMISSED)
_AFTER: dict[str, tuple[StepKind, ...]] = {
    StepKind.COMMAND: (StepKind.WRIT, StepKind.CLOSED),
    StepKind.NOTICE: (StepKind.WRIT, StepKind.CLOSED),
    StepKind.WRIT: (StepKind.POSTPONED, *_JUDGED, StepKind.CLOSED),
    StepKind.POSTPONED: (StepKind.POSTPONED, *_JUDGED, StepKind.CLOSED),
    StepKind.DELAYS: (StepKind.LEAVE, StepKind.PROTOCOL, StepKind.CLOSED),
    StepKind.TERMINATED: (StepKind.LEAVE, StepKind.PROTOCOL, StepKind.CLOSED),
    StepKind.LEAVE: (StepKind.FORCE, StepKind.EVICTED, StepKind.PROTOCOL, StepKind.CLOSED),
    StepKind.FORCE: (StepKind.EVICTED, StepKind.PROTOCOL, StepKind.CLOSED),
    StepKind.PROTOCOL: (StepKind.NEW_LEASE, StepKind.CLOSED),
    **dict.fromkeys(LAST, ()),
}
_FIRST: dict[Track, tuple[StepKind, ...]] = {
    Track.LEASE: (StepKind.COMMAND,),
    Track.CONTRACT: (StepKind.NOTICE,),
    Track.RESIDENCE: (StepKind.NOTICE,),
    Track.NONE: (),
}
# What is told, after which step. Only article 24 asks the first three.
_TOLD_AFTER: dict[StepKind, frozenset[StepKind]] = {
    StepKind.GUARANTOR: frozenset({StepKind.COMMAND}),
    StepKind.PREFECT: frozenset({StepKind.WRIT}),
    StepKind.LEAVE_PREFECT: frozenset({StepKind.LEAVE}),
    StepKind.LONGER: frozenset({StepKind.PROTOCOL}),
}
_ARTICLE_24 = frozenset({StepKind.SEIZED, StepKind.GUARANTOR, StepKind.PREFECT})
# CCH, art. L. 442-6-5 and L. 353-15-2: a dwelling of an HLM body, or a conventioned one; its sub-letting too
# (art. L. 442-8-2).
_PROTOCOL = frozenset({StepKind.PROTOCOL, StepKind.LONGER, StepKind.NEW_LEASE})


_TRACKS = {
    ArrearsFrame.PRIVATE_SUBLET: Track.CONTRACT,
    ArrearsFrame.RESIDENCE: Track.RESIDENCE,
    ArrearsFrame.OCCUPATION: Track.NONE,
}


def track_of(frame: ArrearsFrame) -> Track:
    """The procedure of a frame."""
    return Track.LEASE if FRAMES[frame].is_residential_lease else _TRACKS[frame]


def kinds_of(track: Track) -> tuple[StepKind, ...]:
    """All that a procedure of this track may have, in its order."""
    if track == Track.NONE:
        return ()
    other = StepKind.NOTICE if track == Track.LEASE else StepKind.COMMAND
    return tuple(
        kind for kind in StepKind if kind != other and (track == Track.LEASE or kind not in _ARTICLE_24 | _PROTOCOL)
    )  # fmt: skip


def main_step(steps: Sequence[Step]) -> Step | None:
    """The last step that moved the procedure on."""
    return next((step for step in reversed(steps) if step.kind not in TOLD), None)


def find(steps: Sequence[Step], kind: str) -> Step | None:
    """The last step of a kind."""
    return next((step for step in reversed(steps) if step.kind == kind), None)


def hearing_of(steps: Sequence[Step]) -> date | None:
    """The day of the hearing, the last one named."""
    return next((step.hearing_on for step in reversed(steps) if step.kind in HEARD), None)


def following(
    track: Track, steps: Sequence[Step], *, frozen: bool = False, has_guarantor: bool = False
) -> tuple[StepKind, ...]:
    """What may be noted next: the steps that move it on, then what may be told beside them. Nothing after the end.

    `frozen`: a procedure of overindebtedness runs, of which the commissaire de justice is told. `has_guarantor`:
    somebody is surety, who is served the commandement.
    """
    last = main_step(steps)
    done = {step.kind for step in steps}
    if last is not None and last.kind in LAST:
        return ()
    moves = _AFTER[last.kind] if last else _FIRST[track]
    if last is not None and last.kind == StepKind.PROTOCOL:
        # Broken, the judgment is enforced from where it stood: each act is noted once.
        at = next((kind for kind in (StepKind.FORCE, StepKind.LEAVE) if kind in done), StepKind.TERMINATED)
        moves = (*(kind for kind in _AFTER[at] if kind in ENFORCES), *moves)
    elif StepKind.PROTOCOL in done:
        moves = tuple(kind for kind in moves if kind != StepKind.PROTOCOL)
    told = [
        kind for kind, after in _TOLD_AFTER.items() if after & done and (has_guarantor or kind != StepKind.GUARANTOR)
    ]
    if StepKind.WRIT not in done:
        told.append(StepKind.SEIZED)
    if frozen and last is not None:
        told.append(StepKind.STAYED)
    allowed = set(kinds_of(track))
    return tuple(kind for kind in (*moves, *told) if kind in allowed and (kind in moves or kind not in done))
