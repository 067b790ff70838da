"""Commissions: the meeting, who sits in it, what it is asked for each household and what it decides."""

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock
from common.typography import long_date, uncapitalised
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from social_link.commissions.codes import Ask, CommissionKind, Condition, Opinion, Ruling
from social_link.measures.codes import Exclusion, MeasureEnd, MeasureKind, Proposer
from social_link.measures.own_cases import own_cases

UNLESS_CLOSED = """
    IF EXISTS (
        SELECT FROM social_link_commission c
        WHERE c.id IN (OLD.commission_id, NEW.commission_id) AND c.closed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'commission % is closed', COALESCE(NEW.commission_id, OLD.commission_id)
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def unless_closed() -> pgtrigger.Trigger:
    """Nothing of a commission changes once it is closed."""
    return pgtrigger.Trigger(
        name="commission_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=UNLESS_CLOSED,
    )


class CommissionQuerySet(models.QuerySet["Commission"]):
    def kept(self) -> "CommissionQuerySet":
        return self.filter(withdrawn_at=None)

    def open(self) -> "CommissionQuerySet":
        """To prepare, or under way."""
        return self.kept().filter(closed_at=None)


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class Commission(models.Model):
    """A meeting that decides of measures. `entries_until`: the last day on which a referent puts a household on its
    agenda. `shows_names`: its papers name the households, else their references. `quorum`: the members without whom it
    decides nothing, None where no number is set. Both are those of the day on which it was made."""

    kind = models.CharField("commission", max_length=8, choices=CommissionKind.choices)
    held_on = models.DateField("jour")
    at_time = models.TimeField("heure", null=True, blank=True)
    place = models.CharField("lieu", max_length=120, blank=True)
    entries_until = models.DateField("inscriptions jusqu’au")
    shows_names = models.BooleanField("les papiers portent les noms", default=False)
    quorum = models.PositiveSmallIntegerField("quorum", null=True, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("créée le", default=clock.now, editable=False)
    closed_at = models.DateTimeField("close le", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="close par"
    )
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True, editable=False)

    objects = CommissionQuerySet.as_manager()

    class Meta:
        verbose_name = "commission"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "held_on"],
                condition=Q(withdrawn_at=None),
                name="commission_once_a_day",
                violation_error_message="Cette commission est déjà prévue ce jour-là. Ouvrez-la.",
            ),
            models.CheckConstraint(
                condition=Q(entries_until__lte=F("held_on")),
                name="commission_entries_before",
                violation_error_message="Les inscriptions finissent au plus tard le jour de la commission.",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="commission_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(withdrawn_at=None),
                name="commission_closed_or_withdrawn",
                violation_error_message="Une commission close ne se retire pas.",
            ),
            models.CheckConstraint(
                condition=Q(quorum=None) | Q(quorum__gt=0),
                name="commission_quorum_positive",
                violation_error_message="Le quorum est d’un membre au moins, ou laissé vide.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.held_on:%d/%m/%Y}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.withdrawn_at is None


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class CommissionMember(models.Model):
    """A seat: of an organisation (None is ours) and by a function, never by a name: members have no account, and are
    known by their paper."""

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="members", verbose_name="commission")
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    function = models.CharField("fonction", max_length=80)
    is_present = models.BooleanField("présent", default=False)

    class Meta:
        verbose_name = "membre d’une commission"
        verbose_name_plural = "membres d’une commission"
        ordering = ["id"]
        triggers = [unless_closed()]
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "organisation", "function"],
                nulls_distinct=False,
                name="commission_member_once",
                violation_error_message="Ce membre est déjà dans la liste.",
            ),
            models.CheckConstraint(
                condition=~Q(function=""),
                name="commission_member_function",
                violation_error_message="Dites sa fonction.",
            ),
        ]

    def __str__(self) -> str:
        return self.function


class CommissionItemQuerySet(models.QuerySet["CommissionItem"]):
    def kept(self) -> "CommissionItemQuerySet":
        """Those of the agenda that nobody took off."""
        return self.filter(removed_at=None)

    def waiting(self) -> "CommissionItemQuerySet":
        return self.kept().filter(decision="")

    def that_ended(self) -> "CommissionItemQuerySet":
        """Those whose decision ended a measure."""
        return self.filter(decision=Ruling.ENDED)

    def visible_to(self, actor: Actor) -> "CommissionItemQuerySet":
        """Those of the households that the actor follows, and those of which one presents the file."""
        if can(actor, Read(Data.COMMISSION)):
            return self
        if can(actor, Read(Data.COMMISSION, OWN)) and actor.user_id:
            return self.filter(Q(referent=actor.user_id) | own_cases(actor.user_id, "household"))
        return self.none()


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old), pghistory.DeleteEvent())
class CommissionItem(models.Model):
    """What a commission is asked for a household, and what it decided.

    `measure`: the one that goes on, changes or ends; of an opening, the one that the decision opened. `renewal`: the
    proposal that it decides. `kind`: the measure that is asked, of an opening or a change. `months`: asked, of an
    opening, and of a renewal once it is granted: its days are then the granted ones. `referent`: who presents it, and
    would follow an opening. What an opening needs is said as it is put on: `proposed_by`, `agreed_on`, `funder`,
    `exclusions`, `despite`.

    `informs`: who else is told of the decision, where the household agreed to it (`agreed_to_inform`).

    `day`: from when a yes counts, or the last day of what ends. `granted`: months, of a yes or a renewal. `made`: the
    change of type that the decision made, by its number.
    """

    commission = models.ForeignKey(Commission, models.PROTECT, related_name="items", verbose_name="commission")
    household = models.ForeignKey(
        "leases.Household", models.PROTECT, related_name="commission_items", verbose_name="ménage"
    )
    ask = models.CharField("demande", max_length=7, choices=Ask.choices)
    measure = models.ForeignKey(
        "social_link.Measure", models.PROTECT, null=True, blank=True, related_name="commission_items",
        verbose_name="mesure",
    )  # fmt: skip
    renewal = models.ForeignKey(
        "social_link.Renewal", models.PROTECT, null=True, blank=True, related_name="commission_items",
        verbose_name="renouvellement",
    )  # fmt: skip
    kind = models.CharField("mesure demandée", max_length=6, choices=MeasureKind.choices, blank=True)
    months = models.PositiveSmallIntegerField("mois demandés", null=True, blank=True)
    referent = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="présenté par")
    funder = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="financeur"
    )
    proposed_by = models.CharField("proposée par", max_length=8, choices=Proposer.choices, blank=True)
    agreed_on = models.DateField("accord préalable du", null=True, blank=True)
    exclusions = ArrayField(
        models.CharField(max_length=6, choices=Exclusion.choices), default=list, blank=True, verbose_name="exclusions"
    )
    despite = models.CharField("malgré cela, parce que", max_length=200, blank=True)
    end_reason = models.CharField("motif de fin", max_length=6, choices=MeasureEnd.choices, blank=True)
    opinion = models.CharField("avis du référent", max_length=8, choices=Opinion.choices, blank=True)
    words = models.CharField("en quelques mots", max_length=300, blank=True)
    informs = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="informer aussi"
    )
    agreed_to_inform = models.BooleanField("le ménage est d’accord", default=False)
    rank = models.PositiveSmallIntegerField("rang")
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to", verbose_name="ajournée de"
    )
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("inscrite le", default=clock.now, editable=False)
    removed_at = models.DateTimeField("ôtée le", null=True, blank=True, editable=False)
    decision = models.CharField("décision", max_length=7, choices=Ruling.choices, blank=True)
    day = models.DateField("à compter du, ou jusqu’au", null=True, blank=True)
    granted = models.PositiveSmallIntegerField("mois accordés", null=True, blank=True)
    conditions = ArrayField(
        models.CharField(max_length=8, choices=Condition.choices), default=list, blank=True, verbose_name="conditions"
    )
    made = models.BigIntegerField("changement de type", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décision saisie par"
    )
    decided_at = models.DateTimeField("décision saisie le", null=True, blank=True, editable=False)

    objects = CommissionItemQuerySet.as_manager()

    class Meta:
        verbose_name = "point d’une commission"
        verbose_name_plural = "points d’une commission"
        ordering = ["rank", "id"]
        triggers = [unless_closed()]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(ask=Ask.OPENING, renewal=None, months__isnull=False, months__gt=0) & ~Q(kind="")
                    | Q(ask=Ask.RENEWAL, measure__isnull=False, renewal__isnull=False, kind="")
                    | Q(ask=Ask.CHANGE, measure__isnull=False, renewal=None) & ~Q(kind="")
                    | Q(ask=Ask.END, measure__isnull=False, renewal=None, kind="") & ~Q(end_reason="")
                ),
                name="commission_item_asks_whole",
                violation_error_message="Dites ce qui est demandé à la commission.",
            ),
            models.UniqueConstraint(
                fields=["commission", "renewal"],
                name="commission_item_renewal_once",
                violation_error_message="Ce renouvellement est déjà à l’ordre du jour.",
            ),
            models.UniqueConstraint(
                fields=["commission", "measure", "ask"],
                condition=Q(removed_at=None, ask__in=[Ask.CHANGE, Ask.END]),
                name="commission_item_measure_once",
                violation_error_message="Cette demande est déjà à l’ordre du jour.",
            ),
            models.UniqueConstraint(
                fields=["commission", "household", "kind"],
                condition=Q(removed_at=None, ask=Ask.OPENING),
                name="commission_item_opening_once",
                violation_error_message="Cette ouverture est déjà à l’ordre du jour.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(decision="")
                    | Q(decision__in=[Ruling.NO, Ruling.ADJOURNED])
                    | Q(ask__in=[Ask.OPENING, Ask.CHANGE], decision=Ruling.YES)
                    | Q(ask=Ask.RENEWAL, decision__in=[Ruling.RENEWED, Ruling.ENDED])
                    | Q(ask=Ask.END, decision=Ruling.ENDED)
                ),
                name="commission_item_answers_what_is_asked",
                violation_error_message="Cette décision ne répond pas à la demande.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(decision="", decided_at=None, decided_by=None, day=None, granted=None, conditions=[], made=None)
                    | ~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False, removed_at=None)
                ),
                name="commission_item_decided_whole",
                violation_error_message="Une décision a son jour et qui l’a notée.",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(decision__in=[Ruling.YES, Ruling.RENEWED, Ruling.ENDED])
                    | Q(decision=Ruling.ENDED, day__isnull=False)
                    | Q(ask=Ask.OPENING, day__isnull=False, granted__isnull=False, granted__gt=0, measure__isnull=False)
                    | Q(ask=Ask.RENEWAL, granted__isnull=False, granted__gt=0)
                    | Q(ask=Ask.CHANGE, day__isnull=False)
                ),
                name="commission_item_granted_whole",
                violation_error_message="Dites à partir de quand, et pour combien de mois.",
            ),
            models.CheckConstraint(
                condition=Q(conditions=[]) | Q(decision__in=[Ruling.YES, Ruling.RENEWED]),
                name="commission_item_conditions_of_a_yes",
                violation_error_message="Une condition va avec un accord.",
            ),
            models.CheckConstraint(
                condition=Q(agreed_to_inform=False) | Q(informs__isnull=False),
                name="commission_item_informs_one",
                violation_error_message="Dites qui est informé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked} · {self.household_id}"

    @property
    def asked(self) -> str:
        """« Ouverture : ASLL, 6 mois »; « Renouvellement : ASLL »."""
        kind = self.get_kind_display() or (self.measure.get_kind_display() if self.measure else "")
        length = f", {self.months} mois" if self.months else ""
        return f"{self.get_ask_display()} : {kind}{length}"

    @property
    def terms(self) -> str:
        """« 6 mois, à compter du 12 novembre 2026. Loyer courant payé, droits demandés »; « le 12 novembre 2026 »;
        empty without any."""
        parts = [f"{self.granted} mois"] if self.granted else []
        if self.day:
            parts.append(f"{'le' if self.decision == Ruling.ENDED else 'à compter du'} {long_date(self.day)}")
        first, *others = self.condition_words or [""]
        return ". ".join(filter(None, (", ".join(parts), ", ".join([first, *map(uncapitalised, others)]))))

    @property
    def meaning(self) -> str:
        """The look of its decision."""
        return {Ruling.ADJOURNED: "todo", Ruling.NO: "attention"}.get(Ruling(self.decision), "done")

    @property
    def condition_words(self) -> list[str]:
        return [Condition(code).label for code in self.conditions]
