"""From a trade and a problem to a priority, a due date and who should pay.

The list of problems is data: what the desk may choose in one tap. The emergencies are what practice repairs within
24 hours because a person or the building is in danger (usage of the profession, no text; unverified). Who pays follows
the annex of décret 87-712 (repairs for the tenant) as quoted from memory: **unverified**, so a proposal with its
reason, never a decision.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from common.explain import Explanation

EMERGENCY, HIGH, NORMAL, LOW = "URGENT", "HIGH", "NORMAL", "LOW"
LANDLORD, OPERATOR, TENANT, INSURER, WEAR = "LANDLORD", "OPERATOR", "TENANT", "INSURER", "WEAR"

PRIORITY_WORDS = {EMERGENCY: "urgence", HIGH: "rapide", NORMAL: "normale", LOW: "à planifier"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that the desk may be told. `payer` is proposed, `why` its reason."""

    code: str
    trade: str
    label: str
    priority: str
    payer: str
    why: str


_PRIVATE = "entretien courant à la charge du locataire (décret 87-712)"
_WEAR = "usure d’un équipement de l’association"
_STRUCTURE = "gros équipement ou bâti : à la charge du propriétaire"

PROBLEMS: tuple[Problem, ...] = (
    Problem("WATER_BIG", "PLUMBING", "Fuite importante, dégât des eaux", EMERGENCY, INSURER, "dégât des eaux déclaré"),
    Problem("WATER_NONE", "PLUMBING", "Plus d’eau", EMERGENCY, LANDLORD, _STRUCTURE),
    Problem("WC_BLOCKED", "PLUMBING", "Unique WC bouché ou refoulement", EMERGENCY, OPERATOR, _WEAR),
    Problem("LEAK", "PLUMBING", "Fuite légère, goutte à goutte", HIGH, OPERATOR, _WEAR),
    Problem("DRAIN", "PLUMBING", "Évacuation lente", NORMAL, TENANT, _PRIVATE),
    Problem("TAP", "PLUMBING", "Robinet, chasse d’eau", NORMAL, TENANT, _PRIVATE),
    Problem("POWER_NONE", "ELECTRIC", "Plus de courant", EMERGENCY, OPERATOR, _WEAR),
    Problem("SPARKS", "ELECTRIC", "Prise qui chauffe, étincelles, fils à nu", EMERGENCY, LANDLORD, _STRUCTURE),
    Problem("SOCKET", "ELECTRIC", "Prise, interrupteur, éclairage", NORMAL, TENANT, _PRIVATE),
    Problem("SMOKE", "ELECTRIC", "Détecteur de fumée", HIGH, OPERATOR, "fourni par l’association"),
    Problem("GAS", "HEATING", "Odeur de gaz", EMERGENCY, LANDLORD, _STRUCTURE),
    Problem("CARBON", "HEATING", "Appareil à combustion suspect, maux de tête", EMERGENCY, LANDLORD, _STRUCTURE),
    Problem("HEAT_NONE", "HEATING", "Plus de chauffage en hiver", EMERGENCY, LANDLORD, _STRUCTURE),
    Problem("HOT_WATER", "HEATING", "Plus d’eau chaude", HIGH, OPERATOR, _WEAR),
    Problem("RADIATOR", "HEATING", "Radiateur froid", HIGH, LANDLORD, _STRUCTURE),
    Problem("BOILER_CARE", "HEATING", "Entretien de la chaudière", LOW, TENANT, _PRIVATE),
    Problem("DOOR_OPEN", "JOINERY", "Porte d’entrée qui ne ferme plus", EMERGENCY, OPERATOR, _WEAR),
    Problem("KEYS", "JOINERY", "Clé perdue ou cassée", HIGH, TENANT, "perte ou casse : à la charge du locataire"),
    Problem("SHUTTER", "JOINERY", "Fenêtre, volet", NORMAL, OPERATOR, _WEAR),
    Problem("GLASS", "JOINERY", "Vitre cassée", HIGH, INSURER, "bris de glace"),
    Problem("HANDLE", "JOINERY", "Poignée, placard, porte intérieure", LOW, TENANT, _PRIVATE),
    Problem("MOULD", "DAMP", "Moisissures, infiltration", HIGH, LANDLORD, _STRUCTURE),
    Problem("VENT", "DAMP", "Ventilation arrêtée", NORMAL, LANDLORD, _STRUCTURE),
    Problem("RATS", "PESTS", "Rongeurs", HIGH, LANDLORD, "à la charge du propriétaire, sauf défaut d’entretien"),
    Problem("BUGS", "PESTS", "Punaises de lit, cafards", HIGH, LANDLORD, "décence : logement sans espèces nuisibles"),
    Problem("COOKER", "DEVICE", "Cuisson, réfrigérateur fournis", NORMAL, OPERATOR, _WEAR),
    Problem("HALL_LIGHT", "COMMON", "Éclairage ou porte du hall", NORMAL, LANDLORD, "partie commune"),
    Problem("LIFT", "COMMON", "Ascenseur en panne", HIGH, LANDLORD, "partie commune"),
    Problem("STUCK", "COMMON", "Personne bloquée dans l’ascenseur", EMERGENCY, LANDLORD, "partie commune"),
)
BY_CODE = {problem.code: problem for problem in PROBLEMS}
EMERGENCIES = frozenset(problem.code for problem in PROBLEMS if problem.priority == EMERGENCY)
# What is not in the list: by trade, until somebody decides otherwise.
DEFAULT_BY_TRADE = {"DAMP": HIGH, "PESTS": HIGH, "HEATING": HIGH}


