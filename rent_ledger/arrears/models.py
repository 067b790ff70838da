"""Cases of arrears: the case, the pauses of its letters, the requests for help, what was decided and answered."""

from datetime import date, timedelta
from decimal import Decimal

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from common import clock
from common.money import EuroField
from common.reasons import Reason
from common.typography import short_day
from rent_ledger.arrears.codes import (
    CauseCode,
    CcapexWhy,
    Decision,
    LegalWhy,
    LetterHoldSource,
    NextStep,
    Regime,
    SignKind,
    SignWhy,
)
from rent_ledger.arrears.looks import HOLD_AUTHORS, SIGN_ICONS
from rent_ledger.books.codes import Action

LONGEST_PAUSE = timedelta(days=366)
MOST_A_MONTH = Decimal("10000.00")
"""Beyond these it is a slip of the keyboard: no pause of the letters is so long, no instalment so high."""


class ArrearsCase(models.Model):
    """The arrears file of one account, from the day after the oldest unpaid due date until nothing is owed.

    `first_default_on`: the day after the oldest due day that was unpaid when it opened; it moves only where it goes on
    with a case that was closed by mistake (`services.reopening`). `opened_on`: the same, but for a case that follows
    another, which opens when that one is closed. `closed_on` is no day of it.
    `constituted_on`, `threshold`, `report_due_on`: when the arrears were legally constituted under `regime`. Stored
    when found and not recomputed. `report_due_on` is set only if the landlord receives the benefit. `ccapex_on`,
    `ccapex`: the CCAPEX thresholds, stored the same way. `found_by`: for each, the version of the rule and the ids of
    the parameters that it read. `reopenings`: each time that the money which had closed it turned out to be a mistake
    (`closed_on`: the day that was taken back; `on`: the day on which it stood open again; `entry`: what undid it;
    `joined`: another one had opened, which goes on with it from `closed_on` of the case).
    `releases`: each time that a person put debts back into the queue (`at`, `by`, `holds`: what held them, see
    `services.taking_back`), with `back_at` and `back_by` once it was taken back.
    """

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="cases", verbose_name="compte")
    opened_on = models.DateField("ouvert le")
    first_default_on = models.DateField("premier défaut le")
    opening_debt = EuroField("dette à l’ouverture")
    regime = models.CharField("régime", max_length=5, choices=Regime.choices)
    constituted_on = models.DateField("impayé constitué le", null=True, blank=True)
    threshold = models.JSONField("explication du seuil", null=True, blank=True)
    report_due_on = models.DateField("à déclarer au plus tard le", null=True, blank=True)
    reported_on = models.DateField("déclaré le", null=True, blank=True)
    ccapex_on = models.DateField("à signaler à la CCAPEX depuis le", null=True, blank=True)
    ccapex = models.JSONField("explication du signalement", null=True, blank=True)
    found_by = models.JSONField("règles et paramètres", default=dict, blank=True)
    closed_on = models.DateField("soldé le", null=True, blank=True)
    reopenings = models.JSONField("rouvertures", default=list, blank=True, editable=False)
    releases = models.JSONField("remises en relance", default=list, blank=True, editable=False)
    created_at = models.DateTimeField("créé le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "dossier d’impayé"
        verbose_name_plural = "dossiers d’impayé"
        ordering = ["-opened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(closed_on__isnull=True),
                name="arrears_case_one_open",
                violation_error_message="Ce compte a déjà un dossier ouvert.",
            ),
            ExclusionConstraint(
                name="arrears_case_no_overlap",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    (
                        Func(
                            F("opened_on"),
                            F("closed_on"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Ce compte a déjà un dossier d’impayé sur une partie de ces jours.",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")), name="arrears_case_dates"
            ),
            models.CheckConstraint(
                condition=Q(report_due_on__isnull=True) | Q(constituted_on__isnull=False),
                name="arrears_case_report_if_constituted",
            ),
            models.CheckConstraint(
                condition=Q(ccapex_on__isnull=True, ccapex__isnull=True)
                | Q(ccapex_on__isnull=False, ccapex__isnull=False),
                name="arrears_case_ccapex_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Dossier {self.pk}"

    @property
    def reopened(self) -> list[tuple[date, date]]:
        """Of each reopening, the day on which it was closed by mistake and the day on which that was undone."""
        again = (one for one in self.reopenings if "joined" not in one)
        return [(date.fromisoformat(one["closed_on"]), date.fromisoformat(one["on"])) for one in again]

    @property
    def joined_on(self) -> date | None:
        """The day on which it was found that the case that follows goes on with this one; None where none does."""
        return next((date.fromisoformat(one["on"]) for one in self.reopenings if "joined" in one), None)

    @property
    def legal_reason(self) -> Reason | None:
        """Why it is constituted, as it was found."""
        return Reason.from_json(self.threshold, LegalWhy) if self.threshold else None

    @property
    def ccapex_reason(self) -> Reason | None:
        """Why it must be reported to the CCAPEX, as it was found."""
        return Reason.from_json(self.ccapex, CcapexWhy) if self.ccapex else None


class LetterHold(models.Model):
    """No letter leaves for this case until `until` (included), by the social service, the rent side or a rule.

    `lifts`: each time that a person lifted it (`at`, `by`), with `back_at` and `back_by` once that was taken back.
    """

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="letter_holds", verbose_name="dossier")
    source = models.CharField("décidée par", max_length=6, choices=LetterHoldSource.choices)
    from_day = models.DateField("du")
    until = models.DateField("jusqu’au")
    reason = models.CharField("motif", max_length=200, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    lifted_at = models.DateTimeField("levée le", null=True, blank=True)
    lifts = models.JSONField("levées", default=list, blank=True, editable=False)

    class Meta:
        verbose_name = "pause des relances"
        verbose_name_plural = "pauses des relances"
        ordering = ["-until", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("from_day")),
                name="letter_hold_dates",
                violation_error_message="La pause finit après avoir commencé.",
            ),
            models.CheckConstraint(
                condition=Q(until__lte=F("from_day") + LONGEST_PAUSE),
                name="letter_hold_a_year",
                violation_error_message="Une pause dure un an au plus, et se renouvelle. Vérifiez l’année.",
            ),
        ]

    def __str__(self) -> str:
        return f"Pause jusqu’au {self.until:%d/%m/%Y}"

    @property
    def is_lifted_by_hand(self) -> bool:
        """A person lifted it, and nobody took that back: no other pause took its place."""
        return self.lifted_at is not None and bool(self.lifts) and "back_at" not in self.lifts[-1]

    @property
    def was_cut_short(self) -> bool:
        """It was lifted while it ran: one that had ended by itself is closed by an answer that comes later, too."""
        return self.lifted_at is not None and self.lifted_at.astimezone(clock.PARIS).date() <= self.until

    @property
    def is_rent_side(self) -> bool:
        """Decided by the rental manager, who may lift it."""
        return self.source == LetterHoldSource.RENT

    @property
    def decided_by(self) -> str:
        """Who stopped the letters, after « suspendues par »."""
        return HOLD_AUTHORS[self.source]


class HelpRequest(models.Model):
    """« Alerter le social »: the manager's request, which the social service reads. Facts only, no free text.
    `is_visit`: it asks that somebody goes to the household's door. `withdrawn_at`: who asked took it back; it waits for
    no answer any more."""

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="help_requests", verbose_name="dossier")
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    requested_at = models.DateTimeField("demandée le", default=clock.now, editable=False)
    is_visit = models.BooleanField("visite demandée", default=False, editable=False)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)

    class Meta:
        verbose_name = "demande au service social"
        verbose_name_plural = "demandes au service social"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Demande {self.pk}"


