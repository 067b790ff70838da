"""Dated values of parameters: added with their source, never overlapping, withdrawn until their first day is over."""

from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.db import checked, french_refusals, lock_for_transaction
from common.errors import Conflict, InvalidInput
from common.params import Parameter, Scope, declared
from common.periods import period
from common.reasons import Reason
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.parameters.codes import ABOUT_VALUE, WithdrawalQuestion
from office.parameters.models import ParameterValue
from office.parameters.words import written


def _parameter(key: str) -> Parameter:
    parameter = declared().get(key)
    if parameter is None:
        raise InvalidInput("Ce paramètre n’existe pas.", field="key", code="unknown_parameter")
    return parameter


@needs(Write(Data.PARAMETER))
@transaction.atomic
def set_value(
    *,
    key: str,
    since: date,
    value: Any,
    source: str,
    actor: Actor,
    scope: str = Scope.ASSOCIATION,
    is_verified: bool = False,
) -> ParameterValue:
    """Give a parameter a value from `since` on: the value in force that day ends there, later ones stay.

    `value` is typed text or JSON of the declared kind. `source` is the text, decision or deliberation that gives it.
    Raises `InvalidInput` (unknown key, a scope that the parameter does not have, no source, a value of another kind);
    `Conflict` where a value of this scope begins on `since`.
    """
    parameter = _parameter(key)
    if scope not in Scope.values or not parameter.allows(scope):
        raise InvalidInput("Ce paramètre n’a pas de valeur propre à cette portée.", field="scope")
    if not source.strip():
        raise InvalidInput("Indiquez la source : le texte ou la décision qui donne cette valeur.", field="source")
    try:
        typed = parameter.parse(value)
        parameter.check(typed)
        stored = parameter.to_json(typed)
    except ValueError as error:
        raise InvalidInput(str(error), field="value") from error
    lock_for_transaction(f"parameter {key}")
    before = ParameterValue.objects.filter(key=key, scope=scope, period__contains=since).first()
    after = ParameterValue.objects.filter(key=key, scope=scope, period__startswith__gt=since).order_by("period").first()
    if before is not None:
        if before.period.lower == since:
            raise Conflict(
                "Une valeur commence déjà ce jour-là. Choisissez un autre jour, ou retirez-la si la page l’offre.",
                field="since",
            )
        before.period = period(before.period.lower, since)
        before.save(update_fields=["period"])
    row = ParameterValue(
        key=key,
        scope=scope,
        period=period(since, after.period.lower if after else None),
        value=stored,
        source=source.strip(),
        is_verified=is_verified,
        author=actor.user,
    )
    checked(row)
    with french_refusals(row):
        row.save()
    return row


@needs(Write(Data.PARAMETER))
@transaction.atomic
def withdraw_value(*, value_id: int, actor: Actor, answers: Answers = NO_ANSWERS) -> None:
    """Take back a value put in by mistake; the one before it goes on. One that has begun is asked about
    (`WithdrawalQuestion`), and the reason is kept: what was calculated with it stays as it is.

    Raises `Conflict` (`wrong_state`).
    """
    key = ParameterValue.objects.values_list("key", flat=True).filter(pk=value_id).first()
    lock_for_transaction(f"parameter {key}")
    row = ParameterValue.objects.filter(pk=value_id).first()
    if row is None:
        raise Conflict("Cette valeur est déjà retirée. Rechargez la page.", code="wrong_state")
    if row.scope not in Scope.values:
        raise Conflict("Cette valeur n’a servi à aucun calcul : elle reste dans l’historique.", code="wrong_state")
    since = row.period.lower
    has_begun = since is None or since <= clock.today()
    answered = ask([_has_served(row)] if has_begun else [], answers)
    row.delete()
    ended = ParameterValue.objects.filter(key=row.key, scope=row.scope, period__endswith=since) if since else None
    if ended and (before := ended.first()):
        before.period = period(before.period.lower, row.period.upper)
        before.save(update_fields=["period"])
    keep(answered, about=ABOUT_VALUE, about_id=value_id, actor=actor)


def _has_served(row: ParameterValue) -> Reason:
    parameter = declared().get(row.key)
    said = {
        "label": parameter.label if parameter else row.key,
        "value": written(parameter, parameter.parse(row.value)) if parameter else str(row.value),
    }
    if row.period.lower is None:
        return Reason(WithdrawalQuestion.ALWAYS_SERVED, said)
    return Reason(WithdrawalQuestion.HAS_SERVED, {**said, "since": row.period.lower})


@needs(Write(Data.PARAMETER))
@transaction.atomic
def verify_value(*, value_id: int, source: str, actor: Actor) -> ParameterValue:
    """Mark a value as verified: somebody read the text that gives it. Raises `InvalidInput` without a source."""
    row = ParameterValue.objects.select_for_update().get(pk=value_id)
    if not source.strip():
        raise InvalidInput("Indiquez le texte que vous avez lu.", field="source")
    row.source, row.is_verified = source.strip(), True
    row.save(update_fields=["source", "is_verified"])
    return row
