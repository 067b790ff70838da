"""The dated parameters of messages: when an SMS may reach a household."""

from datetime import date

from common.params import Kind, declare
from office.house.parameters import ALSACE_MOSELLE
from office.messages.rules.hours import HourParams
from office.parameters.queries import params_on

_SOURCE = "Usage de la maison : aucun texte lu ne fixe ces heures pour un bailleur ; à vérifier"

SMS_FROM = declare(
    key="message.sms_from_hour",
    kind=Kind.INT,
    unit="h",
    label="Heure à partir de laquelle un SMS part vers un ménage, les jours ouvrés",
    source=_SOURCE,
    verified=False,
    default=9,
).key
SMS_UNTIL = declare(
    key="message.sms_until_hour",
    kind=Kind.INT,
    unit="h",
    label="Heure à partir de laquelle un SMS attend le jour ouvré suivant",
    source=_SOURCE,
    verified=False,
    default=19,
).key


def hour_params(day: date) -> HourParams:
    """The hours in force on `day` (one query)."""
    params = params_on(day)
    return HourParams(params.integer(SMS_FROM), params.integer(SMS_UNTIL), params.flag(ALSACE_MOSELLE))
