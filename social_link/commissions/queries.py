"""What pages and API read of the commissions. Only for actors who may: each list of items starts from `visible_to`."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from social_link.commissions.codes import CommissionKind, Ruling
from social_link.commissions.models import Commission, CommissionItem, CommissionItemQuerySet


def items_for(actor: Actor) -> CommissionItemQuerySet:
    """The items that the actor reads, with what a line of them shows."""
    rows = CommissionItem.objects.visible_to(actor)
    return rows.select_related("commission", "household", "measure", "renewal", "referent", "informs", "decided_by")


def commissions_for(actor: Actor) -> QuerySet[Commission]:
    """Commissions, with how many households are asked of each (`asked`), how many wait (`waiting`), and how many of
    these are of the actor (`own`). A social worker reads of all when they are, of his own households what is asked."""
    kept = Q(items__removed_at=None)
    rows = Commission.objects.kept().annotate(
        asked=Count("items", filter=kept),
        waiting=Count("items", filter=kept & Q(items__decision="")),
        unprepared=Count("items", filter=kept & Q(items__decision="", items__opinion="")),
    )
    if can(actor, Read(Data.COMMISSION)):
        return rows
    mine = CommissionItem.objects.visible_to(actor).kept().filter(commission=OuterRef("pk"))
    return rows.annotate(is_mine=Exists(mine))


def decision_totals(year: int) -> list[tuple[str, int, list[int]]]:
    """(commission, households, decisions in the order of `Ruling`) of the closed ones of a year, without names."""
    rows = (
        CommissionItem.objects.kept()
        .filter(commission__closed_at__isnull=False, commission__held_on__year=year)
        .order_by()
        .values_list("commission__kind", "decision")
        .annotate(Count("pk"))
    )
    counts = {(kind, decision): count for kind, decision, count in rows}
    found = []
    for kind in CommissionKind:
        by = [counts.get((kind.value, decision.value), 0) for decision in Ruling]
        found.append((kind.label, sum(by), by))
    return [row for row in found if row[1]]


def open_commissions(day: date) -> QuerySet[Commission]:
    """Those on whose agenda somebody may still be put, the next first."""
    return Commission.objects.open().filter(held_on__gte=day).order_by("held_on", "pk")
