"""From a trade and a problem to a priority, a due date and who should pay.

The list of problems is data: what the desk may choose in one tap. The emergencies are what practice repairs within
24 hours because a person or the building is in danger (usage of the profession, no text; unverified). Who pays follows
the annex of décret 87-712 (repairs for the tenant) as quoted from memory: **unverified**, so a proposal with its
reason, never a decision.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from common.reasons import Reason
from common.typography import uncapitalised
from maintenance.tickets.codes import PaidBy, PayerWhy, Priority, Trade, UrgencyWhy


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that the desk may be told. `payer` is proposed, `why` its reason."""

    code: str
    trade: Trade
    label: str
    priority: Priority
    payer: PaidBy
    why: PayerWhy


PROBLEMS: tuple[Problem, ...] = (
    Problem(
        "WATER_BIG",
        Trade.PLUMBING,
        "Fuite importante, dégât des eaux",
        Priority.EMERGENCY,
        PaidBy.INSURER,
        PayerWhy.WATER_DAMAGE,
    ),
    Problem("WATER_NONE", Trade.PLUMBING, "Plus d’eau", Priority.EMERGENCY, PaidBy.LANDLORD, PayerWhy.STRUCTURE),
    Problem(
        "WC_BLOCKED",
        Trade.PLUMBING,
        "Unique WC bouché ou refoulement",
        Priority.EMERGENCY,
        PaidBy.OPERATOR,
        PayerWhy.WEAR,
    ),
    Problem("LEAK", Trade.PLUMBING, "Fuite légère, goutte à goutte", Priority.HIGH, PaidBy.OPERATOR, PayerWhy.WEAR),
    Problem("DRAIN", Trade.PLUMBING, "Évacuation lente", Priority.NORMAL, PaidBy.TENANT, PayerWhy.PRIVATE),
    Problem("TAP", Trade.PLUMBING, "Robinet, chasse d’eau", Priority.NORMAL, PaidBy.TENANT, PayerWhy.PRIVATE),
    Problem("POWER_NONE", Trade.ELECTRICITY, "Plus de courant", Priority.EMERGENCY, PaidBy.OPERATOR, PayerWhy.WEAR),
    Problem(
        "SPARKS",
        Trade.ELECTRICITY,
        "Prise qui chauffe, étincelles, fils à nu",
        Priority.EMERGENCY,
        PaidBy.LANDLORD,
        PayerWhy.STRUCTURE,
    ),
    Problem(
        "SOCKET", Trade.ELECTRICITY, "Prise, interrupteur, éclairage", Priority.NORMAL, PaidBy.TENANT, PayerWhy.PRIVATE
    ),
    Problem("SMOKE", Trade.ELECTRICITY, "Détecteur de fumée", Priority.HIGH, PaidBy.OPERATOR, PayerWhy.PROVIDED),
    Problem("GAS", Trade.HEATING, "Odeur de gaz", Priority.EMERGENCY, PaidBy.LANDLORD, PayerWhy.STRUCTURE),
    Problem(
        "CARBON",
        Trade.HEATING,
        "Appareil à combustion suspect, maux de tête",
        Priority.EMERGENCY,
        PaidBy.LANDLORD,
        PayerWhy.STRUCTURE,
    ),
    Problem(
        "HEAT_NONE",
        Trade.HEATING,
        "Plus de chauffage en hiver",
        Priority.EMERGENCY,
        PaidBy.LANDLORD,
        PayerWhy.STRUCTURE,
    ),
    Problem("HOT_WATER", Trade.HEATING, "Plus d’eau chaude", Priority.HIGH, PaidBy.OPERATOR, PayerWhy.WEAR),
    Problem("RADIATOR", Trade.HEATING, "Radiateur froid", Priority.HIGH, PaidBy.LANDLORD, PayerWhy.STRUCTURE),
    Problem("BOILER_CARE", Trade.HEATING, "Entretien de la chaudière", Priority.LOW, PaidBy.TENANT, PayerWhy.PRIVATE),
    Problem(
        "DOOR_OPEN",
        Trade.JOINERY,
        "Porte d’entrée qui ne ferme plus",
        Priority.EMERGENCY,
        PaidBy.OPERATOR,
        PayerWhy.WEAR,
    ),
    Problem("KEYS", Trade.JOINERY, "Clé perdue ou cassée", Priority.HIGH, PaidBy.TENANT, PayerWhy.LOSS),
    Problem("SHUTTER", Trade.JOINERY, "Fenêtre, volet", Priority.NORMAL, PaidBy.OPERATOR, PayerWhy.WEAR),
    Problem("GLASS", Trade.JOINERY, "Vitre cassée", Priority.HIGH, PaidBy.INSURER, PayerWhy.GLASS),
    Problem(
        "HANDLE", Trade.JOINERY, "Poignée, placard, porte intérieure", Priority.LOW, PaidBy.TENANT, PayerWhy.PRIVATE
    ),
    Problem("MOULD", Trade.DAMP, "Moisissures, infiltration", Priority.HIGH, PaidBy.LANDLORD, PayerWhy.STRUCTURE),
    Problem("VENT", Trade.DAMP, "Ventilation arrêtée", Priority.NORMAL, PaidBy.LANDLORD, PayerWhy.STRUCTURE),
    Problem("RATS", Trade.PESTS, "Rongeurs", Priority.HIGH, PaidBy.LANDLORD, PayerWhy.OWNER_UNLESS),
    Problem("BUGS", Trade.PESTS, "Punaises de lit, cafards", Priority.HIGH, PaidBy.LANDLORD, PayerWhy.DECENCY),
    Problem(
        "COOKER", Trade.APPLIANCE, "Cuisson, réfrigérateur fournis", Priority.NORMAL, PaidBy.OPERATOR, PayerWhy.WEAR
    ),
    Problem(
        "HALL_LIGHT", Trade.COMMON, "Éclairage ou porte du hall", Priority.NORMAL, PaidBy.LANDLORD, PayerWhy.COMMON_PART
    ),
    Problem("LIFT", Trade.COMMON, "Ascenseur en panne", Priority.HIGH, PaidBy.LANDLORD, PayerWhy.COMMON_PART),
    Problem(
        "STUCK",
        Trade.COMMON,
        "Personne bloquée dans l’ascenseur",
        Priority.EMERGENCY,
        PaidBy.LANDLORD,
        PayerWhy.COMMON_PART,
    ),
)
BY_CODE = {problem.code: problem for problem in PROBLEMS}
# Default priority by trade, for problems that are not in the list.
DEFAULT_BY_TRADE: dict[str, Priority] = {
    Trade.DAMP: Priority.HIGH,
    Trade.PESTS: Priority.HIGH,
    Trade.HEATING: Priority.HIGH,
}


