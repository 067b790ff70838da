"""Reports to a payer or to the CCAPEX: what was told, of which facts, when it left, what was answered.

A report is drawn up with the facts of its day, which never change: what changes is another report. The states are
facts too: no day of sending, sent, answered, withdrawn.
"""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from common import clock
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from rent_ledger.arrears.codes import PayerRoute, ReportKind, SentBy


class PayerReportQuerySet(models.QuerySet["PayerReport"]):
    def living(self) -> "PayerReportQuerySet":
        """Those that nobody withdrew."""
        return self.filter(withdrawn_at=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class PayerReport(models.Model):
    """What is told to the CAF or MSA, or to the CCAPEX, about one contract.

    `case`: the arrears told, None of a departure. `since_on`: the first day on which the facts hold (the impayé
    constituted, the last day in the dwelling, the threshold of the CCAPEX). `due_on`: the last day in time, None where
    the law names none. `facts`: what it tells, as of `drawn_on` (`services.report_facts`); the address of the home is
    no part of them where it is protected. `decision`: the decision of the case that notes the day of sending.
    `route`, `answered_on`: what the payer does with it, from when. `refused_on`: the day from which direct payment
    counts as refused. `stage_on`: the day of the payer's second demand (`rules.payer_steps`). `plan_sent_on`: the day
    on which the plan that it waited for left. `broken_told_on`: the day on which the payer was told that it broke.
    """

    kind = models.CharField("objet", max_length=9, choices=ReportKind.choices)
    lease = models.ForeignKey("leases.Lease", models.PROTECT, related_name="payer_reports", verbose_name="bail")
    case = models.ForeignKey(
        "rent_ledger.ArrearsCase", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name="dossier"
    )
    payer = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme payeur"
    )
    since_on = models.DateField("depuis le")
    due_on = models.DateField("à déclarer au plus tard le", null=True, blank=True)
    drawn_on = models.DateField("établie le")
    facts = models.JSONField("faits")
    document = models.OneToOneField(
        "office.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lettre"
    )
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    created_at = models.DateTimeField("créée le", default=clock.now, editable=False)
    sent_on = models.DateField("envoyée le", null=True, blank=True)
    sent_by = models.CharField("par quelle voie", max_length=8, choices=SentBy.choices, blank=True)
    noted_on = models.DateField("envoi noté le", null=True, blank=True)
    decision = models.OneToOneField(
        "rent_ledger.CaseDecision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="report",
        verbose_name="décision",
    )
    route = models.CharField("suite donnée", max_length=9, choices=PayerRoute.choices, blank=True)
    answered_on = models.DateField("suite connue le", null=True, blank=True)
    refused_on = models.DateField("versement direct refusé le", null=True, blank=True)
    stage_on = models.DateField("seconde demande le", null=True, blank=True)
    plan_sent_on = models.DateField("plan transmis le", null=True, blank=True)
    broken_told_on = models.DateField("rupture du plan dite le", null=True, blank=True)
    withdrawn_at = models.DateTimeField("écartée le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écartée par"
    )

    objects = PayerReportQuerySet.as_manager()

    class Meta:
        verbose_name = "déclaration"
        verbose_name_plural = "déclarations"
        ordering = ["-id"]
        indexes = [models.Index(fields=["case"], name="payer_report_open", condition=Q(withdrawn_at=None))]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf(
                    "kind", "lease_id", "case_id", "payer_id", "since_on", "due_on", "drawn_on", "facts", "document_id"
                ),
                condition=pgtrigger.Condition(
                    "((OLD.kind, OLD.lease_id, OLD.case_id, OLD.payer_id, OLD.since_on, OLD.due_on, OLD.drawn_on, "
                    "OLD.facts) IS DISTINCT FROM (NEW.kind, NEW.lease_id, NEW.case_id, NEW.payer_id, NEW.since_on, "
                    "NEW.due_on, NEW.drawn_on, NEW.facts) OR (OLD.document_id IS NOT NULL AND OLD.document_id IS "
                    "DISTINCT FROM NEW.document_id))"
                ),
                func="""
                    RAISE EXCEPTION 'the facts of report % do not change', OLD.id
                        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lease", "kind", "since_on"],
                condition=Q(withdrawn_at=None),
                name="payer_report_once",
                violation_error_message="Une déclaration est déjà préparée pour ces faits.",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReportKind.DEPARTURE, case=None)
                | (~Q(kind=ReportKind.DEPARTURE) & Q(case__isnull=False)),
                name="payer_report_of_a_case",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReportKind.CCAPEX, payer=None) | (~Q(kind=ReportKind.CCAPEX) & Q(payer__isnull=False)),
                name="payer_report_to_a_payer",
            ),
            models.CheckConstraint(
                condition=Q(drawn_on__gte=F("since_on")),
                name="payer_report_drawn_after",
                violation_error_message="Une déclaration s’établit après les faits.",
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None, sent_by="", noted_on=None, decision=None)
                | (Q(sent_on__isnull=False, noted_on__isnull=False) & ~Q(sent_by="")),
                name="payer_report_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None) | Q(sent_on__gte=F("since_on")),
                name="payer_report_sent_after",
                violation_error_message="L’envoi vient après les faits déclarés.",
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None) | Q(sent_on__lte=F("noted_on")),
                name="payer_report_not_to_come",
                violation_error_message="Le jour de l’envoi est à venir.",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None, route="", refused_on=None, stage_on=None, plan_sent_on=None)
                | (Q(answered_on__isnull=False, sent_on__isnull=False, answered_on__gte=F("sent_on")) & ~Q(route="")),
                name="payer_report_answered_whole",
                violation_error_message="La suite donnée vient après l’envoi.",
            ),
            models.CheckConstraint(
                condition=Q(stage_on=None) | Q(stage_on__gte=F("answered_on")),
                name="payer_report_stage_after",
                violation_error_message="La seconde demande vient après la première.",
            ),
            models.CheckConstraint(
                condition=Q(plan_sent_on=None) | Q(plan_sent_on__gte=F("answered_on")),
                name="payer_report_plan_after",
                violation_error_message="Le plan est transmis après la demande de l’organisme.",
            ),
            models.CheckConstraint(
                condition=Q(broken_told_on=None) | Q(plan_sent_on__isnull=False, broken_told_on__gte=F("plan_sent_on")),
                name="payer_report_broken_after",
                violation_error_message="La rupture se dit après l’envoi du plan.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(sent_on=None), name="payer_report_withdrawn_unsent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_late(self) -> bool:
        """It left after its last day."""
        return bool(self.due_on and self.sent_on and self.sent_on > self.due_on)


class ReportProof(Attachment):
    """What proves that a report left, or arrived: a receipt, a screenshot of the payer's site."""

    kind = FileKind(per_owner=10, formats=PICTURES | {Format.PDF})

    report = models.ForeignKey(PayerReport, models.PROTECT, related_name="proofs", verbose_name="déclaration")

    class Meta(Attachment.Meta):
        verbose_name = "preuve d’une déclaration"
        verbose_name_plural = "preuves d’une déclaration"
        constraints = [models.UniqueConstraint(fields=["report", "blob"], name="report_proof_once")]
