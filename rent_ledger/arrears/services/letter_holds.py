"""Pauses: no letter leaves for a case. The rent side and the social service each make and lift their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from common import clock
from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs, require
from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.models import LONGEST_PAUSE, ArrearsCase, LetterHold
from rent_ledger.arrears.services.cases import lock_cases, lock_open, refresh_cases


@dataclass(frozen=True, slots=True)
class NewHold:
    """No letter for `case` from `from_day` (today) until `until`, included."""

    case: ArrearsCase
    until: date
    reason: str = ""
    from_day: date | None = None


@needs(Write(Data.ARREARS), Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def hold_letters_of(*, holds: Sequence[NewHold], source: str, actor: Actor) -> list[LetterHold]:
    """No letter leaves for the cases until their days (included), by a constant number of queries. All of them or none.

    Each takes the place of the running hold of the same source. Source RENT: the rental manager; SOCIAL: the social
    service; RULE: background jobs.
    """
    may_hold(actor, source)
    lock_open([new.case.pk for new in holds])
    made = write_holds(holds, source=source, actor=actor)
    refresh_cases([new.case for new in holds], actor)
    return made


@needs(Write(Data.ARREARS), Write(Data.ARREARS_CAUSE, OWN))
@transaction.atomic
def lift_hold(*, hold: LetterHold, actor: Actor) -> LetterHold:
    """End a hold now. Lifting it again changes nothing; `taking_back.undo_lift` takes it back."""
    may_hold(actor, hold.source)
    lock_cases([hold.case_id])
    hold = LetterHold.objects.select_for_update(of=("self",)).select_related("case").get(pk=hold.pk)
    if hold.lifted_at is None:
        hold.lifted_at = clock.now()
        hold.lifts.append({"at": hold.lifted_at.isoformat(), "by": actor.user_id})
        hold.save(update_fields=["lifted_at", "lifts"])
        refresh_cases([hold.case], actor)
    return hold


def may_hold(actor: Actor, source: str) -> None:
    """Each side lifts and makes its own holds."""
    is_rent = source == LetterHoldSource.RENT
    require(actor, Write(Data.ARREARS) if is_rent else Write(Data.ARREARS_CAUSE, OWN))


def write_holds(holds: Sequence[NewHold], *, source: str, actor: Actor) -> list[LetterHold]:
    """Make the holds of one side, which replace its running ones. The caller holds the locks of the cases.

    InvalidInput (field `until`) where a hold would end before it begins, or last longer than a year.
    """
    today = clock.today()
    if any(new.until < (new.from_day or today) for new in holds):
        raise InvalidInput("La pause finit après avoir commencé.", field="until")
    if any(new.until - (new.from_day or today) > LONGEST_PAUSE for new in holds):
        raise InvalidInput("Une pause dure un an au plus, et se renouvelle. Vérifiez l’année.", field="until")
    running = LetterHold.objects.filter(case__in=[new.case.pk for new in holds], source=source, lifted_at=None)
    # The same moment for both, so that who takes the new one back finds what it replaced.
    now = clock.now()
    running.update(lifted_at=now)
    return LetterHold.objects.bulk_create(
        LetterHold(
            case=new.case, source=source, from_day=new.from_day or today, until=new.until, reason=new.reason[:200],
            author_id=actor.user_id, recorded_at=now,
        )
        for new in holds
    )  # fmt: skip
