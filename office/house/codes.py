"""Choices of the house: organisations and their roles, for whom an account is held."""

from common.codes import Code


class OrganisationKind(Code):
    """Roles that an outside organisation plays."""

    CCAS = "CCAS", "CCAS ou CIAS"
    LANDLORD = "LANDLORD", "Bailleur"
    FUNDER = "FUNDER", "Financeur"
    REFERRER = "REFERRER", "Prescripteur"
    CONTRACTOR = "CONTRACTOR", "Entreprise"
    BENEFIT_PAYER = "BENEFIT_PAYER", "CAF ou MSA"
    OPERATOR = "OPERATOR", "Opérateur"
    GUARANTOR = "GUARANTOR", "Garant"


class OwnerKind(Code):
    """What an owner is for the law of arrears (loi 89-462, art. 24): a family SCI is one between relatives and
    in-laws up to the fourth degree."""

    PERSON = "PERSON", "Particulier"
    FAMILY_COMPANY = "FAMILY_SCI", "SCI familiale (parents et alliés jusqu’au quatrième degré)"
    LEGAL_PERSON = "LEGAL", "Autre personne morale"


class BodyKind(Code):
    """What a legal person is for the texts that bind some landlords only. HLM: *office public de l'habitat*, *société
    anonyme d'HLM*, *coopérative d'HLM*, *fondation d'HLM* (CCH, art. L. 411-2)."""

    HLM = "HLM", "Organisme HLM"
    SEM = "SEM", "Société d’économie mixte (SEM)"
    PUBLIC = "PUBLIC", "Collectivité ou établissement public"
    PRIVATE = "PRIVATE", "Autre société ou association"


class HeldFor(Code):
    """For whom the money on a bank account is held, and for whom a rent is collected."""

    ITSELF = "ITSELF", "L’association elle-même"
    MANDANTS = "MANDANTS", "Les mandants (loi Hoguet)"
    PUBLIC_BODY = "PUBLIC_BODY", "Une collectivité (mandat de recettes)"


class HouseNotice(Code):
    IBAN_ASKED = "IBAN_ASKED", "IBAN à confirmer"
    IBAN_DECIDED = "IBAN_DECIDED", "IBAN confirmé ou refusé"
