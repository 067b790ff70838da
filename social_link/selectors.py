"""What pages and API read of the social service. Only for actors who may: each list starts from `visible_to`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from common import clock
from common.periods import Month, add_months
from common.text import sort_key
from common.typography import MONTHS
from leases.enums import MemberRole
from leases.models import Household, Occupancy
from maintenance.models import Photo
from office.actor import Actor
from office.enums import SOCIAL_ROLES, Role
from office.models import RoleGrant, User
from rent_ledger.enums import DemandState
from rent_ledger.models import AccountState, ArrearsCase, OpenItem, RentDemand
from rent_ledger.rules.natures import HOUSING_NATURES
from social_link.enums import OPEN_ALERTS, AlertRule, AlertState, MeasureKind, NoteLevel
from social_link.models import Alert, Contact, Measure, Note
from social_link.models.measure import followed_by
from social_link.parameters import measure_rule
from social_link.rules.measures import MeasureRule, Span, last_day

ENDING_DAYS = 45


# ---------- alerts ----------


def alerts_for(actor: Actor) -> QuerySet[Alert]:
    """The alerts that the actor may see, with what a line shows; those that wait first."""
    return (
        Alert.objects.visible_to(actor)
        .select_related("household", "assignee", "acknowledged_by", "answer")
        .prefetch_related("facts")
    )


def social_people() -> QuerySet[User]:
    """Who may be given an alert or a measure today."""
    today = clock.today()
    held = RoleGrant.objects.filter(user=OuterRef("pk"), role__in=SOCIAL_ROLES, period__contains=today)
    return User.objects.filter(Exists(held), is_active=True)


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """A month of the household's share: asked and received so far; `x`, `height`, `top` place its bar."""

    month: Month
    asked: Decimal
    received: Decimal
    x: str
    middle: str
    top: str
    height: str

    @property
    def letter(self) -> str:
        return MONTHS[self.month.month - 1][0].upper()

    @property
    def is_short(self) -> bool:
        return self.received < self.asked


@dataclass(frozen=True, slots=True)
class PaymentChart:
    """Twelve bars at most, asked behind received. `highest` is the top of the scale, in euros."""

    months: list[PaidMonth]
    highest: Decimal


STEP, WIDTH, FOOT, TALL = Decimal("26.6"), Decimal(19), Decimal(106), Decimal(92)


def payment_chart(case: ArrearsCase, *, months: int = 12) -> PaymentChart:
    """What was asked of the household and what was received of it, by month, newest last (two queries)."""
    demands = list(
        RentDemand.objects.filter(account=case.account_id, state=DemandState.ISSUED, due_on__lte=clock.today())
        .values("month")
        .annotate(asked=Sum("net"))
        .order_by("-month")[:months]
    )
    left = dict(
        OpenItem.objects.filter(account=case.account_id, is_debit=True, nature__in=HOUSING_NATURES)
        .values_list("for_month")
        .annotate(left=Sum("remaining"))
    )
    highest = max((row["asked"] for row in demands), default=Decimal(0))
    bars = []
    for n, row in enumerate(reversed(demands)):
        received = max(row["asked"] - left.get(row["month"], Decimal(0)), Decimal(0))
        height = TALL * received / highest if highest else Decimal(0)
        bars.append(
            PaidMonth(
                Month.of(row["month"]),
                row["asked"],
                received,
                x=f"{STEP * n:.1f}",
                middle=f"{STEP * n + WIDTH / 2:.1f}",
                top=f"{FOOT - height:.1f}",
                height=f"{height:.1f}",
            )
        )
    return PaymentChart(bars, highest)


def debt_now(case: ArrearsCase) -> AccountState | None:
    """The account as it stands today, beside the facts that were known when the alert was raised."""
    return AccountState.objects.filter(account=case.account_id).first()


def signal_photos(alert: Alert) -> list[Photo]:
    """The pictures that came with the signals of an alert."""
    keys = [fact.key for fact in alert.facts.all() if fact.rule == AlertRule.WEAK_SIGNAL]
    ids = [int(key.rpartition(":S")[2]) for key in keys]
    return list(Photo.objects.filter(signal__in=ids).only("pk", "taken_at")) if ids else []


def home_of(household: Household, day: date) -> Occupancy | None:
    """Where the household lives."""
    return (
        Occupancy.objects.filter(household=household, period__contains=day)
        .select_related("dwelling__building", "lease", "unit")
        .order_by("id")
        .first()
    )


def phone_of(household: Household, day: date) -> str:
    """The first phone number of an adult of the household."""
    members = household.memberships.filter(period__contains=day, role=MemberRole.ADULT).exclude(person__phone="")
    return members.values_list("person__phone", flat=True).order_by("id").first() or ""


