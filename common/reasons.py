"""Why an amount, a state or a proposal is what it is: a code with its figures, put into French where it is shown.

A rule returns `Reason(code, figures)`. The code's label is the sentence, with the figures' names in it:

    class Why(Code):
        RETURNED = "RETURNED", "Rejet du {returned_on:day}, à représenter : attendre le {until:day}"

    Reason(Why.RETURNED, {"returned_on": date(2026, 11, 5), "until": date(2026, 11, 12)})

So each sentence is written in one place, formatted by one module, and code never parses it to decide something. A value
that a parameter can change is a figure too: never write it in the sentence.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from string import Formatter
from typing import Any

from common import typography
from common.codes import Code
from common.periods import Month

logger = logging.getLogger(__name__)


class Former(Code):
    """What is said of a stored reason that this version can't put into words."""

    VERSION = "FORMER_VERSION", "Motif d’une version antérieure ({code})"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, or a tree of them.

    `figures`: euros as `Decimal`, days as `date`, counts as `int`, names as `str`, or lists of these. `amount`: the
    euros that this reason accounts for; those of `parts` add up to it. `detail`: small print beside the sentence.
    `rule`: the text or the rule that decided. `on`: its day. `url`: an internal path to the proof.
    """

    code: Code
    figures: Mapping[str, Any] = field(default_factory=dict)
    amount: Decimal | None = None
    parts: tuple["Reason", ...] = ()
    detail: "Reason | None" = None
    rule: "Reason | None" = None
    on: date | None = None
    url: str = ""

    def text(self, *, today: date | None = None) -> str:
        """The French sentence. A day far from `today` is written with its year; without `today`, each day is.

        `KeyError` if the sentence names a figure that is missing.
        """
        return _French(today).vformat(self.code.label, (), self.figures)

    def day(self, name: str) -> date:
        """The figure `name` as a day, also where the reason was stored. `KeyError` if it is missing."""
        return _day(self.figures[name])

    def to_json(self) -> dict[str, Any]:
        """What is stored: decimals as strings, days as ISO strings, empty keys left out."""
        node: dict[str, Any] = {"code": str(self.code)}
        if self.figures:
            node["figures"] = {key: _plain(value) for key, value in self.figures.items()}
        if self.amount is not None:
            node["amount"] = str(self.amount)
        if self.on is not None:
            node["on"] = self.on.isoformat()
        if self.url:
            node["url"] = self.url
        for key in ("detail", "rule"):
            reason = getattr(self, key)
            if reason is not None:
                node[key] = reason.to_json()
        if self.parts:
            node["parts"] = [part.to_json() for part in self.parts]
        return node

    @classmethod
    def from_json(cls, node: Mapping[str, Any], *classes: type[Code]) -> "Reason":
        """The reason that `to_json` stored, its codes looked up in `classes`.

        Figures keep their stored shape: the sentence reads decimals and days from strings too. A code that is in none
        of `classes`, or whose sentence names a figure that was not stored, becomes `Former.VERSION` and is logged: a
        page says so in French instead of failing.
        """
        code, figures = _code(node["code"], classes), node.get("figures", {})
        if code is None or not named_figures(code.label) <= figures.keys():
            logger.error("stored reason %s with figures %s has no sentence", node["code"], sorted(figures))
            code, figures = Former.VERSION, {"code": node["code"]}
        return cls(
            code=code,
            figures=figures,
            amount=Decimal(node["amount"]) if "amount" in node else None,
            parts=tuple(cls.from_json(part, *classes) for part in node.get("parts", ())),
            detail=cls.from_json(node["detail"], *classes) if "detail" in node else None,
            rule=cls.from_json(node["rule"], *classes) if "rule" in node else None,
            on=date.fromisoformat(node["on"]) if "on" in node else None,
            url=node.get("url", ""),
        )


@cache
def named_figures(sentence: str) -> frozenset[str]:
    """The figures that the label of a code names."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def listed(words: Iterable[str]) -> str:
    """`a`, `a et b`, `a, b et c`."""
    *first, last = words
    return f"{', '.join(first)} et {last}" if first else last


def question_of(amount: Decimal | int | None) -> str:
    """What is asked of a figure: « D’où viennent les 306,00 € ? », « Pourquoi ? » where it has no amount."""
    if amount is None:
        return f"Pourquoi{typography.THIN}?"
    if abs(Decimal(amount)) < 2:
        return f"D’où vient ce montant{typography.THIN}?"
    return f"D’où viennent les {typography.euros(amount)}{typography.THIN}?"


class _French(Formatter):
    """`{name:style}`: one figure in French. A list is written with commas and « et », each of its figures in the style.

    Styles: `euros`, `euros0` (whole euros), `number`, `number1` (one decimal), `day` (`5 nov.`), `date` (`5 novembre
    2026`), `month` (`novembre 2026`), `of_month` (`d’octobre 2026`), `month_name` (`novembre`),
    and a word or two (`mois,mois`; `jour`): the number with its word in agreement, in letters after `letters` (`letters
    terme`: « deux termes », `Letters terme`: « Deux termes »). Without a style, the text as it is.
    """

    def __init__(self, today: date | None) -> None:
        self.today = today

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, list | tuple):
            return listed([self.format_field(item, format_spec) for item in value])
        match format_spec:
            case "":
                return value.label if isinstance(value, Code) else str(value)
            case "euros":
                return typography.euros(Decimal(value))
            case "euros0":
                return typography.euros(Decimal(value), 0)
            case "number":
                return typography.number(Decimal(value))
            case "number1":
                return typography.number(Decimal(value), 1)
            case "day":
                return typography.short_day(_day(value), today=self.today)
            case "date":
                return typography.long_date(_day(value))
            case "month":
                return typography.month(_day(value))
            case "of_month":
                return typography.month(_day(value), "de")
            case "month_name":
                return typography.month(_day(value), "seul")
            case words if words[:8].lower() == "letters ":
                text = f"{typography.in_words(int(value))} {typography.agree(int(value), words[8:])}"
                return text if words[0] == "l" else text[0].upper() + text[1:]
            case words:
                return typography.counted(Decimal(value), words)


def _day(value: Any) -> date:
    if isinstance(value, Month):
        return value.first
    return value if isinstance(value, date) else date.fromisoformat(value)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Month):
        return value.first.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | str) else value


def _code(value: str, classes: Sequence[type[Code]]) -> Code | None:
    known: tuple[type[Code], ...] = (*classes, Former)
    for codes in known:
        if value in codes.values:
            return codes(value)
    return None