@dataclass(frozen=True, slots=True)
class Delays:
    """Calendar days given to each priority (dated parameters `maintenance.delay.*`)."""

    emergency: int = 1
    high: int = 3
    normal: int = 15
    low: int = 60

    def of(self, priority: str) -> int:
        return {EMERGENCY: self.emergency, HIGH: self.high, NORMAL: self.normal, LOW: self.low}[priority]


@dataclass(frozen=True, slots=True)
class Urgency:
    priority: str
    due_on: date
    explanation: Explanation


def urgency(*, trade: str, problem: str, opened_on: date, delays: Delays, chosen: str = "") -> Urgency:
    """Priority and due date of a ticket. `chosen` is a priority that a person set: it wins, and is said."""
    known = BY_CODE.get(problem)
    proposed = known.priority if known else DEFAULT_BY_TRADE.get(trade, NORMAL)
    priority = chosen or proposed
    days = delays.of(priority)
    if chosen and chosen != proposed:
        rule = f"Priorité choisie à la saisie (proposée : {PRIORITY_WORDS[proposed]})"
    elif priority == EMERGENCY:
        rule = "Liste des urgences : une personne ou le bâti est en danger"
    else:
        rule = "Priorité du problème" if known else "Priorité du métier"
    text = "24 heures" if priority == EMERGENCY and days == 1 else f"{days} jours"
    label = f"Priorité {PRIORITY_WORDS[priority]} : {text}"
    return Urgency(priority, opened_on + timedelta(days=days), Explanation(label=label, rule=rule))


@dataclass(frozen=True, slots=True)
class PayerProposal:
    """`paid_by` and its reason in French. `needs_approval`: the tenant is charged only once a person agreed."""

    paid_by: str
    reason: str
    needs_approval: bool


def propose_payer(*, problem: str) -> PayerProposal:
    """Who should pay for this problem. Without a known problem the association pays, until somebody says otherwise."""
    known = BY_CODE.get(problem)
    if known is None:
        return PayerProposal(OPERATOR, "pas de règle pour ce problème", needs_approval=False)
    return PayerProposal(known.payer, known.why, needs_approval=known.payer == TENANT)
