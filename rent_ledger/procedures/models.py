"""Legal procedures: of which account, what happened on which day, what proves it.

The states are facts: the steps noted, the day on which it was over, the day on which what a judge gave was not paid.
What may follow, from when, is in `rules`.
"""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from leases.contracts.codes import ClauseDelay
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from rent_ledger.procedures.codes import HEARD, SPREADS, WITH_SUM, Closing, Item, StepKind, Track

_ITEMS = [item.value for item in Item]
_HEARD = sorted(kind.value for kind in HEARD)
_WITH_SUM = sorted(kind.value for kind in WITH_SUM)
_SPREADS = sorted(kind.value for kind in SPREADS)
_WITH_END = [*_SPREADS, StepKind.NOTICE.value, StepKind.LONGER.value]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Procedure(models.Model):
    """The procedure of an account. `track`: which one its contract has. `ended_on`: the day of its last step, None
    while it runs. `lapsed_on`: the first due day on which what a judge gave was not paid whole."""

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="procedures", verbose_name="compte")
    track = models.CharField("régime", max_length=9, choices=Track.choices)
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    ended_on = models.DateField("finie le", null=True, blank=True)
    lapsed_on = models.DateField("suspension finie le", null=True, blank=True)

    class Meta:
        verbose_name = "procédure"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(ended_on__isnull=True),
                name="procedure_one_running",
                violation_error_message="Une procédure court déjà sur ce compte. Rechargez la page.",
            ),
            models.CheckConstraint(condition=~Q(track=Track.NONE), name="procedure_has_a_track"),
        ]

    def __str__(self) -> str:
        return f"Procédure {self.pk}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ProcedureStep(models.Model):
    """What happened. `items`: of a commandement, what it names. `hearing_on`: of a writ, of a hearing put off.
    `amount`: what a commandement asks, what a judge spread. `until`, `monthly`, `first_on`: what the judge gave;
    `until`: the last day of a notice, where the contract says it. `why`: how the procedure was closed."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="steps", verbose_name="procédure")
    kind = models.CharField("étape", max_length=10, choices=StepKind.choices)
    on = models.DateField("le")
    items = ArrayField(models.CharField(max_length=7), default=list, blank=True, verbose_name="mentions")
    hearing_on = models.DateField("audience le", null=True, blank=True)
    amount = EuroField("somme", null=True, blank=True)
    until = models.DateField("jusqu’au", null=True, blank=True)
    monthly = EuroField("mensualité", null=True, blank=True)
    first_on = models.DateField("première mensualité le", null=True, blank=True)
    bad_faith = models.BooleanField("mauvaise foi constatée", default=False)
    why = models.CharField("issue", max_length=7, choices=Closing.choices, blank=True)
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")

    class Meta:
        verbose_name = "étape d’une procédure"
        verbose_name_plural = "étapes d’une procédure"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "kind"],
                condition=~Q(kind=StepKind.POSTPONED),
                name="procedure_step_once",
                violation_error_message="Cette étape est déjà notée. Annulez-la d’abord si elle est à corriger.",
            ),
            models.CheckConstraint(
                condition=Q(kind=StepKind.COMMAND, items__contains=_ITEMS) | (~Q(kind=StepKind.COMMAND) & Q(items=[])),
                name="procedure_step_items",
                violation_error_message="Un commandement sans une de ces mentions est nul.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_HEARD, hearing_on__isnull=False, hearing_on__gt=F("on"))
                | (~Q(kind__in=_HEARD) & Q(hearing_on=None)),
                name="procedure_step_hearing",
                violation_error_message="L’audience vient après cet acte.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_WITH_SUM, amount__isnull=False, amount__gt=0)
                | (~Q(kind__in=_WITH_SUM) & Q(amount=None)),
                name="procedure_step_sum",
                violation_error_message="Cette étape dit une somme, et elle est positive.",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=_SPREADS, until__isnull=False, monthly__isnull=False, monthly__gt=0,
                    monthly__lte=F("amount"), first_on__isnull=False, first_on__gt=F("on"), first_on__lte=F("until"),
                )
                | (~Q(kind__in=_SPREADS) & Q(monthly=None, first_on=None)),
                name="procedure_step_given",
                violation_error_message="Les délais vont de la première mensualité, après le jugement, à leur fin.",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(kind__in=_WITH_END, until__gt=F("on")),
                name="procedure_step_until",
                violation_error_message="La fin vient après le début.",
            ),
            models.CheckConstraint(
                condition=Q(bad_faith=False) | Q(kind=StepKind.TERMINATED), name="procedure_step_bad_faith"
            ),
            models.CheckConstraint(
                condition=(Q(kind=StepKind.CLOSED) & ~Q(why="")) | (~Q(kind=StepKind.CLOSED) & Q(why="")),
                name="procedure_step_why",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d/%m/%Y}"


class StepProof(Attachment):
    """What proves a step: the act, the receipt of the prefecture, the judgment."""

    kind = FileKind(per_owner=10, formats=PICTURES | {Format.PDF})

    step = models.ForeignKey(ProcedureStep, models.PROTECT, related_name="proofs", verbose_name="étape")

    class Meta(Attachment.Meta):
        verbose_name = "preuve d’une étape"
        verbose_name_plural = "preuves d’une étape"
        constraints = [models.UniqueConstraint(fields=["step", "blob"], name="step_proof_once")]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ClauseChoice(models.Model):
    """The delay of the clause of a contract where the day of its signature does not say it: renewed since, or read
    otherwise in the paper. `reason`: where it was read."""

    lease = models.OneToOneField("leases.Lease", models.PROTECT, related_name="clause_choice", verbose_name="bail")
    delay = models.CharField("délai", max_length=8, choices=ClauseDelay.choices)
    reason = models.CharField("motif", max_length=200)
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")

    class Meta:
        verbose_name = "délai de la clause"
        verbose_name_plural = "délais de la clause"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="clause_choice_reason",
                violation_error_message="Dites où ce délai est écrit.",
            )
        ]

    def __str__(self) -> str:
        return self.get_delay_display()
