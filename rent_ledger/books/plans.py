"""Repayment plans: the debts that one covers, and its instalments.

A plan is a draft until it is signed. Signed, its debts and instalments stand for ever: what changes is a new plan that
replaces it. The states are facts: no day of signature, signed, ended and how.
"""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from common import clock
from common.money import EuroField
from rent_ledger.books.codes import PlanEnd

_FROZEN = pgtrigger.Trigger(
    name="frozen_once_signed",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("signed", "date")],
    func="""
        SELECT signed_on INTO signed FROM rent_ledger_repaymentplan
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END FOR SHARE;
        IF signed IS NOT NULL THEN
            RAISE EXCEPTION 'a signed plan does not change: % on %', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RepaymentPlan(models.Model):
    """A plan of one account. `signed_on`: the day on the paper, None of a draft. `ended_on`: first day on which it runs
    no more. `broken_due_on`: of a broken one, the due day of what was unpaid; `broken_missing`: what its instalments
    left unpaid then (euros). `replaces`: the plan of which it is the next version."""

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="plans", verbose_name="compte")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="remplace"
    )
    proposed_at = models.DateTimeField("préparé le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    signed_on = models.DateField("signé le", null=True, blank=True)
    ended_on = models.DateField("fini le", null=True, blank=True)
    end = models.CharField("fin", max_length=9, choices=PlanEnd.choices, blank=True)
    end_reason = models.CharField("motif de la fin", max_length=200, blank=True)
    broken_due_on = models.DateField("échéance manquée", null=True, blank=True)
    broken_missing = EuroField("manque à la rupture", null=True, blank=True)

    class Meta:
        verbose_name = "plan d’apurement"
        verbose_name_plural = "plans d’apurement"
        ordering = ["-id"]
        triggers = [
            # At the end of the transaction: a plan is signed with what it covers and asks.
            pgtrigger.Trigger(
                name="adds_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("signed_on"),
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.signed_on IS NOT NULL"),
                declare=[("signed", "date"), ("asked", "numeric"), ("covered", "numeric"), ("first_on", "date")],
                func="""
                    SELECT signed_on INTO signed FROM rent_ledger_repaymentplan WHERE id = NEW.id;
                    IF signed IS NULL THEN RETURN NULL; END IF;
                    SELECT sum(amount), min(due_on) INTO asked, first_on
                    FROM rent_ledger_planinstalment WHERE plan_id = NEW.id;
                    SELECT sum(amount) INTO covered FROM rent_ledger_plandebt WHERE plan_id = NEW.id;
                    IF asked IS NULL OR asked IS DISTINCT FROM covered OR first_on < signed THEN
                        RAISE EXCEPTION 'the instalments of plan % are not its debts, from its signature on', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
                    END IF;
                    RETURN NULL;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(signed_on__isnull=False, ended_on__isnull=True),
                name="repayment_plan_one_running",
                violation_error_message="Un plan court déjà sur ce compte. Modifiez-le, ou mettez-y fin d’abord.",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(signed_on__isnull=True),
                name="repayment_plan_one_draft",
                violation_error_message="Un plan est déjà préparé sur ce compte. Rechargez la page.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end="")
                | (Q(ended_on__isnull=False, ended_on__gte=F("signed_on")) & ~Q(end="")),
                name="repayment_plan_end",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(signed_on__isnull=False), name="repayment_plan_ends_signed"
            ),
            models.CheckConstraint(
                condition=Q(end=PlanEnd.BROKEN, broken_due_on__isnull=False, broken_missing__isnull=False)
                | (~Q(end=PlanEnd.BROKEN) & Q(broken_due_on__isnull=True, broken_missing__isnull=True)),
                name="repayment_plan_broken_by",
            ),
            models.CheckConstraint(
                condition=~Q(end=PlanEnd.WITHDRAWN) | ~Q(end_reason=""),
                name="repayment_plan_withdrawn_why",
                violation_error_message="Dites pourquoi en quelques mots.",
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.signed_on is not None and self.ended_on is None


class PlanDebt(models.Model):
    """A debt that a plan covers. `amount`: what was left of it when the plan was made (euros)."""

    plan = models.ForeignKey(RepaymentPlan, models.PROTECT, related_name="debts", verbose_name="plan", db_index=False)
    posting = models.ForeignKey("rent_ledger.Posting", models.PROTECT, related_name="plans", verbose_name="dette")
    amount = EuroField("montant")

    class Meta:
        verbose_name = "dette du plan"
        verbose_name_plural = "dettes du plan"
        triggers = [_FROZEN]
        constraints = [
            models.UniqueConstraint(fields=["plan", "posting"], name="plan_debt_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_debt_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} de {self.posting_id}"


class PlanInstalment(models.Model):
    """What a plan asks on a day (euros)."""

    plan = models.ForeignKey(
        RepaymentPlan, models.PROTECT, related_name="instalments", verbose_name="plan", db_index=False
    )
    due_on = models.DateField("échéance")
    amount = EuroField("montant")

    class Meta:
        verbose_name = "mensualité"
        verbose_name_plural = "mensualités"
        ordering = ["due_on"]
        triggers = [_FROZEN]
        constraints = [
            models.UniqueConstraint(fields=["plan", "due_on"], name="plan_instalment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_instalment_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} le {self.due_on:%d/%m/%Y}"