# ---------- households, contacts, notes ----------


def search_cases(actor: Actor, text: str, *, limit: int = 12) -> list[Household]:
    """The actor's households by name or reference; the first ones in order of name without text."""
    rows = followed_by(actor)
    for word in sort_key(text).split():
        rows = rows.filter(sort_key__contains=word)
    return list(rows.order_by("sort_key", "id")[:limit])


def contacts_for(actor: Actor) -> QuerySet[Contact]:
    """Contacts of the households that the actor follows, newest first."""
    return Contact.objects.visible_to(actor).select_related("household", "author").prefetch_related("notes")


def planned_for(actor: Actor, *, days: int = 14) -> list[Contact]:
    """One's own planned contacts: what is past and not noted, then the days to come."""
    return list(
        contacts_for(actor)
        .filter(author=actor.user_id, is_planned=True, happened_on__lte=clock.today() + timedelta(days=days))
        .order_by("happened_on", "at_time", "id")
    )


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as the actor may see it: `text` is None where it takes a reason to read it."""

    note: Note
    text: str | None


def notes_of(household: Household, actor: Actor) -> list[NoteLine]:
    """Notes that the actor reads, and for the head of the service those that take a reason, without their text.

    What is neither is not there at all: its existence is secret.
    """
    rows = list(Note.objects.filter(household=household).select_related("author").order_by("-id"))
    readable = set(Note.objects.readable_by(actor).filter(household=household).values_list("pk", flat=True))
    is_head = actor.has_role(Role.HEAD_OF_SOCIAL)
    return [
        NoteLine(note, note.text if note.pk in readable else None) for note in rows if note.pk in readable or is_head
    ]


NOTE_BADGES = {NoteLevel.PRIVATE: "lock", NoteLevel.SHARED: "users", NoteLevel.SEALED: "shield-lock"}


# ---------- measures ----------


def measures_for(actor: Actor) -> QuerySet[Measure]:
    return Measure.objects.visible_to(actor).select_related("household", "funder", "referent")


def measure_totals(day: date) -> list[tuple[str, int, int]]:
    """(kind, running on `day`, ended in its year): what a director sees, without names."""
    first = date(day.year, 1, 1)
    rows = Measure.objects.values_list("kind").annotate(
        running=Count("pk", filter=Q(period__contains=day)),
        ended=Count("pk", filter=Q(ended_on__gte=first, ended_on__lte=day)),
    )
    counts = {kind: (running, ended) for kind, running, ended in rows}
    return [(kind.label, *counts.get(kind, (0, 0))) for kind in MeasureKind]


@dataclass(frozen=True, slots=True)
class MeasureSpan:
    """Where a measure stands within its bounds. `limit` is its last possible day, None without a bound.

    `done`, `planned` and `now` are lengths out of 976 for the strip.
    """

    rule: MeasureRule
    last: date
    limit: date | None
    months_done: int
    done: int
    planned: int
    now: int


def measure_span(measure: Measure, day: date) -> MeasureSpan:
    """Two queries: the dated bounds, and the earlier contracts of the kind."""
    start = measure.period.lower
    rule = measure_rule(measure.kind, start)
    earlier: Sequence[Span] = [
        Span(row.period.lower, row.ended_on or row.planned_end)
        for row in Measure.objects.filter(
            household=measure.household_id, kind=measure.kind, period__startswith__lt=start
        )
    ]
    last = measure.ended_on or measure.planned_end
    limit = last_day(rule, start, earlier)
    end = max(limit or last, last, min(day, last))
    whole = max((end - start).days, 1)
    seen = min(max((min(day, last) - start).days, 0), whole)
    months = 0
    while add_months(start, months + 1) <= min(day, last) + timedelta(days=1):
        months += 1
    return MeasureSpan(
        rule=rule,
        last=last,
        limit=limit,
        months_done=months,
        done=976 * seen // whole,
        planned=976 * (last - start).days // whole,
        now=976 * min(max((day - start).days, 0), whole) // whole,
    )


OPEN_STATES = sorted(OPEN_ALERTS)
ALERT_FILTERS: dict[str, Q] = {
    "a_prendre": Q(state=AlertState.RAISED),
    "a_repondre": Q(state=AlertState.ACKNOWLEDGED),
    "ouvertes": Q(state__in=OPEN_STATES),
    "remontees": Q(state__in=OPEN_STATES, escalated_at__isnull=False),
    "repondues": Q(state=AlertState.ANSWERED),
}
