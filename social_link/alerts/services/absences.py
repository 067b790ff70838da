"""Somebody is away: his open alerts, his visits and what is new of his households go to who stands in for him, and what
is still open comes back when he does.

Access needs no pass: `own_cases` reads the absences of the day. Alerts and visits have one owner, whom every list,
count and deadline reads, so that a pass moves them: at once where an absence begins or ends by a gesture, else with the
first pass of the alerts of the day, which the minute's tick asks for (`is_waiting`). `absence` of a moved row says why
it is where it is, and that it comes back. What somebody takes or plans while he is away he keeps: he chose to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from common.typography import counted
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import User
from social_link.alerts.models import Alert
from social_link.alerts.services.giving import give, one_pass
from social_link.contacts.models import Contact
from social_link.contacts.services import refresh_notes_to_take
from social_link.measures.away import Away
from social_link.measures.models import Absence, StandIn
from social_link.measures.queries import social_people

DAY = timedelta(days=1)
LONGEST = 366


@dataclass(frozen=True, slots=True)
class Moved:
    """How many alerts and visits changed hands."""

    alerts: int = 0
    visits: int = 0

    @property
    def told(self) -> str:
        counts = [(self.alerts, "alerte,alertes"), (self.visits, "visite prévue,visites prévues")]
        return ", ".join(counted(n, word) for n, word in counts if n)


def _to_give_back(day: date) -> Q:
    """Rows that an absence has moved and that runs no more: it is past, or was ended."""
    return Q(absence__isnull=False) & (Q(absence__ended_at__isnull=False) | Q(absence__period__endswith__lte=day))


def _alerts_back(day: date) -> QuerySet[Alert]:
    return Alert.objects.open().filter(_to_give_back(day))


def _visits_back(day: date) -> QuerySet[Contact]:
    """Those to come. What the stand-in has not noted of the days before is his to note."""
    return Contact.objects.filter(_to_give_back(day), is_planned=True, happened_on__gte=day)


def _is_kept(absence: Absence, at: datetime | None) -> bool:
    """Whether what he did himself at `at`, away already, stays his: he said that he sees to it."""
    first = datetime.combine(absence.period.lower, time(), tzinfo=clock.PARIS)
    return at is not None and at >= first and at > absence.created_at


def _is_taken_away(row: Alert, absence: Absence) -> bool:
    """Whether he took the alert himself while away."""
    return row.acknowledged_by_id == absence.user_id and _is_kept(absence, row.acknowledged_at)


def _alerts_out(day: date, away: Away) -> list[tuple[Alert, Absence, User]]:
    """The open alerts of who is away, each with who gets it; without those that he took while away."""
    rows = Alert.objects.open().filter(assignee__in=away.absences).order_by("pk") if away.absences else ()
    return [
        (row, absence, away.present[to])
        for row in rows
        if not _is_taken_away(row, absence := away.absences[row.assignee_id])
        and (to := away.stand_in(absence, row.household_id)) is not None
    ]


def _visits_out(day: date, away: Away) -> list[tuple[Contact, Absence, User]]:
    """The visits that he had planned for the days that are left of his absence; without those that he planned while
    away. What he has not noted of the days before is his to note."""
    rows = Contact.objects.filter(author__in=away.absences, is_planned=True, happened_on__gte=day)
    return [
        (row, absence, away.present[to])
        for row in (rows.order_by("pk") if away.absences else ())
        if row.happened_on < (absence := away.absences[row.author_id]).period.upper
        and not _is_kept(absence, row.recorded_at)
        and (to := away.stand_in(absence, row.household_id)) is not None
    ]


def concerned(day: date) -> QuerySet[Absence]:
    """The absences that run, and those that are over and hold something still."""
    holds = Q(Exists(_alerts_back(day).filter(absence=OuterRef("pk")))) | Q(
        Exists(_visits_back(day).filter(absence=OuterRef("pk")))
    )
    return Absence.objects.filter(holds | Q(ended_at=None, period__contains=day))


def is_waiting(day: date) -> bool:
    """Whether something has to change hands. One short query where nobody is away."""
    if not concerned(day).exists():
        return False
    away = Away.on(day)
    return (
        _alerts_back(day).exists()
        or _visits_back(day).exists()
        or bool(_alerts_out(day, away))
        or bool(_visits_out(day, away))
    )


def follow_absences(day: date, actor: Actor) -> Moved:
    """Give back what absences that are over have moved, then hand over what those that run ask. Again changes nothing.
    The caller holds `one_pass`.

    What somebody else has by now stays his: who took it, or to whom a person gave it.
    """
    if not concerned(day).exists():
        return Moved()
    alerts = visits = 0
    over = Absence.objects.filter(Q(ended_at__isnull=False) | Q(period__endswith__lte=day))
    held = over.filter(Q(pk__in=_alerts_back(day).values("absence")) | Q(pk__in=_visits_back(day).values("absence")))
    absences = {row.pk: row for row in held.select_related("user").prefetch_related("named")}
    able = set(social_people().values_list("pk", flat=True)) if absences else set()
    for row in _locked_alerts(_alerts_back(day)):
        absence = absences[row.absence_id or 0]
        row.absence = None
        if _is_moved(row.assignee_id, absence) and absence.user_id in able:
            give(row, absence.user, actor=actor, reason="Retour d’absence")
            alerts += 1
        else:
            row.save(update_fields=["absence"])
    for visit in _visits_back(day).select_for_update(of=("self",)).order_by("pk") if absences else ():
        absence = absences[visit.absence_id or 0]
        if _is_moved(visit.author_id, absence) and absence.user_id in able:
            visit.author = absence.user
            visits += 1
        visit.absence = None
        visit.save(update_fields=["author", "absence"])
        refresh_notes_to_take([visit.pk], actor)
    away = Away.on(day)
    wanted = {row.pk: (absence, to) for row, absence, to in _alerts_out(day, away)}
    for row in _locked_alerts(Alert.objects.open().filter(pk__in=wanted)):
        absence, to = wanted[row.pk]
        if row.assignee_id == absence.user_id and not _is_taken_away(row, absence):
            row.absence = absence
            give(row, to, actor=actor, reason=f"Absence jusqu’au {absence.last_day:%d/%m/%Y}")
            alerts += 1
    planned = {row.pk: (absence, to) for row, absence, to in _visits_out(day, away)}
    out = Contact.objects.filter(pk__in=planned, is_planned=True).select_for_update(of=("self",)).order_by("pk")
    for visit in out:
        absence, to = planned[visit.pk]
        if visit.author_id == absence.user_id:
            visit.author, visit.absence = to, absence
            visit.save(update_fields=["author", "absence"])
            refresh_notes_to_take([visit.pk], actor)
            visits += 1
    return Moved(alerts, visits)


def _locked_alerts(rows: QuerySet[Alert]) -> list[Alert]:
    """These alerts under lock, as they are once it is there: those that are open still."""
    ids = list(rows.order_by().values_list("pk", flat=True))
    return [row for row in Alert.objects.select_for_update().filter(pk__in=ids).order_by("pk") if row.is_open]


def _is_moved(user_id: int, absence: Absence) -> bool:
    """Whether this person has the row as a stand-in of the absence."""
    return user_id in {absence.stand_in_id, *(row.user_id for row in absence.named.all())}


def _must_be_social(user: User, field: str) -> None:
    if not social_people().filter(pk=user.pk).exists():
        raise InvalidInput(f"{user} ne fait pas partie du service social.", field=field)


def check_days(first: date, last: date) -> None:
    """Raises `InvalidInput` (`first`, `last`) for days that no absence can have."""
    if first < clock.today():
        raise InvalidInput("Une absence commence aujourd’hui ou plus tard.", field="first")
    if last < first:
        raise InvalidInput("Le dernier jour suit le premier.", field="last")
    if (last - first).days > LONGEST:
        raise InvalidInput("Une absence dure un an au plus : nommez d’autres référents.", field="last")


def _check_stand_in(stand_in: User, user: User, first: date, last: date, field: str) -> None:
    if stand_in.pk == user.pk:
        raise InvalidInput(f"{user} ne peut pas se remplacer : choisissez un collègue.", field=field)
    _must_be_social(stand_in, field)
    other = _overlapping(first, last).filter(user=stand_in).order_by("period").first()
    if other is not None:
        raise InvalidInput(
            f"{stand_in} est aussi en absence, du {other.period.lower:%d/%m/%Y} au {other.last_day:%d/%m/%Y} : "
            "choisissez un autre collègue, ou d’autres jours.",
            field=field,
        )


def _overlapping(first: date, last: date) -> QuerySet[Absence]:
    return Absence.objects.kept().filter(period__overlap=(first, last + DAY))


@needs(Write(Data.REFERENT))
@transaction.atomic
def set_absence(
    *,
    user: User,
    first: date,
    last: date,
    stand_in: User,
    actor: Actor,
    named: Mapping[Household, User] | None = None,
) -> tuple[Absence, Moved]:
    """`user` is away from `first` to `last`, both included; `stand_in` has his households, but for those of `named`.
    What is his goes to them at once where the absence has begun, else on its first day. `end_absence` takes it back.

    Raises `InvalidInput` (`user`, `first`, `last`, `stand_in`, `named`); `Conflict` (`overlap`) where he is away
    already.
    """
    one_pass()
    _must_be_social(user, "user")
    check_days(first, last)
    _check_stand_in(stand_in, user, first, last, "stand_in")
    spread = {pk: to for pk, to in (named or {}).items() if to.pk != stand_in.pk}
    for to in {to.pk: to for to in spread.values()}.values():
        _check_stand_in(to, user, first, last, "named")
    stood = _overlapping(first, last).filter(Q(stand_in=user) | Q(named__user=user)).select_related("user").first()
    if stood is not None:
        raise InvalidInput(
            f"{user} remplace {stood.user} du {stood.period.lower:%d/%m/%Y} au {stood.last_day:%d/%m/%Y} : "
            "terminez d’abord cette absence-là, ou confiez-la à un autre.",
            field="user",
        )
    try:
        with transaction.atomic():
            absence = Absence.objects.create(
                user=user, stand_in=stand_in, period=period(first, last + DAY), author=actor.user
            )
    except IntegrityError as error:
        raise _away_already(user, first, last) from error
    StandIn.objects.bulk_create(StandIn(absence=absence, household=pk, user=to) for pk, to in spread.items())
    return absence, follow_absences(clock.today(), actor)


def _away_already(user: User, first: date, last: date) -> Conflict:
    other = _overlapping(first, last).filter(user=user).order_by("period").first()
    when = f", du {other.period.lower:%d/%m/%Y} au {other.last_day:%d/%m/%Y}" if other else " sur ces jours"
    return Conflict(f"{user} est déjà en absence{when} : terminez-la d’abord, ou changez les jours.", code="overlap")


@needs(Write(Data.REFERENT))
@transaction.atomic
def end_absence(*, absence: Absence, actor: Actor) -> Moved:
    """He is back, or the absence was a mistake: what is still open comes back at once. Again changes nothing.
    `resume_absence` takes it back."""
    one_pass()
    row = Absence.objects.select_for_update().get(pk=absence.pk)
    if row.ended_at is None and row.period.upper > clock.today():
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
    return follow_absences(clock.today(), actor)


@needs(Write(Data.REFERENT))
@transaction.atomic
def resume_absence(*, absence: Absence, actor: Actor) -> Moved:
    """Ending the absence was a mistake: it runs until its last day as before. Again changes nothing.

    Raises `Conflict` (`wrong_state`, `overlap`), and `InvalidInput` where a stand-in is away by now.
    """
    one_pass()
    row = Absence.objects.select_for_update(of=("self",)).select_related("user", "stand_in").get(pk=absence.pk)
    if row.ended_at is None:
        return Moved()
    first, last = max(row.period.lower, clock.today()), row.last_day
    if last < clock.today():
        raise Conflict(f"Cette absence allait jusqu’au {last:%d/%m/%Y} : elle est passée.", code="wrong_state")
    for to in User.objects.filter(Q(pk=row.stand_in_id) | Q(pk__in=row.named.values("user"))):
        _check_stand_in(to, row.user, first, last, "stand_in")
    if _overlapping(first, last).filter(Q(stand_in=row.user) | Q(named__user=row.user)).exists():
        raise Conflict(f"{row.user} remplace un collègue depuis : terminez d’abord cette absence-là.", code="overlap")
    row.ended_at = None
    try:
        with transaction.atomic():
            row.save(update_fields=["ended_at"])
    except IntegrityError as error:
        raise _away_already(row.user, first, last) from error
    return follow_absences(clock.today(), actor)
