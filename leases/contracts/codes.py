"""Codes of the contracts: families, states, parties, what is prepared, how a month is billed and why."""

from common.codes import Code
from common.workflow import Workflow


class LeaseKind(Code):
    SUBLEASE = "SUBLEASE", "Sous-location"
    SLIDING = "SLIDING", "Bail glissant"
    MANAGED = "MANAGED", "Bail en mandat de gestion"
    OCCUPANCY = "OCCUPANCY", "Convention d’occupation"


class ArrearsFrame(Code):
    """Which law of arrears a contract is under (law.md A1.4)."""

    LEASE = "LEASE", "Bail d’habitation"
    SOCIAL_SUBLET = "SOCIAL_SUBLET", "Sous-location d’insertion"
    SLIDING = "SLIDING", "Bail glissant"
    PRIVATE_SUBLET = "PRIVATE_SUBLET", "Sous-location d’un logement privé"
    RESIDENCE = "RESIDENCE", "Logement-foyer ou résidence sociale"
    OCCUPATION = "OCCUPATION", "Convention d’occupation"


class LeaseState(Code):
    """DRAFT: being prepared, never billed. ACTIVE: checklist green, billed. ENDED: the contract ended."""

    DRAFT = "DRAFT", "En préparation"
    ACTIVE = "ACTIVE", "En cours"
    ENDED = "ENDED", "Terminé"


# A contract taken up again is another contract; an end that was a mistake is undone (`undo_end`).
LEASE_FLOW = Workflow(
    {
        LeaseState.DRAFT: {LeaseState.ACTIVE},
        LeaseState.ACTIVE: {LeaseState.ENDED},
        LeaseState.ENDED: {LeaseState.ACTIVE},
    }
)


class PartyRole(Code):
    HOLDER = "HOLDER", "Titulaire"
    CO_HOLDER = "CO_HOLDER", "Cotitulaire"
    SPOUSE = "SPOUSE", "Conjoint"
    GUARANTOR = "GUARANTOR", "Garant"


# Who owes the rent itself; a guarantor is called only when they do not pay.
DEBTOR_ROLES = frozenset({PartyRole.HOLDER, PartyRole.CO_HOLDER, PartyRole.SPOUSE})


class WishKind(Code):
    """What a tenant asked for the papers of a contract (law.md A2). Without a wish they are letters."""

    EMAIL = "EMAIL", "Avis et quittances par courriel"
    MONTHLY_RECEIPT = "MONTHLY", "Quittance envoyée chaque mois"


class DueRule(Code):
    IN_ADVANCE = "ADVANCE", "À échoir"
    IN_ARREARS = "ARREARS", "Terme échu"


class DemandKind(Code):
    """A term while the contract runs, an indemnity after its end."""

    TERM = "TERM", "Terme"
    INDEMNITY = "INDEMNITY", "Indemnité d’occupation"


class ChargeMode(Code):
    PROVISION = "PROVISION", "Provision"
    FLAT = "FLAT", "Forfait"


class CheckItem(Code):
    """The preparation checklist: what must be green before a lease bills."""

    CONTRACT_SIGNED = "CONTRACT", "Contrat signé"
    ENTRY_INVENTORY = "INVENTORY", "État des lieux d’entrée signé"
    INSURANCE = "INSURANCE", "Attestation d’assurance reçue"
    TERMS_SET = "TERMS", "Loyer et charges fixés"
    DUE_RULE_SET = "DUE_RULE", "Échéance fixée"
    HOLDER_NAMED = "HOLDER", "Titulaire désigné"
    ACCOMPANIMENT = "SUPPORT", "Contrat d’accompagnement signé"
    TRIPARTITE = "TRIPARTITE", "Convention tripartite signée"


class ClauseDelay(Code):
    """How long a commandement de payer runs before the resolutory clause takes effect (law.md A1.3)."""

    SIX_WEEKS = "6_WEEKS", "Six semaines"
    TWO_MONTHS = "2_MONTHS", "Deux mois"


class EndReason(Code):
    """Exit outcomes of law.md A4."""

    STAYED_SLID = "SLID", "Bail glissé au ménage"
    SOCIAL_HOUSING = "SOCIAL", "Logement social"
    PRIVATE_HOUSING = "PRIVATE", "Logement privé"
    TRANSFER = "TRANSFER", "Autre logement de l’association"
    RESIDENCE = "RESIDENCE", "Résidence, pension de famille, soin"
    FAMILY = "FAMILY", "Famille ou proches"
    EVICTION = "EVICTION", "Expulsion"
    UNKNOWN = "UNKNOWN", "Départ sans adresse"
    DEATH = "DEATH", "Décès"


_DUE = "Échéance du bail, ou délai d’un avis tardif."
_PRORATA = "Prorata aux jours réels du mois, arrondi une fois par nature."
_STAYED = "Le contrat a pris fin et le logement est resté occupé : une indemnité d’occupation est due."


class BillingWhy(Code):
    TERM = "TERM_OF_MONTH", "Terme du mois"
    INDEMNITY = "INDEMNITY_OF_MONTH", "Indemnité d’occupation du mois"
    LINE = "LINE", "{label}"
    WHOLE_MONTH = "WHOLE_MONTH", "mois entier"
    DAYS = "DAYS", "{monthly:euros} × {days:jour} sur {of_days}"
    RULE = "RULE", _DUE
    RULE_OF_DAYS = "RULE_OF_DAYS", f"{_PRORATA} {_DUE}"
    RULE_OF_STAY = "RULE_OF_STAY", f"{_STAYED} {_DUE}"
    RULE_OF_STAY_DAYS = "RULE_OF_STAY_DAYS", f"{_STAYED} {_PRORATA} {_DUE}"


ABOUT_LEASE = "lease"


class LeaseQuestion(Code):
    """What is asked before a contract is written that looks like a slip."""

    NO_RENT = "NO_RENT", "Un loyer de zéro : rien ne sera appelé chaque mois"
    MUCH_RENT = "MUCH_RENT", "{amount:euros} par mois, plus de {most:euros} : vérifiez la virgule et les zéros"
    OCCUPIED = "OCCUPIED", "Ce logement est occupé le {on:date}, et aucune sortie n’est annoncée"
    NOBODY_BOUND = (
        "NOBODY_BOUND",
        "Personne ne sera tenu par ce bail après le {on:date} : le quittancement retiendra ses avis",
    )
    SURETY = (
        "SURETY",
        "Un bailleur personne morale ne demande la caution d’une personne que pour un étudiant, sinon celle "
        "d’un organisme (loi n° 89-462, art. 22-1)",
    )


class GuaranteeKind(Code):
    """Who answers for the rent. A person binds himself by a deed: jointly with the tenant, or after him."""

    VISALE = "VISALE", "Visale"
    FSL = "FSL", "FSL"
    LOCA_PASS = "LOCA_PASS", "Loca-Pass"
    JOINT = "JOINT", "Caution solidaire"
    SIMPLE = "SIMPLE", "Caution simple"
    OTHER = "OTHER", "Autre organisme"


SURETIES = frozenset({GuaranteeKind.JOINT, GuaranteeKind.SIMPLE})
"""A person is the guarantor; of the others, a body."""


class GuaranteeCover(Code):
    """What of the debt it answers for."""

    RENT = "RENT", "Loyers et charges"
    ALL = "ALL_DUE", "Loyers, charges et réparations locatives"
