"""French public holidays and working days, for the delays that the law or the house counts in them.

Eleven national holidays (C. trav. L.3133-1); in Moselle, Bas-Rhin and Haut-Rhin also Good Friday and 26 December
(C. trav. L.3134-13). A working day here is Monday to Friday outside the holidays.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from common.periods import ONE_DAY


@cache
def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    moon = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * moon) // 451
    month, day = divmod(h + moon - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int, *, alsace_moselle: bool = False) -> Mapping[date, str]:
    """The public holidays of `year`, day → French name, in order."""
    sunday = easter(year)
    days = {
        date(year, 1, 1): "Jour de l’an",
        sunday + ONE_DAY: "Lundi de Pâques",
        date(year, 5, 1): "Fête du Travail",
        date(year, 5, 8): "Victoire de 1945",
        sunday + 39 * ONE_DAY: "Ascension",
        sunday + 50 * ONE_DAY: "Lundi de Pentecôte",
        date(year, 7, 14): "Fête nationale",
        date(year, 8, 15): "Assomption",
        date(year, 11, 1): "Toussaint",
        date(year, 11, 11): "Armistice de 1918",
        date(year, 12, 25): "Noël",
    }
    if alsace_moselle:
        days |= {sunday - 2 * ONE_DAY: "Vendredi saint", date(year, 12, 26): "Saint-Étienne"}
    return MappingProxyType(dict(sorted(days.items())))


def is_working_day(day: date, *, alsace_moselle: bool = False) -> bool:
    """Monday to Friday and no public holiday."""
    return day.weekday() < 5 and day not in holidays(day.year, alsace_moselle=alsace_moselle)


def next_working_day(day: date, *, alsace_moselle: bool = False) -> date:
    """`day` itself if it is a working day, else the first one after it."""
    while not is_working_day(day, alsace_moselle=alsace_moselle):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int, *, alsace_moselle: bool = False) -> date:
    """The `count`-th working day after `day`, which is not counted; an act on the day found is in time.

    `count=0` is `day` itself, working or not.
    """
    if count < 0:
        raise ValueError("add_working_days: count < 0")
    for _ in range(count):
        day = next_working_day(day + ONE_DAY, alsace_moselle=alsace_moselle)
    return day
