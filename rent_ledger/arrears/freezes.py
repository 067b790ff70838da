"""Overindebtedness: the procedure of a person before the commission, its steps, and the debts that it freezes.

The states are facts: the steps noted, and the day on which the procedure was over. What a step does is in
`rules.freezes`.
"""

import pghistory
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from rent_ledger.arrears.codes import FREEZE_UNTIL, FreezeKind

_UNTIL = sorted(FREEZE_UNTIL)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class DebtFreeze(models.Model):
    """The procedure of a person. `reference`: the number that the Banque de France gave it. `ended_on`: the first day
    on which it freezes nothing more, None while it runs."""

    person = models.ForeignKey("leases.Person", models.PROTECT, related_name="freezes", verbose_name="personne")
    reference = models.CharField("numéro du dossier", max_length=40, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    ended_on = models.DateField("fini le", null=True, blank=True)

    class Meta:
        verbose_name = "dossier de surendettement"
        verbose_name_plural = "dossiers de surendettement"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_on__isnull=True),
                name="debt_freeze_one_running",
                violation_error_message="Un dossier court déjà pour cette personne. Rechargez la page.",
            )
        ]

    def __str__(self) -> str:
        return f"Surendettement de {self.person}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class FreezeStep(models.Model):
    """What the commission or the judge decided. `on`: the day on the paper. `until`: the last day that it says, where
    it says one. `did`: what noting it did besides, to be taken back with it: ids of plans stopped, of entries made."""

    freeze = models.ForeignKey(DebtFreeze, models.PROTECT, related_name="decisions", verbose_name="dossier")
    kind = models.CharField("étape", max_length=10, choices=FreezeKind.choices)
    on = models.DateField("décidée le")
    until = models.DateField("jusqu’au", null=True, blank=True)
    did = models.JSONField("effets", default=dict, editable=False)
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")

    class Meta:
        verbose_name = "étape du surendettement"
        verbose_name_plural = "étapes du surendettement"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["freeze", "kind"],
                name="freeze_step_once",
                violation_error_message="Cette étape est déjà notée. Annulez-la d’abord si elle est à corriger.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_UNTIL, until__isnull=False, until__gt=F("on"))
                | (~Q(kind__in=_UNTIL) & Q(until__isnull=True)),
                name="freeze_step_until",
                violation_error_message="La fin vient après la décision.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d/%m/%Y}"


class FrozenDebt(models.Model):
    """A debt that a procedure freezes. `amount`: what was left of it when it was frozen (euros). `put_back_on`: the day
    on which somebody put it back in the queue, since a judge gave delays for it (L. 722-5): nothing decided later
    freezes it again."""

    freeze = models.ForeignKey(DebtFreeze, models.PROTECT, related_name="debts", verbose_name="dossier", db_index=False)
    posting = models.ForeignKey("rent_ledger.Posting", models.PROTECT, related_name="freezes", verbose_name="dette")
    amount = EuroField("montant")
    put_back_on = models.DateField("remise en file le", null=True, blank=True)

    class Meta:
        verbose_name = "dette gelée"
        verbose_name_plural = "dettes gelées"
        constraints = [
            models.UniqueConstraint(fields=["freeze", "posting"], name="frozen_debt_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="frozen_debt_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} de {self.posting_id}"
