"""Codes of the referrals: who refers, for what, how far it is, where it was oriented."""

from common.codes import Code
from common.workflow import Workflow
from office.house.codes import OrganisationKind
from office.messages.codes import SOCIAL

ABOUT_REFERRAL = "referral"
"""What its tasks are about: the id is the referral's."""
ABOUT_PARTNER = f"{SOCIAL}partner"
"""What messages to partners are about: the id is the referral's."""


class ReferrerKind(Code):
    """Who refers a household (S1-04), or the household itself."""

    HOUSEHOLD = "HOUSEHLD", "Le ménage lui-même"
    MDD = "MDD", "Maison du Département"
    CCAS = "CCAS", "CCAS ou CIAS"
    TOWN = "TOWN", "Mairie"
    CAF = "CAF_DESK", "CAF"
    MSA = "MSA", "MSA"
    PREFECTURE = "PREFECT", "Préfecture"
    ENERGY = "ENERGY", "Fournisseur d’énergie ou d’eau"
    LANDLORD = "LANDLORD", "Bailleur"
    MEDIATION = "MEDIAT", "Commission de médiation"
    ADIL = "ADIL", "ADIL"
    HOUSING_DESK = "HOUSDESK", "Maison de l’habitat"
    FUND = "FUND", "FSL ou FUL"
    OTHER = "OTHER", "Autre partenaire"


REFERRING = (
    OrganisationKind.REFERRER, OrganisationKind.CCAS, OrganisationKind.LANDLORD, OrganisationKind.FUNDER,
    OrganisationKind.BENEFIT_PAYER,
)  # fmt: skip
"""The roles of the organisations that may refer."""


class Situation(Code):
    """How the household is housed as it is referred (S1-01)."""

    SEEKER = "SEEKER", "Cherche un logement"
    TENANT = "TENANT", "Locataire"
    SUBTENANT = "SUBTEN", "Sous-locataire"
    OWNER = "OWNER", "Propriétaire"


class Urgency(Code):
    NORMAL = "NORMAL", "Sans urgence"
    URGENT = "URGENT", "Urgent"


class ReferralState(Code):
    RECEIVED = "RECEIVED", "Reçue"
    ACKNOWLEDGED = "ACKNOWL", "Accusé de réception donné"
    TO_COMPLETE = "TO_COMPL", "À compléter"
    ASSESSED = "ASSESSED", "En évaluation"
    COMMISSION = "COMMISS", "En commission"
    INSIDE = "INSIDE", "Orientée dans la maison"
    OUTSIDE = "OUTSIDE", "Orientée ailleurs"
    DROPPED = "DROPPED", "Sans suite"
    MEASURE = "MEASURE", "Mesure ouverte"


WAITING = (
    ReferralState.RECEIVED, ReferralState.ACKNOWLEDGED, ReferralState.TO_COMPLETE, ReferralState.ASSESSED,
    ReferralState.COMMISSION,
)  # fmt: skip
"""Nobody has said where the household goes: a household has one of them at a time."""
FOLLOWED = (*WAITING, ReferralState.INSIDE)
"""Who has one of these follows the household, to meet it and to open a measure."""
ORIENTED = (ReferralState.INSIDE, ReferralState.OUTSIDE)

