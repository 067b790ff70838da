"""Referrals (saisines): who asks that which household be supported, for what, and what became of it.

The state follows from the steps, which are facts with their days; the last one is taken back.
"""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock
from common.triggers import follows, for_good
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from social_link.measures.codes import Aim, Exclusion
from social_link.measures.own_cases import own_cases
from social_link.referrals.codes import (
    INSIDE_SERVICES,
    OUTSIDE_SERVICES,
    REFERRAL_FLOW,
    WAITING,
    Dropped,
    LinkKind,
    ReferralService,
    ReferralState,
    ReferrerKind,
    Situation,
    Urgency,
)

_NOT_GOING_ON = [*(state.value for state in WAITING), ReferralState.OUTSIDE.value, ReferralState.DROPPED.value]
NAMED = ("last_name", "first_name", "phone")
"""How a person is named until her household is found; one place for persons: they go as it is."""
CONTACT = ("contact_name", "contact_email", "contact_phone")
"""The person of a partner who is spoken with."""


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, actor: Actor) -> ReferralQuerySet:
        """All for the head; for a social worker those that are nobody's yet, her own, and those of the households that
        she follows."""
        if can(actor, Read(Data.REFERRAL)):
            return self
        if can(actor, Read(Data.REFERRAL, OWN)) and actor.user_id:
            mine = Q(assignee=None) | Q(assignee_id=actor.user_id) | own_cases(actor.user_id, "household")
            return self.filter(mine)
        return self.none()

    def counted(self) -> ReferralQuerySet:
        """Neither withdrawn, nor joined to another one of the same household."""
        return self.filter(withdrawn_at=None, joined_to=None)

    def waiting(self) -> ReferralQuerySet:
        """Those of which nobody has said where the household goes."""
        return self.counted().filter(state__in=WAITING)


