"""Choices of repairs."""

from common.codes import Code
from common.workflow import Workflow


class Trade(Code):
    PLUMBING = "PLUMBING", "Plomberie"
    ELECTRICITY = "ELECTRIC", "Électricité"
    HEATING = "HEATING", "Chauffage et eau chaude"
    JOINERY = "JOINERY", "Menuiserie, serrurerie"
    DAMP = "DAMP", "Humidité, ventilation"
    PESTS = "PESTS", "Nuisibles"
    APPLIANCE = "DEVICE", "Équipement"
    COMMON = "COMMON", "Parties communes"
    OTHER = "OTHER", "Autre"


class Priority(Code):
    """Due dates by priority are a parameter (`maintenance.tickets.rules.priority`)."""

    EMERGENCY = "URGENT", "Urgence"
    HIGH = "HIGH", "Rapide"
    NORMAL = "NORMAL", "Normale"
    LOW = "LOW", "À planifier"


ABOUT_TICKET = "ticket"
"""What its tasks and notices are about: the id is the ticket's."""


class TicketNotice(Code):
    """What is told of an emergency."""

    REPORTED = "TICKET_URGENT", "Urgence à attribuer"
    GIVEN = "TICKET_GIVEN", "Urgence confiée"
    MISSED = "TICKET_MISSED", "Absence à une urgence"


class TicketState(Code):
    OPEN = "OPEN", "À attribuer"
    ASSIGNED = "ASSIGNED", "Attribuée"
    STARTED = "STARTED", "En cours"
    DONE = "DONE", "Faite"
    CANCELLED = "CANCEL", "Annulée"


TICKET_FLOW = Workflow(
    {
        TicketState.OPEN: {TicketState.ASSIGNED, TicketState.CANCELLED},
        TicketState.ASSIGNED: {
            TicketState.OPEN,
            TicketState.ASSIGNED,
            TicketState.STARTED,
            TicketState.DONE,
            TicketState.CANCELLED,
        },
        TicketState.STARTED: {TicketState.OPEN, TicketState.ASSIGNED, TicketState.DONE},
        # Only what was noted by mistake (`services.taking_back`).
        TicketState.DONE: {TicketState.ASSIGNED, TicketState.STARTED},
        TicketState.CANCELLED: set(),
    }
)


OPEN_STATES = frozenset({TicketState.OPEN, TicketState.ASSIGNED, TicketState.STARTED})


class TicketDuty(Code):
    """What a repair asks of who shares out the work, or of its technician."""

    PLAN = "TICKET_PLAN", "Urgence sans rendez-vous"
    CLOSE = "TICKET_CLOSE", "Intervention à clore"


class HoldReason(Code):
    """Why a ticket waits. Its clock stands still meanwhile, and says so."""

    PART = "PART", "Pièce commandée"
    HOUSEHOLD = "TENANT", "Attente du ménage"
    OWNER = "OWNER", "Accord du propriétaire"
    CONTRACTOR = "FIRM", "Entreprise prévenue"
    DEFERRED = "LATER", "Reportée"


class Source(Code):
    DESK = "DESK", "Accueil ou téléphone"
    HOUSEHOLD_PAGE = "HOUSEHOLD", "Fiche du ménage"
    VISIT = "VISIT", "Visite"


class Outcome(Code):
    DONE = "DONE", "Faite"
    ABSENT = "ABSENT", "Personne absente"
    PART_MISSING = "PART", "Pièce manquante"
    OTHER_TRADE = "TRADE", "Autre métier nécessaire"
    TAKEN_BACK = "UNDONE", "Noté par erreur, annulé"


class PaidBy(Code):
    """Who pays (law.md A2: décret 87-712 for the tenant's repairs)."""

    LANDLORD = "LANDLORD", "Propriétaire"
    OPERATOR = "OPERATOR", "Association"
    TENANT = "TENANT", "Locataire (décret 87-712)"
    INSURER = "INSURER", "Assurance"
    WEAR = "WEAR", "Vétusté"


class PhotoStage(Code):
    """When a photo of a passage was taken."""

    BEFORE = "BEFORE", "Avant"
    AFTER = "AFTER", "Après"


class SignalKind(Code):
    """The five things that a technician may have seen. No free text."""

    DANGER = "DANGER", "Humidité ou danger"
    CLUTTER = "CLUTTER", "Logement très sale ou encombré"
    UNWELL = "UNWELL", "Personne qui ne va pas bien"
    LONG_ABSENCE = "ABSENCE", "Personne absente depuis longtemps"
    TENSION = "TENSION", "Tensions de voisinage"


URGENT_SIGNALS = frozenset({SignalKind.DANGER, SignalKind.UNWELL})


class UrgencyWhy(Code):
    """Why a ticket has its priority and its due date."""

    IN_A_DAY = "IN_A_DAY", "Priorité {priority} : 24 heures"
    IN_DAYS = "IN_DAYS", "Priorité {priority} : {days:jour}"
    CHOSEN = "CHOSEN", "Priorité choisie à la saisie (proposée : {proposed})"
    EMERGENCY = "EMERGENCY", "Liste des urgences : une personne ou le bâti est en danger"
    OF_PROBLEM = "OF_PROBLEM", "Priorité du problème"
    OF_TRADE = "OF_TRADE", "Priorité du métier"


class PayerWhy(Code):
    """Why this payer is proposed."""

    PRIVATE = "PRIVATE", "entretien courant à la charge du locataire (décret 87-712)"
    WEAR = "WEAR", "usure d’un équipement de l’association"
    STRUCTURE = "STRUCTURE", "gros équipement ou bâti : à la charge du propriétaire"
    WATER_DAMAGE = "WATER_DAMAGE", "dégât des eaux déclaré"
    PROVIDED = "PROVIDED", "fourni par l’association"
    LOSS = "LOSS", "perte ou casse : à la charge du locataire"
    GLASS = "GLASS_BROKEN", "bris de glace"
    OWNER_UNLESS = "OWNER_UNLESS", "à la charge du propriétaire, sauf défaut d’entretien"
    DECENCY = "DECENCY", "décence : logement sans espèces nuisibles"
    COMMON_PART = "COMMON_PART", "partie commune"
    NO_RULE = "NO_RULE", "pas de règle pour ce problème"
