"""Which accounts are guarded, by whom, and what was done to them."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from office.access.actor import Actor
from office.access.matrix import WITNESS, Data, Write, guarded_roles, roles_with
from office.access.models import AccessLog
from office.access.people import one_witness, witnesses_of
from office.staff.codes import StaffAct
from office.staff.models import RoleGrant, StaffRequest, User


def ever_guarded(user: User) -> bool:
    """Whether the account holds, held or will hold a guarded role: what it wrote and read then is opened by it still.

    A grant that was removed before its first day leaves the request that gave it.
    """
    roles = guarded_roles()
    given = StaffRequest.objects.filter(user=user, act=StaffAct.ROLE, is_granted=True, role__in=roles)
    return user.grants.filter(role__in=roles).exists() or given.exists()


def is_guarded(user: User) -> bool:
    """Whether a guarded role of the account goes on or is to come."""
    return user.grants.going_on().filter(role__in=guarded_roles()).exists()


def may_confirm(*, user: User, actor: Actor) -> tuple[bool, bool]:
    """Whether the house has a second person beside the actor, and whether one of them is not `user` herself."""
    able = witnesses_of(actor.user_id, Write(Data.STAFF_SECOND))
    return able.exists(), able.exclude(pk=user.pk).exists()


def witnessed(actor: Actor, *, lasting: bool) -> set[Data]:
    """What somebody who is not one with the actor may confirm today; with `lasting`, without an end in sight."""
    grants = RoleGrant.objects.in_force().filter(user__is_active=True).exclude(one_witness(actor.user_id, "user"))
    if lasting:
        grants = grants.filter(period__upper_inf=True)
    held = set(grants.values_list("role", flat=True))
    return {data for data in WITNESS if held & set(roles_with(Write(data)))}


ACTS_SHOWN = 8


def acts_on(user_ids: Collection[int]) -> Mapping[int, list[AccessLog]]:
    """By account: what was done to it last, the newest first. A link that was given, an address, a password chosen."""
    found: dict[int, list[AccessLog]] = defaultdict(list)
    acts = AccessLog.objects.filter(
        subject=Data.STAFF, object_type=User._meta.label_lower, object_id__in=set(user_ids)
    ).exclude(reason="")
    for row in acts.select_related("user").order_by("-id"):
        if len(found[row.object_id]) < ACTS_SHOWN:
            found[row.object_id].append(row)
    return found
