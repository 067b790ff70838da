"""What guarantees ask of the rental managers: to tell or to call a guarantor by a day, to see that one ends soon."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from common import clock
from common.links import link
from common.periods import ONE_DAY, last_day
from common.typography import short_day
from leases.contracts.codes import LeaseState
from leases.models import Guarantee
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from rent_ledger.guarantees.codes import ABOUT_GUARANTEE, TO_DO, CallState, GuaranteeDuty
from rent_ledger.guarantees.models import GuaranteeClaim, GuarantorNotice
from rent_ledger.guarantees.parameters import end_warn_days
from rent_ledger.guarantees.queries.calls import calls_of, guarantees_in_debt

SETTLED = "Il n’y a plus rien à demander au garant"


def _page() -> str:
    return link("rent_ledger:guarantees")


def _calls(ids: Collection[int] | None) -> Iterable[Cause]:
    found = calls_of(guarantees_in_debt(ids), day=clock.today())
    return [
        Cause(pk, due_on=one.call.by, household_id=one.guarantee.lease.household_id)
        for pk, one in found.items()
        if one.call.state in TO_DO
    ]


def _called(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """By the claim or the notice that was made since."""
    found = dict.fromkeys(raised, Ending(SETTLED))
    claims = GuaranteeClaim.objects.filter(guarantee__in=raised, withdrawn_at=None).order_by("id")
    for pk, author, at in claims.values_list("guarantee_id", "author_id", "recorded_at"):
        if at >= raised[pk]:
            found[pk] = Ending(by_id=author)
    sent = GuarantorNotice.objects.filter(guarantee__in=raised, sent_on__isnull=False).order_by("id")
    for pk, author, on in sent.values_list("guarantee_id", "author_id", "sent_on"):
        if on is not None and on >= raised[pk].astimezone(clock.PARIS).date():
            found[pk] = Ending(by_id=author)
    return found


def _rows(ids: Collection[int]) -> list[Guarantee]:
    return list(Guarantee.objects.filter(pk__in=ids).select_related("lease__household", "person", "body"))


def _shown_calls(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today, rows = clock.today(), _rows(ids)
    now = calls_of(rows, day=today)
    found = {}
    for row in rows:
        name, one = row.lease.household.name, now.get(row.pk)
        told = one is not None and one.call.state == CallState.TELL
        what = "Caution à prévenir" if told else f"{row.get_kind_display()} : à appeler"
        text = one.call.reason.text(today=today) if one else ""
        if one is not None and one.call.is_late(today) and one.call.by:
            text += f" ; délai passé depuis le {short_day(one.call.by, today=today)}"
        found[row.pk] = TaskLine(f"{what}, {name}", text, name, link("rent_ledger:guarantee", row.pk))
    return found


CALL = declare(
    TaskKind(
        code=GuaranteeDuty.CALL,
        about=ABOUT_GUARANTEE,
        reveals=Data.ARREARS_CAUSE,
        falls_to=Write(Data.ARREARS),
        causes=_calls,
        endings=_called,
        show=_shown_calls,
        locks=lambda ids: Guarantee.objects.filter(pk__in=ids),
        look=TaskLook("shield-check", "warn", "Ouvrir", "garant à appeler,garants à appeler", _page),
        may_be_given=True,
    )
)


def _ends(ids: Collection[int] | None) -> Iterable[Cause]:
    """Of contracts that go on, and that no other guarantee follows; once one has ended, nothing is to do."""
    today = clock.today()
    until = today + timedelta(days=end_warn_days(today))
    rows = Guarantee.objects.filter(
        lease__state=LeaseState.ACTIVE, period__endswith__gt=today, period__endswith__lte=until + ONE_DAY
    ).select_related("lease")
    ending = list(rows if ids is None else rows.filter(pk__in=ids))
    others = list(Guarantee.objects.filter(lease__in=[row.lease_id for row in ending]))
    followed = {
        row.pk for row in ending for one in others if one.lease_id == row.lease_id and one.runs_on(row.period.upper)
    }
    return [
        Cause(row.pk, due_on=last_day(row.period), household_id=row.lease.household_id)
        for row in ending
        if row.pk not in followed and (row.lease.period.upper is None or row.lease.period.upper > row.period.upper)
    ]


def _ended(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return dict.fromkeys(raised, Ending("La garantie est prolongée, remplacée ou finie"))


def _shown_ends(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    return {
        row.pk: TaskLine(
            f"{row.get_kind_display()} finit : {row.lease.household.name}",
            f"Dernier jour le {short_day(last, today=today)}" if (last := last_day(row.period)) else "",
            row.lease.household.name,
            link("leases:guarantee", row.pk),
        )
        for row in _rows(ids)
    }


ENDS = declare(
    TaskKind(
        code=GuaranteeDuty.ENDS,
        about=ABOUT_GUARANTEE,
        reveals=Data.LEASE,
        falls_to=Write(Data.LEASE),
        causes=_ends,
        endings=_ended,
        show=_shown_ends,
        locks=lambda ids: Guarantee.objects.filter(pk__in=ids),
        look=TaskLook("hourglass", "neutral", "Ouvrir", "garantie qui finit,garanties qui finissent", _page),
        may_be_given=True,
    )
)
