"""The gestures of people that a case keeps with what took them back: pauses lifted, debts put back into the queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from office.models import User
from rent_ledger.arrears.models import ArrearsCase, LetterHold


@dataclass(frozen=True, slots=True)
class Gesture:
    """`number`: its place among those of the row, from 0. `debts`: how many it put back. `back_*`: who took it back."""

    number: int
    at: datetime
    by: str
    back_at: datetime | None
    back_by: str
    debts: int


def gestures_of(
    case: ArrearsCase, holds: Sequence[LetterHold]
) -> tuple[list[Gesture], list[tuple[LetterHold, list[Gesture]]]]:
    """The releases of debts of `case`, the last first, and each hold with the times that it was lifted. One query of
    names, where there is a gesture."""
    kept = [*case.releases, *(lift for hold in holds for lift in hold.lifts)]
    ids = {one[key] for one in kept for key in ("by", "back_by") if one.get(key)}
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    releases = [_gesture(number, one, names) for number, one in enumerate(case.releases)]
    lifts = [(hold, [_gesture(n, one, names) for n, one in enumerate(hold.lifts)]) for hold in holds]
    return releases[::-1], lifts


def _gesture(number: int, one: Mapping[str, Any], names: Mapping[int, str]) -> Gesture:
    back = one.get("back_at")
    return Gesture(
        number,
        datetime.fromisoformat(one["at"]),
        names.get(one["by"], "Ancrage"),
        datetime.fromisoformat(back) if back else None,
        names.get(one["back_by"], "Ancrage") if back else "",
        len(one.get("holds", ())),
    )