@dataclass(frozen=True, slots=True)
class Delays:
    """Calendar days given to each priority (dated parameters `maintenance.delay_*`)."""

    emergency: int
    high: int
    normal: int
    low: int

    def of(self, priority: str) -> int:
        days = {
            Priority.EMERGENCY: self.emergency,
            Priority.HIGH: self.high,
            Priority.NORMAL: self.normal,
            Priority.LOW: self.low,
        }
        return days[Priority(priority)]


@dataclass(frozen=True, slots=True)
class Urgency:
    priority: Priority
    due_on: date
    reason: Reason


def urgency(*, trade: str, problem: str, opened_on: date, delays: Delays, chosen: str = "") -> Urgency:
    """Priority and due date of a ticket. `chosen`: a priority set by a person; it wins, and the reason says so."""
    known = BY_CODE.get(problem)
    proposed = known.priority if known else DEFAULT_BY_TRADE.get(trade, Priority.NORMAL)
    priority = Priority(chosen or proposed)
    days = delays.of(priority)
    if priority is not proposed:
        rule = Reason(UrgencyWhy.CHOSEN, {"proposed": uncapitalised(proposed.label)})
    elif priority is Priority.EMERGENCY:
        rule = Reason(UrgencyWhy.EMERGENCY)
    else:
        rule = Reason(UrgencyWhy.OF_PROBLEM if known else UrgencyWhy.OF_TRADE)
    # An emergency is counted in hours.
    code = UrgencyWhy.IN_A_DAY if priority is Priority.EMERGENCY and days == 1 else UrgencyWhy.IN_DAYS
    reason = Reason(code, {"priority": uncapitalised(priority.label), "days": days}, rule=rule)
    return Urgency(priority, opened_on + timedelta(days=days), reason)


@dataclass(frozen=True, slots=True)
class PayerProposal:
    """`paid_by` and its reason. `needs_approval`: the tenant is charged only once a person agreed."""

    paid_by: PaidBy
    reason: Reason
    needs_approval: bool


def propose_payer(*, problem: str) -> PayerProposal:
    """Who should pay for this problem. Without a known problem the association pays, until somebody says otherwise."""
    known = BY_CODE.get(problem)
    if known is None:
        return PayerProposal(PaidBy.OPERATOR, Reason(PayerWhy.NO_RULE), needs_approval=False)
    return PayerProposal(known.payer, Reason(known.why), needs_approval=known.payer is PaidBy.TENANT)
