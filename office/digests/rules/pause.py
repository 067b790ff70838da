"""When somebody who was just told of something urgent may be told again. Usage of the house: what comes meanwhile joins
the next sending, so that a bad hour rings four times and not forty.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PauseParams:
    """`minutes` between two sendings to one person."""

    minutes: int


def may_tell(*, now: datetime, last: datetime | None, params: PauseParams) -> bool:
    """`last`: when the person was last told, if ever. A time to come, left by a clock ahead, holds nothing up."""
    return last is None or last > now or now - last >= timedelta(minutes=params.minutes)
