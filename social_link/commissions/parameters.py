"""Dated parameters of the commissions, and how to read them."""

from dataclasses import dataclass
from datetime import date, timedelta

from common.params import Kind, Params, declare
from office.house.parameters import ALSACE_MOSELLE
from office.parameters.queries import params_on
from social_link.commissions.codes import CommissionKind

_PRACTICE = "Règlement intérieur de chaque commission, aucun texte commun"

ENTRY_DAYS = declare(
    key="commission.entry_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Commission : jours entre la fin des inscriptions et la séance",
    source=_PRACTICE,
    verified=False,
    default=7,
).key
TELL_DAYS = declare(
    key="commission.tell_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Commission : délai pour envoyer les décisions après la séance",
    source=_PRACTICE,
    verified=False,
    default=8,
).key
for _kind in CommissionKind:
    declare(
        key=f"commission.{_kind.value.lower()}_names",
        kind=Kind.BOOL,
        unit="",
        label=f"{_kind.label} : les papiers portent les noms",
        source=_PRACTICE,
        verified=False,
        default=_kind == CommissionKind.INTERNAL,
    )
    declare(
        key=f"commission.{_kind.value.lower()}_quorum",
        kind=Kind.INT,
        unit="",
        label=f"{_kind.label} : quorum, en membres présents",
        source=_PRACTICE,
        verified=False,
        default=None,
        optional=True,
        most=30,
    )


@dataclass(frozen=True, slots=True)
class CommissionParams:
    """`entry_days`: between the last day for entering a household and the commission. `shows_names`: on papers.
    `quorum`: members present, None without one."""

    entry_days: int
    shows_names: bool
    quorum: int | None
    alsace_moselle: bool


def commission_params(kind: str, day: date, *, params: Params | None = None) -> CommissionParams:
    """The values in force on `day`."""
    params = params or params_on(day)
    stem = f"commission.{kind.lower()}"
    return CommissionParams(
        entry_days=params.integer(ENTRY_DAYS),
        shows_names=params.flag(f"{stem}_names"),
        quorum=params.bound(f"{stem}_quorum"),
        alsace_moselle=params.flag(ALSACE_MOSELLE),
    )


def tell_until(held_on: date) -> date:
    """The last day on which what was decided on this day is to be sent."""
    return held_on + timedelta(days=params_on(held_on).integer(TELL_DAYS))
