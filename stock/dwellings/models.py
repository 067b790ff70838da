"""Buildings, dwellings and the units that a lease can let."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When

from common import clock
from common.fields import SortKeyField, bounded
from common.identifiers import validate_commune, validate_dpe, validate_fiscal_id, validate_rpls_id
from common.text import LONGEST_TEXT
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from stock.agreements.models import AgreementDwelling
from stock.dwellings.codes import ConstructionType, EnergyClass, StockType, UnitKind, VacancyReason


class Period(models.Func):
    """`daterange(first, last, bounds)` in a query."""

    function = "daterange"
    output_field = DateRangeField()


class Building(models.Model):
    """An address that holds dwellings."""

    name = models.CharField("nom", max_length=120, blank=True)
    street = models.CharField("voie", max_length=200)
    postcode = models.CharField("code postal", max_length=5)
    city = models.CharField("commune", max_length=80)
    commune = models.CharField("code commune", max_length=5, validators=[validate_commune])
    access_notes = models.TextField(
        "accès", max_length=LONGEST_TEXT, blank=True, help_text="Code, interphone, étage, stationnement."
    )
    sort_key = SortKeyField("name", "street", "city")

    class Meta:
        verbose_name = "immeuble"
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "street", "name"],
                name="building_address_once",
                violation_error_message="Un immeuble existe déjà à cette adresse.",
            ),
            bounded("building", "access_notes"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.street}, {self.city}"

    @property
    def address(self) -> str:
        return f"{self.street}, {self.postcode} {self.city}"


class DwellingQuerySet(models.QuerySet["Dwelling"]):
    def visible_to(self, actor: Actor) -> DwellingQuerySet:
        """All dwellings for who works in them; none for a funder (totals only) or an administrator."""
        return self if can(actor, Read(Data.STOCK)) else self.none()

    def occupied_on(self, day: date) -> DwellingQuerySet:
        """Dwellings whose keys somebody has on `day`. Occupancies are in `leases`, an app above: this class reads them
        by the name of the relation, and nothing else in `stock` does."""
        return self.filter(Exists(self._stays().filter(period__contains=day)))

    def _stays(self) -> models.QuerySet[Any]:
        """The occupancies of the dwelling of an outer query."""
        stays = self.model._meta.get_field("occupancies").related_model
        assert isinstance(stays, type)
        return stays._default_manager.filter(dwelling=OuterRef("pk")).order_by()

    def with_occupation(self, day: date) -> DwellingQuerySet:
        """Annotated `is_occupied` on `day` and, of the empty ones, `left_on` (the end, exclusive, of the last occupancy
        before it). It is looked for where it is told only: a list sorts by it."""
        left = self._stays().filter(period__endswith__lte=day).order_by("-period__endswith")
        occupied = Exists(self._stays().filter(period__contains=day))
        last = Subquery(left.values("period__endswith")[:1])
        return self.annotate(is_occupied=occupied, left_on=Case(When(~occupied, then=last)))

    def with_vacancy_reason(self, day: date) -> DwellingQuerySet:
        """Annotated `told_id`, `told_reason` and `told_since`: why it is empty on `day`, as somebody told since the
        last occupant left; None where nobody did, or somebody has the keys."""
        told = VacancyTold.objects.in_force_on(day).filter(dwelling=OuterRef("pk"))
        return self.annotate(
            told_id=Subquery(told.values("pk")[:1]),
            told_reason=Subquery(told.values("reason")[:1]),
            told_since=Subquery(told.values("since")[:1]),
        )

    def vacant_on(self, day: date) -> DwellingQuerySet:
        """Dwellings in the stock on `day` where nobody has the keys."""
        return self.in_stock_on(day).exclude(
            pk__in=self.model._default_manager.filter(occupancies__period__contains=day)
        )

    def in_stock_on(self, day: date) -> DwellingQuerySet:
        """Dwellings that an agreement gave us on `day`: the stock as of any past date."""
        return self.filter(Exists(AgreementDwelling.objects.filter(dwelling=OuterRef("pk"), period__contains=day)))


@pghistory.track()
class Dwelling(models.Model):
    """A dwelling, with the vocabulary of RPLS. Surfaces in m²."""

    reference = models.CharField("référence", max_length=20, unique=True)
    building = models.ForeignKey(Building, models.PROTECT, related_name="dwellings", verbose_name="immeuble")
    rpls_id = models.CharField(
        "identifiant RPLS", max_length=10, null=True, blank=True, unique=True, validators=[validate_rpls_id]
    )
    import_key = models.CharField(
        "clé d’import",
        max_length=64,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text="Empreinte de la ligne importée, quand le fichier ne porte pas d’identifiant.",
    )
    fiscal_id = models.CharField(
        "identifiant fiscal", max_length=12, null=True, blank=True, unique=True, validators=[validate_fiscal_id]
    )
    dpe_number = models.CharField("numéro DPE", max_length=13, blank=True, validators=[validate_dpe])
    energy_class = models.CharField("classe énergie", max_length=1, choices=EnergyClass.choices, blank=True)
    climate_class = models.CharField("classe climat", max_length=1, choices=EnergyClass.choices, blank=True)
    stock_type = models.CharField("parc", max_length=12, choices=StockType.choices, default=StockType.DIFFUSE)
    construction = models.CharField("construction", max_length=1, choices=ConstructionType.choices, default="C")
    rooms = models.PositiveSmallIntegerField("pièces")
    surface = models.DecimalField("surface habitable (m²)", max_digits=7, decimal_places=2, null=True, blank=True)
    floor = models.SmallIntegerField("étage", null=True, blank=True)
    door = models.CharField("porte", max_length=40, blank=True)
    stairwell = models.CharField("escalier", max_length=20, blank=True)
    built_year = models.PositiveSmallIntegerField("année de construction", null=True, blank=True)
    financing = models.CharField("financement (RPLS)", max_length=4, blank=True)
    is_qpv = models.BooleanField("quartier prioritaire", default=False)
    access_notes = models.TextField("accès", max_length=LONGEST_TEXT, blank=True)
    safety_notice = models.CharField(
        "consigne avant d’entrer", max_length=120, blank=True, help_text="Courte et factuelle : « chien », « gaz »."
    )
    sort_key = SortKeyField("reference", "door")

    objects = DwellingQuerySet.as_manager()

    class Meta:
        verbose_name = "logement"
        ordering = ["reference"]
        indexes = [GinIndex(fields=["sort_key"], opclasses=["gin_trgm_ops"], name="dwelling_search")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rooms__gte=1),
                name="dwelling_rooms_positive",
                violation_error_message="Un logement a au moins une pièce.",
            ),
            models.CheckConstraint(
                condition=Q(surface__isnull=True) | (Q(surface__gt=0) & Q(surface__lte=1000)),
                name="dwelling_surface_plausible",
                violation_error_message="La surface d’un logement est comprise entre 1 et 1 000 m².",
            ),
            bounded("dwelling", "access_notes"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def typology(self) -> str:
        return f"T{min(self.rooms, 7)}" + ("+" if self.rooms > 7 else "")

    @property
    def address(self) -> str:
        return self.building.address


class Unit(models.Model):
    """What a lease lets: the whole dwelling or one room. Every dwelling has its whole unit."""

    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="units", verbose_name="logement")
    kind = models.CharField("genre", max_length=5, choices=UnitKind.choices, default=UnitKind.WHOLE)
    label = models.CharField("intitulé", max_length=40, blank=True)
    surface = models.DecimalField("surface (m²)", max_digits=7, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "local loué"
        verbose_name_plural = "locaux loués"
        ordering = ["dwelling__reference", "kind", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["dwelling"],
                condition=Q(kind=UnitKind.WHOLE),
                name="unit_whole_once",
                violation_error_message="Ce logement a déjà son local « logement entier ».",
            ),
            models.UniqueConstraint(
                fields=["dwelling", "label"],
                condition=Q(kind=UnitKind.ROOM),
                name="unit_room_label_once",
                violation_error_message="Une chambre de ce logement porte déjà ce nom.",
            ),
            models.CheckConstraint(
                condition=Q(kind=UnitKind.WHOLE, label="") | (Q(kind=UnitKind.ROOM) & ~Q(label="")),
                name="unit_label_iff_room",
                violation_error_message="Une chambre porte un nom, un logement entier n’en porte pas.",
            ),
            models.UniqueConstraint(fields=["id", "dwelling"], name="unit_with_dwelling"),
        ]

    def __str__(self) -> str:
        return self.dwelling.reference + (f" · {self.label}" if self.label else "")

    @property
    def is_whole(self) -> bool:
        return self.kind == UnitKind.WHOLE


class VacancyToldQuerySet(models.QuerySet["VacancyTold"]):
    def in_force_on(self, day: date) -> VacancyToldQuerySet:
        """What holds on `day`, the latest first. Whoever had the keys since then has ended it, and so has the dwelling
        where it left the stock; put back, it holds again."""
        lines = AgreementDwelling.objects.filter(dwelling=OuterRef("dwelling"), gives_title=True)
        after = AgreementDwelling.objects.filter(
            dwelling=OuterRef("dwelling"), gives_title=True, period__contains=OuterRef("period__endswith")
        )
        left = lines.filter(period__endswith__gt=OuterRef("since"), period__endswith__lte=day).exclude(Exists(after))
        held = Dwelling.objects.filter(
            pk=OuterRef("dwelling"), occupancies__period__overlap=Period(OuterRef("since"), Value(day), Value("[]"))
        )
        rows = self.filter(withdrawn_at__isnull=True, since__lte=day).exclude(Exists(held)).exclude(Exists(left))
        return rows.order_by("-since", "-id")


class VacancyTold(models.Model):
    """Why a dwelling is empty from the day `since`, until another reason is told, somebody has the keys, or it leaves
    the stock. A mistake is withdrawn, and stays."""

    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="vacancies_told", verbose_name="logement")
    reason = models.CharField("motif", max_length=8, choices=VacancyReason.choices)
    since = models.DateField("depuis le")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="dit par"
    )
    told_at = models.DateTimeField("dit le", default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="retiré par"
    )

    objects = VacancyToldQuerySet.as_manager()

    class Meta:
        verbose_name = "motif de vacance"
        verbose_name_plural = "motifs de vacance"
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dwelling", "since", "reason"],
                condition=Q(withdrawn_at__isnull=True),
                name="vacancy_told_once",
                violation_error_message="Ce motif est déjà noté pour ce jour.",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=VacancyReason.values),
                name="vacancy_told_reason_known",
                violation_error_message="Choisissez un des motifs proposés.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False) | Q(withdrawn_by__isnull=True),
                name="vacancy_told_withdrawn_whole",
                violation_error_message="Un retrait est daté.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}, {self.dwelling}"
