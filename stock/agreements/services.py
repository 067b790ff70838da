"""Head agreements: make, change, and the dwellings that enter and leave them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from common.db import checked, french_refusals, many_with_history
from common.errors import InvalidInput
from common.periods import contains, period
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.house.codes import HeldFor
from office.models import Organisation
from office.tasks.services.tasks import refresh_tasks
from stock.agreements.codes import HeadAgreementKind
from stock.agreements.duties import END
from stock.agreements.models import AgreementDwelling, HeadAgreement
from stock.dwellings.models import Dwelling


def _saved(row: models.Model) -> None:
    checked(row)
    with french_refusals(row):
        row.save()


@needs(Write(Data.AGREEMENT))
@transaction.atomic
def create_agreement(
    *,
    actor: Actor,
    kind: str,
    reference: str,
    title: str,
    owner: Organisation,
    from_day: date,
    last_day: date | None = None,
    ordered_by: Organisation | None = None,
    operator: Organisation | None = None,
    rent_collected_for: str = "",
    is_conventioned: bool = False,
    notice_months: int = 3,
    fee_percent: Decimal | None = None,
) -> HeadAgreement:
    """A new agreement from `from_day` to `last_day` included. A mandate's rents are collected for its owners."""
    default = HeldFor.MANDANTS if kind == HeadAgreementKind.MANDATE else HeldFor.ITSELF
    agreement = HeadAgreement(
        kind=kind,
        reference=reference.strip(),
        title=title.strip(),
        owner=owner,
        ordered_by=ordered_by,
        operator=operator,
        rent_collected_for=rent_collected_for or default,
        is_conventioned=is_conventioned,
        period=_period(from_day, last_day),
        notice_months=notice_months,
        fee_percent=fee_percent,
    )
    _saved(agreement)
    refresh_tasks(END, ids=[agreement.pk], actor=actor)
    return agreement


@needs(Write(Data.AGREEMENT))
@transaction.atomic
def update_agreement(*, actor: Actor, agreement: HeadAgreement, **changes: Any) -> HeadAgreement:
    """Change fields of an agreement (`from_day` and `last_day` change its period).

    A dwelling that stays until the agreement's end gets the new end. `InvalidInput` names a dwelling that would be
    outside the new period.
    """
    agreement = HeadAgreement.objects.select_for_update().get(pk=agreement.pk)
    before: DateRange = agreement.period
    if "from_day" in changes or "last_day" in changes:
        first = changes.pop("from_day", before.lower)
        last = changes.pop("last_day", None if before.upper is None else before.upper - timedelta(days=1))
        agreement.period = _period(first, last)
    for name, value in changes.items():
        setattr(agreement, name, value)
    checked(agreement)
    if agreement.period != before:
        _move_lines(agreement, before)
    _saved(agreement)
    refresh_tasks(END, ids=[agreement.pk], actor=actor)
    return agreement


def _move_lines(agreement: HeadAgreement, before: DateRange) -> None:
    lower, upper = agreement.period.lower, agreement.period.upper
    for line in agreement.lines.select_for_update(of=("self",)).select_related("dwelling"):
        start = lower if line.period.lower == before.lower and lower < before.lower else line.period.lower
        if line.period.upper == before.upper:
            end = upper
        else:
            end = line.period.upper
        too_late = upper is not None and (end is None or end > upper)
        if start < lower or too_late or (end is not None and start >= end):
            raise InvalidInput(
                f"Le logement {line.dwelling.reference} est dans la convention hors de ces dates. "
                "Corrigez d’abord son entrée ou sa sortie.",
                field="from_day" if start < lower else "last_day",
            )
        moved = period(start, end)
        if moved != line.period:
            line.period = moved
            with french_refusals():
                line.save(update_fields=["period"])


@needs(Write(Data.AGREEMENT))
@transaction.atomic
def add_dwelling(
    *,
    actor: Actor,
    agreement: HeadAgreement,
    dwelling: Dwelling,
    from_day: date | None = None,
    last_day: date | None = None,
    gives_title: bool | None = None,
    upstream_rent: Decimal | None = None,
) -> AgreementDwelling:
    """Put a dwelling in an agreement from `from_day` (its start by default) to `last_day` included (its end).

    Each kind gives the right to let, except a marché de prestations: it comes in addition to another agreement.
    """
    [line] = add_dwellings(
        actor=actor, agreement=agreement, dwellings=[dwelling], from_day=from_day, last_day=last_day,
        gives_title=gives_title, upstream_rent=upstream_rent,
    )  # fmt: skip
    return line


@needs(Write(Data.AGREEMENT))
@transaction.atomic
def add_dwellings(
    *,
    actor: Actor,
    agreement: HeadAgreement,
    dwellings: Sequence[Dwelling],
    from_day: date | None = None,
    last_day: date | None = None,
    gives_title: bool | None = None,
    upstream_rent: Decimal | None = None,
) -> list[AgreementDwelling]:
    """`add_dwelling` for many that enter together. All of them or none."""
    agreement = HeadAgreement.objects.select_for_update().get(pk=agreement.pk)
    title = agreement.kind != HeadAgreementKind.SERVICE_CONTRACT if gives_title is None else gives_title
    start = from_day or agreement.period.lower
    end = agreement.period.upper if last_day is None else last_day + timedelta(days=1)
    _within(agreement, start, end)
    lines = [
        AgreementDwelling(
            agreement=agreement,
            dwelling=dwelling,
            gives_title=title,
            period=period(start, end),
            upstream_rent=upstream_rent,
        )
        for dwelling in dwellings
    ]
    for line in lines:
        checked(line)
    many_with_history()
    with french_refusals(*lines):
        return AgreementDwelling.objects.bulk_create(lines)


@needs(Write(Data.AGREEMENT))
@transaction.atomic
def remove_dwelling(*, actor: Actor, line: AgreementDwelling, last_day: date) -> AgreementDwelling:
    """The dwelling leaves the agreement: `last_day` is its last day in it.

    Raises `InvalidInput` (`last_day`).
    """
    line = AgreementDwelling.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=line.pk)
    if last_day < line.period.lower:
        raise InvalidInput(
            f"Le logement est entré le {line.period.lower:%d/%m/%Y} : sa sortie ne peut pas être avant.",
            field="last_day",
        )
    end = last_day + timedelta(days=1)
    _within(line.agreement, line.period.lower, end)
    line.period = period(line.period.lower, end)
    _saved(line)
    return line


def _within(agreement: HeadAgreement, start: date, end: date | None) -> None:
    if not contains(agreement.period, start):
        raise InvalidInput(
            f"L’entrée du logement est hors de la convention {agreement.reference}, qui va {_words(agreement.period)}.",
            field="from_day",
        )
    if agreement.period.upper is not None and (end is None or end > agreement.period.upper):
        raise InvalidInput(
            f"La sortie du logement dépasse la fin de la convention {agreement.reference}, "
            f"qui va {_words(agreement.period)}.",
            field="last_day",
        )


def _words(span: DateRange) -> str:
    if span.upper is None:
        return f"du {span.lower:%d/%m/%Y} sans fin fixée"
    return f"du {span.lower:%d/%m/%Y} au {span.upper - timedelta(days=1):%d/%m/%Y}"


def _period(from_day: date, last_day: date | None) -> DateRange:
    if last_day is not None and last_day < from_day:
        raise InvalidInput("La date de fin précède celle de début.", field="last_day")
    return period(from_day, None if last_day is None else last_day + timedelta(days=1))