class DecisionQuerySet(models.QuerySet["CaseDecision"]):
    def standing(self) -> "DecisionQuerySet":
        """Those that nobody took back."""
        return self.filter(undone_at=None)


class CaseDecision(models.Model):
    """What a person decided about the proposed action, with the reason when it was not confirmed.

    What it did is kept beside it, so that it can be taken back: `letter_hold` is the pause that it began,
    `help_request` the request that it made, `held` the ids of the holds of the plan that it accepted, `reported_on` the
    day of the report that it notes. One that was taken back stays, with `undone_at` and by whom; nothing reads it but
    the history.
    """

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="decisions", verbose_name="dossier")
    proposed = models.CharField("proposée", max_length=12, choices=Action.choices)
    decision = models.CharField("décision", max_length=8, choices=Decision.choices)
    action = models.CharField("action retenue", max_length=12, choices=Action.choices, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    decided_at = models.DateTimeField("le", default=clock.now, editable=False)
    letter_hold = models.OneToOneField(
        LetterHold, models.PROTECT, null=True, blank=True, related_name="decision", verbose_name="pause"
    )
    help_request = models.OneToOneField(
        HelpRequest, models.PROTECT, null=True, blank=True, related_name="decision", verbose_name="demande"
    )
    held = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="dettes mises dans le plan")
    reported_on = models.DateField("déclaré le", null=True, blank=True)
    undone_at = models.DateTimeField("annulée le", null=True, blank=True)
    undone_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulée par"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=F("decided_at")),
                name="case_decision_undone_after",
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None) | Q(undone_at__isnull=False), name="case_decision_undone_by_with_day"
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.CONFIRM) | ~Q(reason=""),
                name="case_decision_reason",
                violation_error_message="Dites pourquoi en quelques mots.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_decision_display()


