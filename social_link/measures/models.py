"""Who accompanies a household, and under which measure."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from common import clock
from common.fields import bounded
from common.periods import contains
from common.text import LONGEST_TEXT
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from social_link.measures.codes import (
    Aim,
    Exclusion,
    ExitOutcome,
    MeasureEnd,
    MeasureKind,
    OutcomeDomain,
    Progress,
    Proposer,
    RenewalDecision,
)
from social_link.measures.own_cases import own_cases
from social_link.measures.rules.measures import Papers


def _running(day: date) -> Q:
    """In force on `day`: a closed measure too, on its last day and before, as one that was renewed."""
    return Q(period__contains=day) & (Q(ended_on=None) | Q(ended_on__gte=day))


def kind_on(day: date) -> Coalesce:
    """The kind that a measure had on `day`."""
    former = FormerKind.objects.filter(measure=OuterRef("pk"), until__gte=day).order_by("until").values("kind")
    return Coalesce(Subquery(former[:1]), F("kind"))


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def kept(self) -> AbsenceQuerySet:
        """Those that nobody ended before their last day."""
        return self.filter(ended_at=None)

    def running_on(self, day: date) -> AbsenceQuerySet:
        return self.kept().filter(period__contains=day)


class MeasureQuerySet(models.QuerySet["Measure"]):
    def running_on(self, day: date) -> MeasureQuerySet:
        """In force on `day`: begun, and neither ended nor past its term. One that is past it waits to be closed."""
        return self.filter(_running(day))

    def ending_by(self, day: date) -> MeasureQuerySet:
        """To close or to renew: those that nobody has ended and whose term is on `day` or before."""
        return self.filter(ended_on=None, planned_end__lte=day)

    def visible_to(self, actor: Actor) -> MeasureQuerySet:
        """Measures of the households that the actor follows, and those of which one is or was the referent."""
        if can(actor, Read(Data.MEASURE)):
            return self
        if can(actor, Read(Data.MEASURE, OWN)) and actor.user_id:
            return self.filter(Q(referent_id=actor.user_id) | own_cases(actor.user_id, "household"))
        return self.none()


class Referent(models.Model):
    """The named social worker of a household over a period: one at a time. `measure`: the one whose opening named him,
    where the household had nobody; withdrawn, it takes him with it."""

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="referents", verbose_name="ménage")
    user = models.ForeignKey("office.User", models.PROTECT, related_name="caseload", verbose_name="référent")
    period = DateRangeField("période")
    measure = models.ForeignKey(
        "social_link.Measure", models.PROTECT, null=True, blank=True, editable=False, related_name="named_referents",
        verbose_name="nommé par la mesure",
    )  # fmt: skip

    class Meta:
        verbose_name = "référent social"
        verbose_name_plural = "référents sociaux"
        constraints = [
            ExclusionConstraint(
                name="referent_one_at_a_time",
                expressions=[("household", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Ce ménage a déjà un référent sur cette période.",
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="referent_period_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.household}"


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Absence(models.Model):
    """A social worker is away over a period, and a colleague stands in for him: for all his households, but for those
    that a `StandIn` names. Ended before its last day, or taken back, it counts no more, and stays here."""

    user = models.ForeignKey("office.User", models.PROTECT, related_name="absences", verbose_name="absent")
    stand_in = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="remplaçant")
    period = DateRangeField("période")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    ended_at = models.DateTimeField("terminée le", null=True, blank=True, editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        ordering = ["period", "id"]
        constraints = [
            ExclusionConstraint(
                name="absence_one_at_a_time",
                expressions=[("user", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(ended_at=None),
                violation_error_message="Cette personne est déjà absente sur cette période.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="absence_bounded",
                violation_error_message="Une absence a un premier et un dernier jour.",
            ),
            models.CheckConstraint(
                condition=~Q(stand_in=F("user")),
                name="absence_by_another",
                violation_error_message="Personne ne se remplace soi-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.period.lower:%d/%m/%Y}"

    @property
    def last_day(self) -> date:
        last: date = self.period.upper - timedelta(days=1)
        return last


class StandIn(models.Model):
    """Who stands in for one household of somebody who is away, where it is not the colleague who has the others."""

    absence = models.ForeignKey(Absence, models.PROTECT, related_name="named", verbose_name="absence")
    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="+", verbose_name="ménage")
    user = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="remplaçant")

    class Meta:
        verbose_name = "remplaçant d’un ménage"
        verbose_name_plural = "remplaçants d’un ménage"
        constraints = [models.UniqueConstraint(fields=["absence", "household"], name="stand_in_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.household}"


WHOLE = """
    PERFORM ancrage_measure_is_whole(%s);
    RETURN NULL;
