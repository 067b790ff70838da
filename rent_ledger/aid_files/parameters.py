"""Dated parameters of the files for an aid: usage of the house, no text gives them."""

from datetime import date

from common.params import Kind, declare
from office.parameters.queries import params_on
from rent_ledger.aid_files.rules.waiting import AidParams

_USAGE = "Usage de la maison, aucun texte"
PREPARE_DAYS = declare(
    key="aid_files.prepare_days", kind=Kind.DAYS, unit="jours", verified=False, default=15,
    label="Dossier d’aide : temps pour le préparer et l’envoyer", source=_USAGE,
).key  # fmt: skip
PIECES_DAYS = declare(
    key="aid_files.pieces_days", kind=Kind.DAYS, unit="jours", verified=False, default=15,
    label="Dossier d’aide : temps pour envoyer les pièces demandées, sans autre délai", source=_USAGE,
).key  # fmt: skip
DECISION_WEEKS = declare(
    key="aid_files.decision_weeks", kind=Kind.INT, unit="semaines", verified=False, default=8, most=52,
    label="Dossier d’aide : sans décision au bout de ce temps, l’organisme est relancé", source=_USAGE,
).key  # fmt: skip
PAYMENT_WEEKS = declare(
    key="aid_files.payment_weeks", kind=Kind.INT, unit="semaines", verified=False, default=6, most=52,
    label="Dossier d’aide : accordé et pas versé au bout de ce temps, l’organisme est relancé", source=_USAGE,
).key  # fmt: skip


def aid_params(day: date) -> AidParams:
    """The delays in force on `day`."""
    params = params_on(day)
    return AidParams(
        prepare_days=params.integer(PREPARE_DAYS),
        pieces_days=params.integer(PIECES_DAYS),
        decision_weeks=params.integer(DECISION_WEEKS),
        payment_weeks=params.integer(PAYMENT_WEEKS),
    )
