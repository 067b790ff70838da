"""When a household may be disturbed by an SMS: working days, between two hours. Usage of the house, no text was read
that fixes them for a landlord."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.workdays import is_working_day, next_working_day


@dataclass(frozen=True, slots=True)
class HourParams:
    """From `first` o'clock on, and up to `until` o'clock, which is too late. Hours that leave nothing open (`until` not
    after `first`) open the whole day: a wrong setting must not keep messages for ever."""

    first: int
    until: int
    alsace_moselle: bool

    @property
    def bounds(self) -> tuple[int, int]:
        first, until = max(0, min(self.first, 23)), max(0, min(self.until, 24))
        return (first, until) if first < until else (0, 24)


def next_opening(moment: datetime, p: HourParams) -> datetime | None:
    """When an SMS may leave, in the time zone of `moment`; None: at once."""
    first, until = p.bounds
    day = moment.date()
    if is_working_day(day, alsace_moselle=p.alsace_moselle):
        if first <= moment.hour < until:
            return None
        if moment.hour < first:
            return _at(day, first, moment)
    return _at(next_working_day(day + timedelta(days=1), alsace_moselle=p.alsace_moselle), first, moment)


def _at(day: date, hour: int, moment: datetime) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=moment.tzinfo)


def following_opening(moment: datetime, p: HourParams) -> datetime:
    """The opening of the next working day, whatever the hour is now."""
    day = next_working_day(moment.date() + timedelta(days=1), alsace_moselle=p.alsace_moselle)
    return _at(day, p.bounds[0], moment)
