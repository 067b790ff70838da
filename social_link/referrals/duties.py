"""What a referral asks of who has it: each next step, with its last day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from common import clock
from common.links import link
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.referrals.codes import ABOUT_REFERRAL, WAITING, ReferralDuty, ReferralState
from social_link.referrals.models import Referral, ReferralStep
from social_link.referrals.queries import referrals_on


def _asking(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = Referral.objects.counted().filter(Q(state__in=WAITING) | Q(state=ReferralState.INSIDE)).order_by("pk")
    asked = referrals_on(rows if ids is None else rows.filter(pk__in=ids), day=clock.today())
    return [
        Cause(
            now.referral.pk,
            due_on=now.awaited.due_on,
            household_id=now.referral.household_id,
            assignee_id=now.referral.assignee_id,
        )
        for now in asked
        if now.awaited is not None and now.awaited.is_task
    ]


def _ended(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """By the last step noted since; else it was withdrawn, joined to another, or waits for somebody else."""
    found = dict.fromkeys(raised, Ending("La saisine a été retirée, ou n’attend plus rien de nous"))
    rows = ReferralStep.objects.filter(referral__in=raised).order_by("id")
    for referral, author, at in rows.values_list("referral_id", "author_id", "recorded_at"):
        if at >= raised[referral]:
            found[referral] = Ending(by_id=author)
    return found


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    rows = Referral.objects.visible_to(actor).filter(pk__in=ids)
    return {
        now.referral.pk: TaskLine(
            f"Saisine : {now.referral.name}",
            now.awaited.reason.text(today=today) if now.awaited else "",
            now.referral.name,
            link("social_link:referral", now.referral.pk),
        )
        for now in referrals_on(rows, day=today)
    }


def _page() -> str:
    return link("social_link:referrals")


NEXT = declare(
    TaskKind(
        code=ReferralDuty.NEXT,
        about=ABOUT_REFERRAL,
        reveals=Data.REFERRAL,
        falls_to=Write(Data.REFERRAL),
        causes=_asking,
        endings=_ended,
        show=_shown,
        locks=lambda ids: Referral.objects.filter(pk__in=ids),
        look=TaskLook("mailbox", "social", "Ouvrir", "saisine à faire avancer,saisines à faire avancer", _page),
    )
)
