"""French typography and French ways to write figures, days and words. Pure: no clock, no setting.

The only place that writes euros, days and months. What depends on today takes `today`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import overload
from zoneinfo import ZoneInfo

from common.periods import Month

PARIS = ZoneInfo("Europe/Paris")

NBSP = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"
NOTHING = "–"

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = ("janvier février mars avril mai juin juillet août septembre octobre novembre décembre").split()
MONTHS_SHORT = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
# A day this far from today is ambiguous without its year.
FAR = 183


def number(value: Decimal | int, places: int | None = None, *, signed: bool = False) -> str:
    """`1 248`, `3,1`, `−286,00`: U+00A0 between thousands, decimal comma, U+2212 stuck to the number.

    `places` rounds half-up; without it the value's own decimals stay. `signed` writes `+` before what is above zero.
    """
    exact = Decimal(value)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = f"{abs(exact):,f}".replace(",", NBSP).replace(".", ",")
    sign = MINUS if exact < 0 else "+" if signed and exact > 0 else ""
    return sign + digits


def shares(amounts: Sequence[Decimal], places: int = 0) -> list[Decimal]:
    """The part of each amount in their sum, in per cent at `places` decimals: together exactly 100.

    Largest remainder: each part is cut, and what lacks goes to those that lost most, the first of equals first. No
    amount is below zero; all zero, so is each part.
    """
    total, step = sum(amounts, Decimal(0)), Decimal(1).scaleb(-places)
    if not total:
        return [Decimal(0)] * len(amounts)
    # In whole amounts of `total`: what a cut leaves is exact, where a quotient would be rounded.
    cut = [divmod(amount * 100, total * step) for amount in amounts]
    lacking = int(100 / step) - int(sum(whole for whole, _ in cut))
    served = set(sorted(range(len(cut)), key=lambda i: -cut[i][1])[:lacking])
    return [(whole + (i in served)) * step for i, (whole, _) in enumerate(cut)]


def euros(value: Decimal | int | None, places: int = 2, *, signed: bool = False) -> str:
    """`1 204,70 €`; `–` where there is no amount."""
    return NOTHING if value is None else f"{number(value, places, signed=signed)}{NBSP}€"


def day_number(day: date) -> str:
    """`5`, and `1er` for the first of a month."""
    return "1er" if day.day == 1 else str(day.day)


@overload
def short_day(day: date, *, today: date | None) -> str: ...
@overload
def short_day(day: date, *, year: bool) -> str: ...
def short_day(day: date, *, today: date | None = None, year: bool = True) -> str:
    """`5 nov.`, `1er janv. 2025`: with its year or without; with `today`, where the day is far from it.

    `today` may be `None`: the year is always written.
    """
    if today is not None:
        year = abs((day - today).days) > FAR
    text = f"{day_number(day)}{NBSP}{MONTHS_SHORT[day.month - 1]}"
    return f"{text}{NBSP}{day.year}" if year else text


def sentence(text: str) -> str:
    """`text` with one full stop at its end: an abbreviated month has its own (`5 nov.`)."""
    return text if text.endswith((".", "…", "!", "?")) else f"{text}."


def uncapitalised(text: str) -> str:
    """`text` inside a sentence: « Nom » is « nom », « IBAN » stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def long_day(day: date) -> str:
    """`jeudi 5 novembre 2026`."""
    return f"{DAYS[day.weekday()]} {long_date(day)}"


def hour(instant: datetime) -> str:
    """`8 h 34`, Paris time."""
    local = instant.astimezone(PARIS)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}" if local.minute else f"{local.hour}{NBSP}h"


def instant(moment: datetime, *, today: date) -> str:
    """`5 nov. à 8 h 34`, Paris time; with the year where it is far from `today`."""
    return f"{short_day(moment.astimezone(PARIS).date(), today=today)} à {hour(moment)}"


def long_date(day: date) -> str:
    """`5 novembre 2026`."""
    return f"{day_number(day)}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def month(value: Month | date, style: str = "") -> str:
    """`novembre 2026`; style `seul` `novembre`, `bref` `nov.`, `court` `nov. 2026`, `de` `d’octobre 2026`."""
    name = MONTHS[value.month - 1]
    if style == "bref":
        return MONTHS_SHORT[value.month - 1]
    if style == "seul":
        return name
    if style == "court":
        return f"{MONTHS_SHORT[value.month - 1]}{NBSP}{value.year}"
    full = f"{name}{NBSP}{value.year}"
    if style == "de":
        return f"d’{full}" if name[0] in "ao" else f"de {full}"
    return full


_SMALL = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def in_words(count: int) -> str:
    """`deux`; figures above ten."""
    return _SMALL[count] if 0 <= count < len(_SMALL) else number(count)


