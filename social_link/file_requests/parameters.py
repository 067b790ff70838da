"""Dated parameters of the requests to read a file, and how to read them."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from social_link.file_requests.rules.delays import AnswerParams

ANSWER_MONTHS = declare(
    key="file_request.answer_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Délai pour répondre à une personne qui demande à lire son dossier",
    source="RGPD, art. 12 § 3 (non relu)",
    verified=False,
    default=1,
).key


def answer_params(day: date, *, params: Params | None = None) -> AnswerParams:
    """The delay in force on `day`."""
    return AnswerParams((params or params_on(day)).integer(ANSWER_MONTHS))