@pghistory.track(pghistory.DeleteEvent())
class SocialAnswer(models.Model):
    """What the social service shares with the rent side: cause code, hold, plan requested, the code and the day of the
    next step. Nothing else. `former_step`: the text of an answer of before the codes; the rent side reads it no more.

    One that was taken back is deleted, so that nothing reads it; its history keeps it.
    """

    case = models.ForeignKey(ArrearsCase, models.PROTECT, related_name="social_answers", verbose_name="dossier")
    contact_made = models.BooleanField("contact pris")
    cause = models.CharField("cause", max_length=10, choices=CauseCode.choices)
    hold_until = models.DateField("relances suspendues jusqu’au", null=True, blank=True)
    plan_asked = models.BooleanField("plan demandé", default=False)
    plan_amount = EuroField("mensualité proposée", null=True, blank=True)
    next_step = models.CharField("prochaine étape", max_length=8, choices=NextStep.choices, blank=True)
    next_step_on = models.DateField("prochaine étape le", null=True, blank=True)
    former_step = models.CharField("prochaine étape, avant les codes", max_length=120, blank=True, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    answered_at = models.DateTimeField("le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "réponse du service social"
        verbose_name_plural = "réponses du service social"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_step_on=None) | ~Q(next_step=""),
                name="social_answer_day_of_a_step",
                violation_error_message="Un jour va avec une prochaine étape.",
            ),
            models.CheckConstraint(
                condition=Q(plan_amount=None) | Q(plan_amount__gt=0, plan_amount__lte=MOST_A_MONTH),
                name="social_answer_plan_amount",
                violation_error_message="Vérifiez la mensualité : elle est positive, et de 10 000 € au plus.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_cause_display()

    @property
    def step_words(self) -> str:
        """The next step with its day; empty where there is none."""
        step = str(self.get_next_step_display())
        return f"{step} le {short_day(self.next_step_on, today=clock.today())}" if self.next_step_on else step


class EarlySign(models.Model):
    """What an account showed before a debt stood (`rules.signs`): found each night, never typed. `since`: when it
    began; `known_on`: the day on which it was found, never before it was known; `ended_on`: the first day without it.
    `reason`: its facts, as a code with figures (`why`)."""

    account = models.ForeignKey(
        "rent_ledger.Account", models.CASCADE, related_name="signs", db_constraint=False, verbose_name="compte"
    )
    kind = models.CharField("signe", max_length=10, choices=SignKind.choices)
    key = models.CharField("clé", max_length=20)
    since = models.DateField("depuis le")
    known_on = models.DateField("connu le")
    ended_on = models.DateField("fini le", null=True, blank=True)
    reason = models.JSONField("faits")

    class Meta:
        verbose_name = "signe avant-coureur"
        verbose_name_plural = "signes avant-coureurs"
        ordering = ["-known_on", "-id"]
        indexes = [models.Index(fields=["account"], name="early_sign_running", condition=Q(ended_on=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "key"],
                name="early_sign_once",
                violation_error_message="Ce signe est déjà connu pour ce compte.",
            ),
            models.CheckConstraint(
                condition=Q(known_on__gte=F("since")),
                name="early_sign_known_after",
                violation_error_message="Un signe est connu au plus tôt le jour où il commence.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("known_on")),
                name="early_sign_dates",
                violation_error_message="Un signe finit après avoir été connu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"

    @property
    def why(self) -> Reason:
        """Its facts."""
        return Reason.from_json(self.reason, SignWhy)

    @property
    def icon(self) -> str:
        return SIGN_ICONS[self.kind]

    @property
    def is_about_paying(self) -> bool:
        """Whether a courteous call may help; nothing is asked for what a payer or a contract does."""
        return self.kind in (SignKind.LATE, SignKind.PART, SignKind.RETURN)


class SignAside(models.Model):
    """A sign that a person set aside: seen, or with the others of its kind until `until` (included), for a reason.
    `undone_at`: that was taken back, and counts no more."""

    sign = models.ForeignKey(EarlySign, models.PROTECT, related_name="asides", verbose_name="signe")
    until = models.DateField("ignoré jusqu’au", null=True, blank=True)
    reason = models.CharField("motif", max_length=200, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    decided_at = models.DateTimeField("écarté le", default=clock.now, editable=False)
    undone_at = models.DateTimeField("repris le", null=True, blank=True)
    undone_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="repris par"
    )

    class Meta:
        verbose_name = "signe écarté"
        verbose_name_plural = "signes écartés"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign"],
                name="sign_aside_once",
                condition=Q(undone_at=None),
                violation_error_message="Ce signe est déjà écarté.",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | ~Q(reason=""),
                name="sign_aside_reason",
                violation_error_message="Dites pourquoi ces signes sont ignorés.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign} écarté"