@pghistory.track(pghistory.UpdateEvent("before", row=pghistory.Old))
class Referral(models.Model):
    """A referral. `household`: once it is found; until then `last_name`, `first_name` and `phone` stand for it.
    `organisation` and the contact: of a partner. `commission_on`: the day of the commission of the FUL that recommends
    it (S1-06). `consented_on`: the day on which the household agreed that who refers be told of what follows.
    `exclusions`: what stands against a measure (S1-03), and `despite`, why it goes on. `joined_to`: another referral of
    the same household that waited already; that one is decided, this one follows. `author` is empty where it came by a
    link, `came_by`; `request_key` is that of its form."""

    received_on = models.DateField("reçue le")
    referrer = models.CharField("qui saisit", max_length=8, choices=ReferrerKind.choices)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    contact_name = models.CharField("interlocuteur", max_length=120, blank=True)
    contact_email = models.EmailField("son courriel", blank=True)
    contact_phone = models.CharField("son téléphone", max_length=20, blank=True)
    household = models.ForeignKey(
        "leases.Household", models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name="ménage"
    )
    last_name = models.CharField("nom", max_length=80, blank=True)
    first_name = models.CharField("prénom", max_length=60, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    situation = models.CharField("situation", max_length=6, choices=Situation.choices, blank=True)
    aims = ArrayField(models.CharField(max_length=8, choices=Aim.choices), verbose_name="demande")
    urgency = models.CharField("urgence", max_length=6, choices=Urgency.choices, default=Urgency.NORMAL)
    commission_on = models.DateField("commission du FUL du", null=True, blank=True)
    consented_on = models.DateField("accord du ménage du", null=True, blank=True)
    exclusions = ArrayField(
        models.CharField(max_length=6, choices=Exclusion.choices), default=list, blank=True, verbose_name="exclusions"
    )
    despite = models.CharField("suivie malgré cela, parce que", max_length=200, blank=True)
    assignee = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name="suivie par"
    )
    state = models.CharField("état", max_length=8, choices=ReferralState.choices, default=ReferralState.RECEIVED)
    measure = models.OneToOneField(
        "social_link.Measure", models.PROTECT, null=True, blank=True, related_name="referral", verbose_name="mesure"
    )
    joined_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="joined", verbose_name="jointe à"
    )
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="saisie par"
    )
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True, editable=False)
    came_by = models.ForeignKey(
        "social_link.ReferralLink",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="brought",
        verbose_name="venue par",
    )
    request_key = models.UUIDField("clé de saisie", null=True, blank=True, unique=True, editable=False)

    flow = REFERRAL_FLOW

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "saisine"
        ordering = ["received_on", "id"]
        triggers = [follows(REFERRAL_FLOW)]
        indexes = [
            models.Index(
                fields=["received_on", "id"],
                name="referral_queue",
                condition=Q(withdrawn_at=None, joined_to=None, state__in=[state.value for state in WAITING]),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(withdrawn_at=None, joined_to=None, state__in=[state.value for state in WAITING]),
                name="referral_one_waits",
                violation_error_message="Une saisine de ce ménage attend déjà : joignez celle-ci à l’autre.",
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=False, last_name="", first_name="", phone="")
                | (Q(household=None) & ~Q(last_name="")),
                name="referral_named_once",
                violation_error_message="Donnez le ménage, ou le nom de la personne.",
            ),
            models.CheckConstraint(
                condition=Q(
                    referrer=ReferrerKind.HOUSEHOLD, organisation=None, contact_name="", contact_email="",
                    contact_phone="",
                )
                | (~Q(referrer=ReferrerKind.HOUSEHOLD) & (Q(organisation__isnull=False) | ~Q(contact_name=""))),
                name="referral_partner_named",
                violation_error_message="Un partenaire a son organisme ou son interlocuteur ; un ménage n’en a pas.",
            ),
            models.CheckConstraint(
                condition=Q(aims__len__gt=0),
                name="referral_asks_something",
                violation_error_message="Dites ce qui est demandé.",
            ),
            models.CheckConstraint(
                condition=Q(commission_on=None) | Q(commission_on__lte=F("received_on")),
                name="referral_commission_before",
                violation_error_message="La commission précède la saisine.",
            ),
            models.CheckConstraint(
                condition=Q(exclusions=[]) | ~Q(despite="") | Q(state__in=_NOT_GOING_ON),
                name="referral_excluded_unless_why",
                violation_error_message="Dites pourquoi la saisine avance malgré ce qui l’exclut.",
            ),
            models.CheckConstraint(
                condition=Q(state=ReferralState.MEASURE, measure__isnull=False, household__isnull=False)
                | (~Q(state=ReferralState.MEASURE) & Q(measure=None)),
                name="referral_measure_opened",
                violation_error_message="Choisissez la mesure qui a été ouverte.",
            ),
            models.CheckConstraint(
                condition=Q(joined_to=None) | (Q(household__isnull=False) & ~Q(joined_to=F("id"))),
                name="referral_joined_to_another",
                violation_error_message="Une saisine se joint à une autre, du même ménage.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Saisine {self.number}"

    @property
    def number(self) -> str:
        """« S-00042 »: what is said of it outside, where no name is."""
        return f"S-{self.pk:05d}"

    @property
    def name(self) -> str:
        """The household, or who was named."""
        return str(self.household) if self.household else f"{self.first_name} {self.last_name}".strip()

    @property
    def is_urgent(self) -> bool:
        return self.urgency == Urgency.URGENT

    @property
    def waits(self) -> bool:
        return self.withdrawn_at is None and self.joined_to_id is None and self.state in WAITING

    @property
    def from_whom(self) -> str:
        """« CCAS de Nantes », « CAF, Mme Diallo », « Le ménage lui-même »."""
        who = str(self.organisation) if self.organisation else str(self.get_referrer_display())
        return f"{who}, {self.contact_name}" if self.contact_name else who

    @property
    def aim_words(self) -> list[str]:
        return [Aim(code).label for code in self.aims]


@pghistory.track(pghistory.DeleteEvent())
class ReferralStep(models.Model):
    """What happened to a referral. `service`: where the household is oriented; `organisation` and `consented_on`: to
    whom outside, and the day on which it agreed that the sheet be sent there. `why`: of one that goes no further."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="steps", verbose_name="saisine")
    kind = models.CharField("étape", max_length=8, choices=ReferralState.choices)
    on = models.DateField("le")
    service = models.CharField("vers", max_length=8, choices=ReferralService.choices, blank=True)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    consented_on = models.DateField("accord du ménage du", null=True, blank=True)
    why = models.CharField("motif", max_length=8, choices=Dropped.choices, blank=True)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    recorded_at = models.DateTimeField("saisie le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "étape d’une saisine"
        verbose_name_plural = "étapes d’une saisine"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(kind=ReferralState.RECEIVED), name="referral_step_received_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=ReferralState.INSIDE, service__in=[one.value for one in INSIDE_SERVICES])
                | Q(kind=ReferralState.OUTSIDE, service__in=[one.value for one in OUTSIDE_SERVICES])
                | (~Q(kind__in=[ReferralState.INSIDE.value, ReferralState.OUTSIDE.value]) & Q(service="")),
                name="referral_step_oriented_somewhere",
                violation_error_message="Dites vers quoi le ménage est orienté.",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReferralState.OUTSIDE) | Q(organisation=None, consented_on=None),
                name="referral_step_outside_only",
                violation_error_message="Un organisme et un accord ne se donnent que pour une orientation ailleurs.",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReferralState.DROPPED, why__in=Dropped.values)
                | (~Q(kind=ReferralState.DROPPED) & Q(why="")),
                name="referral_step_dropped_for",
                violation_error_message="Dites pourquoi la saisine reste sans suite.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d/%m/%Y}"


class ReferralLinkQuerySet(models.QuerySet["ReferralLink"]):
    def open_on(self, day: date) -> ReferralLinkQuerySet:
        """Those that still open something."""
        return self.filter(revoked_at=None, ends_on__gte=day)


class ReferralLink(models.Model):
    """An address without account, by a drawn secret of which only the digest is kept: where a partner fills referrals,
    or where one reads how far a referral is. It opens on its last day still; revoked, it opens no more."""

    kind = models.CharField("ouvre", max_length=6, choices=LinkKind.choices)
    digest = models.CharField("empreinte", max_length=64, unique=True, editable=False)
    referrer = models.CharField("qui saisit", max_length=8, choices=ReferrerKind.choices, blank=True)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    referral = models.ForeignKey(
        Referral, models.PROTECT, null=True, blank=True, related_name="links", verbose_name="saisine"
    )
    ends_on = models.DateField("jusqu’au")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    made_at = models.DateTimeField("créée le", default=clock.now, editable=False)
    revoked_at = models.DateTimeField("fermée le", null=True, blank=True, editable=False)
    last_used_on = models.DateField("dernière lecture", null=True, blank=True, editable=False)

    objects = ReferralLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "adresse de saisine"
        verbose_name_plural = "adresses de saisine"
        ordering = ["-id"]
        triggers = [for_good("revoked_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=LinkKind.STATE, referral__isnull=False, referrer="", organisation=None)
                | (Q(kind=LinkKind.INTAKE, referral=None) & ~Q(referrer__in=["", ReferrerKind.HOUSEHOLD.value])),
                name="referral_link_opens_one",
                violation_error_message="Une adresse ouvre la fiche d’un partenaire, ou le suivi d’une saisine.",
            ),
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(revoked_at=None, kind=LinkKind.STATE),
                name="referral_link_one_state",
                violation_error_message="Une adresse de suivi de cette saisine est déjà ouverte.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def whose(self) -> str:
        return str(self.organisation or self.get_referrer_display() or self.referral)
