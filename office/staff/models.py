"""The people of the house: users, their teams, their dated roles."""

from typing import TYPE_CHECKING, Any

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from common import clock
from common.fields import SortKeyField
from office.access.codes import Role
from office.access.matrix import Data, Write, can
from office.access.people import one_witness
from office.staff.codes import StaffAct

if TYPE_CHECKING:
    from office.access.actor import Actor


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in. What they may see comes from `RoleGrant`, never from here."""

    email = models.EmailField("courriel", unique=True)
    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=80)
    job_title = models.CharField("fonction", max_length=80, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("accès à l’administration technique", default=False)
    date_joined = models.DateTimeField("arrivée", default=clock.now, editable=False)
    sort_key = SortKeyField("last_name", "first_name")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]
    objects = UserManager()

    class Meta:
        verbose_name = "personne de l’équipe"
        verbose_name_plural = "équipe"
        ordering = ["sort_key", "id"]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def get_short_name(self) -> str:
        return f"{self.first_name[:1]}. {self.last_name}"


class Team(models.Model):
    """A team (site, service): scopes of lists and of the access log."""

    name = models.CharField("nom", max_length=80, unique=True)
    members = models.ManyToManyField(User, through="TeamMember", related_name="teams")

    class Meta:
        verbose_name = "équipe"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, models.PROTECT, verbose_name="équipe")
    user = models.ForeignKey(User, models.PROTECT, verbose_name="personne")

    class Meta:
        verbose_name = "membre d’équipe"
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.team})"


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self) -> "RoleGrantQuerySet":
        return self.filter(period__contains=clock.today())

    def going_on(self) -> "RoleGrantQuerySet":
        """In force, or to come."""
        return self.filter(Q(period__upper_inf=True) | Q(period__endswith__gt=clock.today()))


@pghistory.track()
class RoleGrant(models.Model):
    """A role held by a user over a period; for a funder, on behalf of its organisation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name="personne")
    role = models.CharField("rôle", max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, verbose_name="organisme", related_name="grants"
    )
    period = DateRangeField("période")

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = "rôle attribué"
        constraints = [
            ExclusionConstraint(
                name="role_grant_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne a déjà ce rôle sur une partie de la période.",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.FUNDER) | Q(organisation__isnull=False),
                name="role_grant_funder_named",
                violation_error_message="Indiquez l’organisme que cette personne représente.",
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="role_grant_period_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class StaffRequestQuerySet(models.QuerySet["StaffRequest"]):
    def visible_to(self, actor: "Actor") -> "StaffRequestQuerySet":
        """For those who may confirm; nobody confirms what he asked, what is for himself, nor what is asked by who is
        one with him (`one_witness`)."""
        if not can(actor, Write(Data.STAFF_SECOND)) or actor.user_id is None:
            return self.none()
        return self.exclude(one_witness(actor.user_id, "asked_by")).exclude(user=actor.user_id)

    def waiting(self) -> "StaffRequestQuerySet":
        return self.filter(decided_at__isnull=True)


class StaffRequest(models.Model):
    """What the administration asks about an account that opens what it does not read itself; a second person confirms
    or refuses it. `decided_by` is empty for what was done by one person alone. `former`: the address that another one
    took the place of, once it did: it is told of it."""

    act = models.CharField("demande", max_length=5, choices=StaffAct.choices)
    user = models.ForeignKey(User, models.PROTECT, related_name="requests", verbose_name="personne")
    role = models.CharField("rôle", max_length=16, choices=Role.choices, blank=True)
    period = DateRangeField("période", null=True, blank=True)
    organisation = models.ForeignKey(
        "office.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="organisme"
    )
    email = models.EmailField("courriel", blank=True)
    former = models.EmailField("courriel d’avant", blank=True, editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="demandé par")
    asked_at = models.DateTimeField("demandé le", default=clock.now, editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par")
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    is_granted = models.BooleanField("accordé", null=True, blank=True)

    objects = StaffRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "accès à confirmer"
        verbose_name_plural = "accès à confirmer"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "act", "role"], condition=Q(decided_at__isnull=True), name="staff_request_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user"))),
                name="staff_request_second_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, is_granted__isnull=True)
                | Q(decided_at__isnull=False, is_granted__isnull=False)
                & (Q(is_granted=True) | Q(decided_by__isnull=False)),
                name="staff_request_decided_whole",
            ),
            models.CheckConstraint(
                condition=(Q(act__in=[StaffAct.OPEN, StaffAct.LINK]) & Q(role="", period__isnull=True, email=""))
                | (Q(act=StaffAct.ROLE, period__isnull=False, email="") & ~Q(role=""))
                | (Q(act=StaffAct.EMAIL, role="", period__isnull=True) & ~Q(email="")),
                name="staff_request_says_what",
            ),
            models.CheckConstraint(
                condition=Q(former="") | Q(act=StaffAct.EMAIL, is_granted=True),
                name="staff_request_former_of_an_address",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(act=StaffAct.ROLE), name="staff_request_body_of_a_role"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.FUNDER) | Q(organisation__isnull=False),
                name="staff_request_funder_named",
                violation_error_message="Indiquez l’organisme que cette personne représente.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} · {self.user}"

    @property
    def what(self) -> str:
        """« rôle Travail social », « adresse de connexion a@b.fr », « lien pour choisir un mot de passe »."""
        label = self.get_act_display()
        detail = self.get_role_display() if self.role else self.email
        return f"{label[:1].lower()}{label[1:]} {detail}".strip()