_FORWARD: dict[str, set[str]] = {
    ReferralState.RECEIVED: {*WAITING[1:], *ORIENTED, ReferralState.DROPPED, ReferralState.MEASURE},
    ReferralState.ACKNOWLEDGED: {*WAITING[2:], *ORIENTED, ReferralState.DROPPED, ReferralState.MEASURE},
    ReferralState.TO_COMPLETE: {*WAITING[3:], *ORIENTED, ReferralState.DROPPED, ReferralState.MEASURE},
    ReferralState.ASSESSED: {
        ReferralState.TO_COMPLETE, ReferralState.COMMISSION, *ORIENTED, ReferralState.DROPPED, ReferralState.MEASURE
    },
    ReferralState.COMMISSION: {
        ReferralState.TO_COMPLETE, ReferralState.ASSESSED, *ORIENTED, ReferralState.DROPPED, ReferralState.MEASURE
    },
    ReferralState.INSIDE: {ReferralState.OUTSIDE, ReferralState.DROPPED, ReferralState.MEASURE},
    ReferralState.OUTSIDE: set(),
    ReferralState.DROPPED: set(),
    ReferralState.MEASURE: set(),
}  # fmt: skip
STEPS = Workflow(_FORWARD)
"""What may be noted next."""
REFERRAL_FLOW = Workflow(
    {state: nexts | {former for former in _FORWARD if state in _FORWARD[former]} for state, nexts in _FORWARD.items()}
)
"""The same and its way back: the last step is taken back."""


class ReferralService(Code):
    """Where a household is oriented (S1-07)."""

    SUPPORT = "SUPPORT", "Mesure d’accompagnement"
    DUTY = "DUTY", "Accueil ou permanence"
    WORKSHOP = "WORKSHOP", "Ateliers collectifs"
    HOUSING = "HOUSING", "Attribution d’un logement de la maison"
    DEPARTMENT = "DEPT", "Service social du Département"
    CCAS = "CCAS", "CCAS ou CIAS"
    SIAO = "SIAO", "SIAO ou service du logement"
    ADIL = "ADIL", "ADIL"
    BUDGET = "BUDGET", "Point conseil budget ou surendettement"
    ENERGY = "ENERGY", "Aide à l’énergie"
    CARE = "CARE", "Service de soins"
    OTHER = "OTHER", "Autre organisme"


INSIDE_SERVICES = (ReferralService.SUPPORT, ReferralService.DUTY, ReferralService.WORKSHOP, ReferralService.HOUSING)
OUTSIDE_SERVICES = tuple(service for service in ReferralService if service not in INSIDE_SERVICES)


class Dropped(Code):
    """Why a referral goes no further."""

    GIVEN_UP = "GIVEN_UP", "Le ménage n’en veut pas"
    UNREACHED = "UNREACH", "Le ménage n’a pas pu être joint"
    EXCLUDED = "EXCLUDED", "Un autre accompagnement est en place"
    OUT_OF_SCOPE = "SCOPE", "Hors de notre champ ou de notre territoire"
    REFUSED = "REFUSED", "Refusée en commission"
    SETTLED = "SETTLED", "La situation s’est réglée"
    NO_ANSWER = "NO_REPLY", "Rien reçu de ce qui manquait"


class ReferralWhy(Code):
    """What a referral waits for, and until when (`rules.waiting`)."""

    RECEIPT = "REF_RECEIPT", "Accusé de réception à envoyer"
    PIECES = "REF_PIECES", "À compléter depuis le {since:day}"
    MEETING = "REF_MEETING", "Premier rendez-vous à tenir"
    ORIENT = "REF_ORIENT", "À orienter"
    COMMISSION = "REF_COMMISSION", "En commission depuis le {since:day}"
    OPENING = "REF_OPENING", "Mesure à ouvrir"


class LinkKind(Code):
    """What an address without account opens: a sheet to fill, or how far one referral is."""

    INTAKE = "INTAKE", "Fiche à remplir"
    STATE = "STATE", "Suivi d’une saisine"


class ReferralMessage(Code):
    """What a partner is told (S1-04, S1-05)."""

    RECEIPT = "REFERRAL_RECEIPT", "Accusé de réception d’une saisine"
    START = "REFERRAL_START", "Début d’un accompagnement demandé"
    MIDDLE = "REFERRAL_MIDDLE", "Milieu d’un accompagnement demandé"
    END = "REFERRAL_END", "Fin d’un accompagnement demandé"
    AGAIN = "REFERRAL_AGAIN", "Reprise d’un accompagnement demandé"


class ReferralDuty(Code):
    """What a referral asks of who has it."""

    NEXT = "REFERRAL_NEXT", "Saisine à faire avancer"
