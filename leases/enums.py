"""Choices of households and leases."""

from django.db import models


class Civility(models.TextChoices):
    MADAM = "MME", "Mme"
    SIR = "M", "M."
    NONE = "X", "Sans civilité"


class SupportType(models.TextChoices):
    """Type 1 / type 2 of the CCAS stock (S0-05)."""

    TYPE_1 = "T1", "Type 1"
    TYPE_2 = "T2", "Type 2"


class MemberRole(models.TextChoices):
    ADULT = "ADULT", "Adulte"
    CHILD = "CHILD", "Enfant"


class LeaseKind(models.TextChoices):
    SUBLEASE = "SUBLEASE", "Sous-location"
    SLIDING = "SLIDING", "Bail glissant"
    MANAGED = "MANAGED", "Bail en mandat de gestion"
    OCCUPANCY = "OCCUPANCY", "Convention d’occupation"


class LeaseState(models.TextChoices):
    """DRAFT: being prepared, never billed. ACTIVE: checklist green, billed. ENDED: the contract ended."""

    DRAFT = "DRAFT", "En préparation"
    ACTIVE = "ACTIVE", "En cours"
    ENDED = "ENDED", "Terminé"


class PartyRole(models.TextChoices):
    HOLDER = "HOLDER", "Titulaire"
    CO_HOLDER = "CO_HOLDER", "Cotitulaire"
    SPOUSE = "SPOUSE", "Conjoint"
    GUARANTOR = "GUARANTOR", "Garant"


# Who owes the rent itself; a guarantor is called only when they do not pay.
DEBTOR_ROLES = frozenset({PartyRole.HOLDER, PartyRole.CO_HOLDER, PartyRole.SPOUSE})


class DueRule(models.TextChoices):
    IN_ADVANCE = "ADVANCE", "À échoir"
    IN_ARREARS = "ARREARS", "Terme échu"


class ChargeMode(models.TextChoices):
    PROVISION = "PROVISION", "Provision"
    FLAT = "FLAT", "Forfait"


class RentNature(models.TextChoices):
    """Natures that rent terms may bear (a subset of the ledger's natures)."""

    RENT = "RENT", "Loyer"
    CHARGES = "CHARGES", "Charges"
    PARKING = "PARKING", "Stationnement"
    SERVICES = "SERVICES", "Prestations"


class CheckItem(models.TextChoices):
    """The preparation checklist: what must be green before a lease bills."""

    CONTRACT_SIGNED = "CONTRACT", "Contrat signé"
    ENTRY_INVENTORY = "INVENTORY", "État des lieux d’entrée signé"
    INSURANCE = "INSURANCE", "Attestation d’assurance reçue"
    TERMS_SET = "TERMS", "Loyer et charges fixés"
    DUE_RULE_SET = "DUE_RULE", "Échéance fixée"
    HOLDER_NAMED = "HOLDER", "Titulaire désigné"
    ACCOMPANIMENT = "SUPPORT", "Contrat d’accompagnement signé"
    TRIPARTITE = "TRIPARTITE", "Convention tripartite signée"


class EndReason(models.TextChoices):
    """Exit outcomes of RULES A4."""

    STAYED_SLID = "SLID", "Bail glissé au ménage"
    SOCIAL_HOUSING = "SOCIAL", "Logement social"
    PRIVATE_HOUSING = "PRIVATE", "Logement privé"
    TRANSFER = "TRANSFER", "Autre logement de l’association"
    RESIDENCE = "RESIDENCE", "Résidence, pension de famille, soin"
    FAMILY = "FAMILY", "Famille ou proches"
    EVICTION = "EVICTION", "Expulsion"
    UNKNOWN = "UNKNOWN", "Départ sans adresse"
    DEATH = "DEATH", "Décès"
