"""Dated parameters of the contacts, and how to read them."""

from dataclasses import dataclass
from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on

# How long a followed household may stay without a contact made by a person, and how early the worker is told.
_WATCH = "Pratique de la maison (veille sociale), aucun texte"
SILENCE_DAYS = declare(
    key="contact.silence_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Durée la plus longue sans contact avec un ménage suivi",
    source=_WATCH,
    verified=False,
    default=30,
).key
SILENCE_NOTICE_DAYS = declare(
    key="contact.silence_notice_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Rappel avant la fin de la durée sans contact",
    source=_WATCH,
    verified=False,
    default=5,
).key


@dataclass(frozen=True, slots=True)
class SilenceParams:
    """A household is named `notice_days` before it has been `limit_days` without a contact, and late beyond them."""

    limit_days: int
    notice_days: int


def silence_params(day: date, *, params: Params | None = None) -> SilenceParams:
    """The two delays in force on `day`."""
    params = params or params_on(day)
    return SilenceParams(params.integer(SILENCE_DAYS), params.integer(SILENCE_NOTICE_DAYS))