"""


def stays_whole(measure: str) -> pgtrigger.Trigger:
    """At the end of the transaction, the renewals that were granted follow one another without a gap up to the term of
    their measure, and its former kinds are within it. `measure`: its id, as SQL of the row."""
    return pgtrigger.Trigger(
        name="measure_whole",
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=WHOLE % measure,
    )


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Measure(models.Model):
    """A measure of support: kind, funder, referent, dates, and how it ended. It may exist without a dwelling of ours.

    `is_lead`: the support that counts in « un ménage, un logement, un accompagnement »; one lead at a time.
    `period`: from its first day to its last as far as is known; `planned_end`: its term, renewals included. `kind`:
    that of today, and `formers` those before. `signed_on`: its first contract; a renewal has a day of its own.
    `lease`: the contract with which it was signed, on its day, where its kind asks that; a composite key holds the two
    days together. `exclusions`: what stood against it as it began, and `despite`, why it began.
    """

    household = models.ForeignKey("leases.Household", models.PROTECT, related_name="measures", verbose_name="ménage")
    kind = models.CharField("mesure", max_length=6, choices=MeasureKind.choices)
    funder = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="financeur"
    )
    referent = models.ForeignKey("office.User", models.PROTECT, related_name="measures", verbose_name="référent")
    is_lead = models.BooleanField("accompagnement principal", default=True)
    aims = ArrayField(
        models.CharField(max_length=8, choices=Aim.choices), default=list, blank=True, verbose_name="buts"
    )
    agreed_on = models.DateField("accord préalable du", null=True, blank=True)
    signed_on = models.DateField("contrat signé le", null=True, blank=True)
    lease = models.ForeignKey(
        "leases.Lease",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name="signée avec le bail",
    )
    period = DateRangeField("du … au …")
    planned_end = models.DateField("fin prévue")
    ended_on = models.DateField("terminée le", null=True, blank=True)
    end_reason = models.CharField("motif de fin", max_length=6, choices=MeasureEnd.choices, blank=True)
    outcome = models.CharField("situation à la sortie", max_length=7, choices=ExitOutcome.choices, blank=True)
    domains = ArrayField(
        models.CharField(max_length=8, choices=OutcomeDomain.choices), default=list, blank=True, verbose_name="acquis"
    )
    advice = models.TextField("conseils et orientations", max_length=LONGEST_TEXT, blank=True)
    exclusions = ArrayField(
        models.CharField(max_length=6, choices=Exclusion.choices), default=list, blank=True, verbose_name="exclusions"
    )
    despite = models.CharField("ouverte malgré cela, parce que", max_length=200, blank=True)
    proposed_by = models.CharField("proposée par", max_length=8, choices=Proposer.choices, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("créée le", default=clock.now, editable=False)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "mesure"
        ordering = ["-id"]
        triggers = [stays_whole("NEW.id")]
        constraints = [
            ExclusionConstraint(
                name="measure_one_lead",
                expressions=[("household", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(is_lead=True),
                violation_error_message="Ce ménage a déjà un accompagnement principal sur cette période.",
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="measure_period_not_empty"),
            # What follows an end refers to it by number and day.
            models.UniqueConstraint(fields=["id", "ended_on"], name="measure_with_its_end"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="measure_end_explained",
                violation_error_message="Une mesure terminée porte sa date et son motif de fin.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__lte=F("planned_end")),
                name="measure_ended_by_its_term",
                violation_error_message="Une mesure finit au plus tard à son terme.",
            ),
            models.CheckConstraint(
                condition=Q(period__startswith__lte=F("planned_end")),
                name="measure_planned_after_start",
                violation_error_message="La fin prévue suit le début.",
            ),
            models.CheckConstraint(
                condition=Q(agreed_on=None) | Q(signed_on=None) | Q(agreed_on__lte=F("signed_on")),
                name="measure_agreed_before_signature",
                violation_error_message="L’accord préalable précède la signature du contrat.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=False) | Q(outcome="", domains=[], advice=""),
                name="measure_outcome_at_its_end",
                violation_error_message="La situation à la sortie se dit à la fin de la mesure.",
            ),
            models.CheckConstraint(
                condition=Q(aims__contained_by=Aim.values),
                name="measure_aims_known",
                violation_error_message="Choisissez parmi les quatre buts.",
            ),
            models.CheckConstraint(
                condition=Q(exclusions=[]) | ~Q(despite=""),
                name="measure_excluded_unless_why",
                violation_error_message="Dites pourquoi la mesure s’ouvre malgré ce qui l’exclut.",
            ),
            bounded("measure", "advice"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.household}"

    @property
    def aim_words(self) -> list[str]:
        return [str(Aim(code).label) for code in self.aims]

    @property
    def is_lasting(self) -> bool:
        """Of type 2: its term is a day on which it is reviewed, no exit to prepare (S0-05)."""
        return self.kind == MeasureKind.TYPE_2

    @property
    def term_label(self) -> str:
        """What its term is called: of type 1 an exit in view, of type 2 a review (S0-05)."""
        return {MeasureKind.TYPE_1: "Horizon de sortie", MeasureKind.TYPE_2: "Revue"}.get(
            MeasureKind(self.kind), "Fin prévue"
        )

    def runs_on(self, day: date) -> bool:
        """`MeasureQuerySet.running_on`, of one that is at hand."""
        return contains(self.period, day) and (self.ended_on is None or self.ended_on >= day)

    @property
    def papers(self) -> Papers:
        return Papers(self.funder_id is not None, self.signed_on, self.agreed_on)

    @property
    def first_end(self) -> date:
        """The term of its first contract. `renewals` are those that were granted, in order: prefetch them."""
        granted = [row for row in self.renewals.all() if row.decision == RenewalDecision.GRANTED]
        first: date = min((row.period.lower - timedelta(days=1) for row in granted), default=self.planned_end)
        return first


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Renewal(models.Model):
    """A further contract of a measure: proposed by somebody, then granted, refused or adjourned. Granted, its days are
    days of the measure; until then they are what was proposed."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="renewals", verbose_name="mesure")
    period = DateRangeField("du … au …")
    proposed_by = models.CharField("proposé par", max_length=8, choices=Proposer.choices, blank=True)
    proposed_on = models.DateField("proposé le")
    progress = models.CharField("évaluation", max_length=7, choices=Progress.choices, blank=True)
    decision = models.CharField("décision", max_length=7, choices=RenewalDecision.choices, blank=True)
    decided_on = models.DateField("décidé le", null=True, blank=True)
    signed_on = models.DateField("contrat signé le", null=True, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "renouvellement"
        ordering = ["period", "id"]
        triggers = [stays_whole("COALESCE(NEW.measure_id, OLD.measure_id)")]
        constraints = [
            ExclusionConstraint(
                name="renewal_no_overlap",
                expressions=[("measure", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(decision=RenewalDecision.GRANTED),
                violation_error_message="Cette mesure est déjà renouvelée sur ces jours.",
            ),
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(decision__in=["", RenewalDecision.ADJOURNED]),
                name="renewal_waits_once",
                violation_error_message="Un renouvellement attend déjà sa décision : décidez-le d’abord.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="renewal_bounded",
                violation_error_message="Un renouvellement a un premier et un dernier jour.",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None)
                | (~Q(decision="") & Q(decided_on__isnull=False, decided_on__gte=F("proposed_on"))),
                name="renewal_decided_whole",
                violation_error_message="La décision a son jour, et suit la proposition.",
            ),
            models.CheckConstraint(
                condition=Q(signed_on=None) | Q(decision=RenewalDecision.GRANTED),
                name="renewal_signed_if_granted",
                violation_error_message="Le contrat se signe après l’accord.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} · {self.period.lower:%d/%m/%Y}"

    @property
    def last_day(self) -> date:
        last: date = self.period.upper - timedelta(days=1)
        return last

    @property
    def waits(self) -> bool:
        return self.decision in ("", RenewalDecision.ADJOURNED)

    @property
    def to_sign(self) -> bool:
        return self.decision == RenewalDecision.GRANTED and self.signed_on is None


@pghistory.track(pghistory.DeleteEvent())
class FormerKind(models.Model):
    """The kind that a measure had until a day, included. The next one follows, and after the last the measure's own."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="formers", verbose_name="mesure")
    kind = models.CharField("mesure", max_length=6, choices=MeasureKind.choices)
    until = models.DateField("jusqu’au")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("saisi le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "type d’avant"
        verbose_name_plural = "types d’avant"
        ordering = ["until"]
        triggers = [stays_whole("COALESCE(NEW.measure_id, OLD.measure_id)")]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "until"],
                name="former_kind_once",
                violation_error_message="Le type de cette mesure a déjà changé ce jour-là.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.until:%d/%m/%Y}"