def agree(count: Decimal | int, words: str) -> str:
    """The form of `words` (`singular,plural`, or a regular singular) that `count` asks: plural from 2 on."""
    singular, _, plural = words.partition(",")
    if abs(Decimal(count)) < 2:
        return singular
    return plural or f"{singular}s"


def counted(count: Decimal | int, words: str) -> str:
    """`3 ménages`, the number and its word kept together."""
    return f"{number(count)}{NBSP}{agree(count, words)}"


CIVILITIES = {"m", "mm", "mme", "mmes", "mlle", "monsieur", "madame", "et", "dr", "me"}


_ELIDED = re.compile(r"[aàâeéèêëiîïoôœuùûü]|h(?!a)|y[^aeiou]", re.IGNORECASE)


def initials(name: str) -> str:
    """`FS` for « Mme Fatou Sarr », `YL` for « Yann Le Bihan »: two words at most, no civility."""
    words = [w for w in re.split(r"[\s’'.]+", name) if w and w.casefold().strip(".") not in CIVILITIES]
    return "".join(w[0] for w in words[:2]).upper()


def of(name: str) -> str:
    """`de Camille`, `d’Hélène`: before a vowel or an h that is not said. The h of « Ha… » mostly is: `de Hassan`."""
    return f"d’{name}" if _ELIDED.match(name) else f"de {name}"


def phone(text: str) -> str:
    """A French number by pairs, `06 12 34 56 78`; any other number as it was given."""
    digits = re.sub(r"[\s.\-]", "", text)
    digits = re.sub(r"^(?:\+33|0033)\(?0?\)?", "0", digits)
    if not re.fullmatch(r"0\d{9}", digits):
        return text
    return NBSP.join(digits[i : i + 2] for i in range(0, 10, 2))


def call_link(text: str) -> str:
    """`tel:0612345678`: the address that calls a number, however it was typed. An address has no spaces (RFC 3966)."""
    return "tel:" + re.sub(r"(?!^\+)[^\d*#]", "", phone(text.strip()))


_SPACE = f"[ {NBSP}{THIN}]"
_ADDRESS = re.compile(r"https?://|www\.|@")
_TITLES = r"M\.|MM\.|Mme|Mmes|Mlle|Me|Dr"
_MONTH_WORDS = "|".join(re.escape(m) for m in [*MONTHS, *MONTHS_SHORT])
# Each takes a time that grows with the text, no faster: a run of spaces is looked at once, from its start.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\w)'(?=\w)", "’"),
        (r'"([^"\n]+)"', rf"«{NBSP}\1{NBSP}»"),
        (rf"«[ {NBSP}{THIN}]*", f"«{NBSP}"),
        (rf"(?<!{_SPACE}){_SPACE}*»", f"{NBSP}»"),
        (r"\.\.\.", "…"),
        # A sign that touches its word gets its space; one inside an address (`?q=`) or an hour (`12:30`) does not.
        (rf"(?<=[\w)»%€’.…])[ {NBSP}{THIN}]*([;!?]+)(?=[\s)»]|$)", rf"{THIN}\1"),
        (rf"^[ {NBSP}{THIN}]([;!?]+)(?=[\s)»]|$)", rf"{THIN}\1"),
        (rf"(?<!{_SPACE}){_SPACE}+:(?=\s|$)", f"{NBSP}:"),
        (rf"(?<=\d)[ {THIN}](?=\d{{3}}(?!\d))", NBSP),
        (rf"(?<=\d)[ {NBSP}{THIN}]*([€%])", rf"{NBSP}\1"),
        (r"(?<![\w.,])-(?=\d)", MINUS),
        (rf"\b({_TITLES}) (?=[A-ZÀ-Þ])", rf"\1{NBSP}"),
        (rf"\b[nN]°[ {NBSP}]*(?=\d)", f"n°{NBSP}"),
        (r"\b([Tt]ype|[Ll]ot|[Aa]rt\.|[Aa]rticle) (?=[\dLRD])", rf"\1{NBSP}"),
        (rf"\b(1er|\d{{1,2}}) (?={_MONTH_WORDS})", rf"\1{NBSP}"),
        (r"\b(\d{1,2}) h(?: (\d\d))?\b", ""),
    )
)


def _hour_words(match: re.Match[str]) -> str:
    return f"{match[1]}{NBSP}h" + (f"{NBSP}{match[2]}" if match[2] else "")


def french(text: str) -> str:
    """`text` with French spaces, quotes and apostrophes. Applying it twice changes nothing more.

    Words with an address (`http…`, `@`) are left as they are.
    """
    parts, start = [], 0
    for address in (word for word in re.finditer(r"\S+", text) if _ADDRESS.search(word[0])):
        parts += [_ruled(text[start : address.start()]), address[0]]
        start = address.end()
    return "".join([*parts, _ruled(text[start:])])


def _ruled(text: str) -> str:
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement or _hour_words, text)
    return text
