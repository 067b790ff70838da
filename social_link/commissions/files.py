"""The file of a household, one page, for the members of a commission: what they need to decide, and nothing else.

No address, no note, nothing of health, no cause of a debt, no amount of an account. The household by its reference,
unless the papers of this commission name households (`Commission.shows_names`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.periods import add_months
from common.typography import counted, euros, long_date, uncapitalised
from leases.households.queries import Composition, composition_of
from leases.models import Membership
from office.access.actor import Actor
from office.parameters.queries import params_on
from social_link.budgets.models import Budget
from social_link.commissions.codes import Ask
from social_link.commissions.models import Commission, CommissionItem
from social_link.commissions.queries import items_for
from social_link.measures.codes import MeasureKind, RenewalDecision
from social_link.measures.models import Measure, Renewal
from social_link.measures.parameters import measure_rule
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import Span, last_day
from social_link.objectives.codes import HowFar
from social_link.objectives.models import Objective


@dataclass(frozen=True, slots=True)
class File:
    """`label`: the household as members know it. `kind`: of the measure that runs or is asked. `since`, `until`: its
    days; None of an opening. `renewed`: how many times. `done`: months. `limit`: its last possible day, None without a
    bound. `asked`: what is asked, in words; `months`: of an opening or a renewal. `aims`: the themes of its objectives
    and how far they are, without their words. `living`: resources and what is left to live on, of the last budget."""

    item: CommissionItem
    label: str
    composition: Composition
    kind: str
    since: date | None
    until: date | None
    renewed: int
    done: int | None
    limit: date | None
    asked: str
    months: int | None
    aims: tuple[str, ...]
    living: str

    @property
    def left(self) -> int | None:
        """Months that the total leaves after the present term; None without a bound."""
        if self.limit is None or self.until is None:
            return None
        months = 0
        while add_months(self.until, months + 1) <= self.limit:
            months += 1
        return months

    @property
    def facts(self) -> list[tuple[str, str]]:
        """(label, value), for the page and the paper."""
        found = [("Composition", self.composition.words)]
        if self.since is None or self.until is None:
            found.append(("Mesure", f"{self.kind}, à ouvrir"))
        else:
            found.append(("Mesure", f"{self.kind}, depuis le {long_date(self.since)}"))
            again = f", {counted(self.renewed, 'renouvellement')}" if self.renewed else ""
            found.append(("Faits", f"{self.done} mois{again}, terme le {long_date(self.until)}"))
        if self.limit is not None:
            left = f", {self.left} mois restent après le terme" if self.left is not None else ""
            found.append(("Borne", f"{long_date(self.limit)}{left}"))
        if self.item.carried_from_id:
            found.append(("Ajournée", "à une commission d’avant"))
        if self.aims:
            found.append(("Objectifs", " ; ".join(self.aims)))
        if self.living:
            found.append(("Budget", self.living))
        return [*found, ("Présenté par", str(self.item.referent))]


def label_of(item: CommissionItem) -> str:
    """The household as the members of its commission know it: on papers, and on the screen that they see."""
    return item.household.name if item.commission.shows_names else item.household.reference


def files_of(commission: Commission, actor: Actor, *, item: int | None = None) -> list[File]:
    """The files of the agenda that the actor reads, in its order, or that of one item. A constant number of queries."""
    rows = items_for(actor).kept().filter(commission=commission)
    return files(commission, list(rows if item is None else rows.filter(pk=item)))


def files(commission: Commission, items: Sequence[CommissionItem]) -> list[File]:
    day = commission.held_on
    households = {item.household_id for item in items}
    members: dict[int, list[Membership]] = defaultdict(list)
    for row in Membership.objects.filter(household__in=households, period__contains=day).select_related("person"):
        members[row.household_id].append(row)
    spans: dict[int, list[Measure]] = defaultdict(list)
    for had in Measure.objects.filter(household__in=households).order_by("period"):
        spans[had.household_id].append(had)
    renewed: dict[int, int] = defaultdict(int)
    for pk in Renewal.objects.filter(measure__household__in=households, decision=RenewalDecision.GRANTED).values_list(
        "measure", flat=True
    ):
        renewed[pk] += 1
    params = params_on(day)
    aims, living = _aims(items), _living(households, day)
    found = []
    for item in items:
        measure = None if item.ask == Ask.OPENING else item.measure
        kind = MeasureKind(measure.kind if measure else item.kind)
        start = measure.period.lower if measure else day
        family = KINDS[kind].family
        earlier = [
            Span(row.period.lower, row.ended_on or row.planned_end)
            for row in spans[item.household_id]
            if row.kind in family and row.pk != item.measure_id and row.period.lower < start
        ]
        found.append(
            File(
                item=item,
                label=label_of(item),
                composition=composition_of(members[item.household_id], day),
                kind=kind.label,
                since=measure.period.lower if measure else None,
                until=measure.planned_end if measure else None,
                renewed=renewed[measure.pk] if measure else 0,
                done=_months_done(measure, day) if measure else None,
                limit=last_day(measure_rule(kind, start, params=params), start, earlier),
                asked=_asked(item),
                months=_months(item),
                aims=tuple(aims.get(measure.pk, ())) if measure else (),
                living=living.get(item.household_id, ""),
            )
        )
    return found


def _aims(items: Sequence[CommissionItem]) -> dict[int, list[str]]:
    """« Médiation : avance », by measure."""
    rows = Objective.objects.with_state().filter(measure__in=[item.measure_id for item in items if item.measure_id])
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        how_far = uncapitalised(HowFar(row.how_far).label) if row.how_far else "fixé"
        found[row.measure_id].append(f"{row.get_theme_display()} : {how_far}")
    return found


def _living(households: set[int], day: date) -> dict[int, str]:
    """« 1 100 € de ressources, reste 12,40 € par jour et par personne, au 3 octobre 2026 », by household."""
    rows = Budget.objects.filter(household__in=households, on__lte=day).order_by("household_id", "-on", "-pk")
    latest = rows.distinct("household_id").prefetch_related("amounts")
    return {row.household_id: _left_words(row) for row in latest}


def _left_words(row: Budget) -> str:
    left = row.left
    return (
        f"{euros(left.resources)} de ressources par mois, reste {euros(left.by_person)} par jour et par personne, au "
        f"{long_date(row.on)}"
    )


def _months_done(measure: Measure, day: date) -> int:
    last = min(day, measure.planned_end)
    return Span(measure.period.lower, last).length[0] if measure.period.lower <= last else 0


def _months(item: CommissionItem) -> int | None:
    if item.renewal is not None:
        return Span(item.renewal.period.lower, item.renewal.last_day).months
    return item.months


def _asked(item: CommissionItem) -> str:
    """« Renouveler de 6 mois, jusqu’au 14 mai 2027 »."""
    if item.renewal is not None:
        if item.months is not None and item.months != item.granted:
            return f"Renouveler de {item.months} mois"
        return f"Renouveler de {_months(item)} mois, jusqu’au {long_date(item.renewal.last_day)}"
    if item.ask == Ask.OPENING:
        return f"Ouvrir une mesure {item.get_kind_display()} de {item.months} mois"
    if item.ask == Ask.CHANGE:
        return f"Changer le type pour : {item.get_kind_display()}"
    return f"Terminer la mesure : {item.get_end_reason_display()}"
