"""Households, persons and the dated composition."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q

from common import clock
from common.fields import PhoneKeyField, SearchKeyField, SortKeyField
from common.identifiers import phone_key
from common.text import search_words, sort_key
from common.triggers import moves_the_books
from leases.households.codes import Civility, MemberRole, SupportType
from leases.households.order import order_on_write, order_with_members, order_with_names
from office.access.actor import Actor
from office.access.matrix import Data, Read, can


def lives_protected(household: str, day: date) -> Exists:
    """Whether a member on `day` of the household in the column `household` has a protected address."""
    return Exists(
        Membership.objects.filter(
            household=OuterRef(household), period__contains=day, person__is_address_protected=True
        )
    )


# Fewer digits are in too many numbers.
SHORTEST_NUMBER = 4


def searched_number(text: str) -> str:
    """The digits of a phone number that is searched, or an empty text where names are."""
    number = phone_key(text)
    is_number = len(number) >= SHORTEST_NUMBER - 1 and not any(c.isalpha() for c in text)
    return number if is_number and sum(c.isdigit() for c in text) >= SHORTEST_NUMBER else ""


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, actor: Actor) -> HouseholdQuerySet:
        """All households for who reads every identity, none for the others (a technician sees own jobs only)."""
        return self if can(actor, Read(Data.IDENTITY)) else self.none()

    def matching(self, text: str) -> HouseholdQuerySet:
        """Those whose name or reference, or a member's name, has every word of `text`, in any order, with or without
        the space of a particle; those of a member's number, where it is one. Accents and case ignored."""
        members = Membership.objects.filter(household=OuterRef("pk"))
        number = searched_number(text)
        if number:
            by_number = Exists(members.filter(person__phone_key__contains=number))
            return self.filter(by_number | Q(search_key__contains=sort_key(text)))
        rows = self
        for word in search_words(text):
            rows = rows.filter(Q(search_key__contains=word) | Exists(members.filter(person__search_key__contains=word)))
        return rows

    def with_protection(self, day: date) -> HouseholdQuerySet:
        """Annotated `is_protected`: whether a member on `day` has a protected address."""
        return self.annotate(is_protected=lives_protected("pk", day))


@pghistory.track(exclude=["sort_key"])
class Household(models.Model):
    """A household (ménage). `name` is the displayed name: « Mme Fatou Sarr », « M. et Mme Kaboré ».

    Lists are by surname: `sort_key`, which the database keeps (`leases.households.order`).
    """

    reference = models.CharField("référence", max_length=20, unique=True)
    name = models.CharField("nom d’usage", max_length=120)
    support_type = models.CharField("type", max_length=2, choices=SupportType.choices, blank=True)
    manager = models.ForeignKey(
        "office.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_households",
        verbose_name="gestionnaire en charge",
        help_text="Lit l’adresse du ménage quand elle est protégée.",
    )
    created_at = models.DateTimeField("créé le", default=clock.now, editable=False)
    sort_key = models.TextField("ordre", default="", editable=False)
    search_key = SearchKeyField("name", "reference")

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "ménage"
        ordering = ["sort_key", "id"]
        triggers = [moves_the_books(), order_on_write()]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="household_search"),
            # Gives the first page of the list without sorting the whole table.
            models.Index(fields=["sort_key", "id"], name="household_order"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Person(models.Model):
    """A natural person. Nothing here tells of health, origin or difficulties; no NIR."""

    civility = models.CharField("civilité", max_length=3, choices=Civility.choices, default=Civility.NONE)
    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=80)
    birth_date = models.DateField("date de naissance", null=True, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    is_address_protected = models.BooleanField("adresse protégée", default=False)
    sort_key = SortKeyField("last_name", "first_name")
    search_key = SearchKeyField("last_name", "first_name")
    phone_key = PhoneKeyField("phone")

    class Meta:
        verbose_name = "personne"
        ordering = ["sort_key", "id"]
        triggers = [order_with_names()]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="person_search"),
            GinIndex(fields=["phone_key"], opclasses=["gin_trgm_ops"], name="person_phone"),
        ]

    def __str__(self) -> str:
        title = "" if self.civility == Civility.NONE else f"{self.get_civility_display()} "
        return f"{title}{self.first_name} {self.last_name}"


class Membership(models.Model):
    """A person in a household over a period: the composition at any date."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships", verbose_name="ménage")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="personne")
    role = models.CharField("place", max_length=6, choices=MemberRole.choices, default=MemberRole.ADULT)
    period = DateRangeField("période")

    class Meta:
        verbose_name = "composition"
        ordering = ["household", "role", "id"]
        triggers = order_with_members()
        constraints = [
            ExclusionConstraint(
                name="membership_one_household",
                expressions=[("person", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                violation_error_message="Cette personne fait déjà partie d’un ménage sur cette période.",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False),
                name="membership_period_not_empty",
                violation_error_message="La date de fin précède celle de début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.household})"
