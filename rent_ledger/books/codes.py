"""Codes of the books: accounts, entries, allocation, holds, lanes of an account."""

from dataclasses import dataclass
from enum import IntEnum

from common.codes import Code
from leases.contracts.natures import Nature


@dataclass(frozen=True, slots=True)
class AccountRule:
    """What a kind of account is. `chart`: its code in the French chart of associations, empty where each has its own.

    `once_per`: the fields of `Account` of which a kind has one account only. `is_projected`: its items are allocated
    and projected as open items. `is_debt`: a household owes on it. General accounts are below `FIRST_SUBLEDGER_ID`,
    never locked nor projected.
    """

    chart: str = ""
    once_per: tuple[str, ...] = ()
    is_general: bool = False
    is_projected: bool = False
    is_debt: bool = False


class AccountKind(Code):
    rule: AccountRule

    def __new__(cls, value: str, label: str = "", rule: AccountRule = AccountRule()) -> "AccountKind":
        member: AccountKind = str.__new__(cls, value)
        member._value_, member.label, member.rule = value, label, rule
        return member

    GENERAL = "GENERAL", "Compte général", AccountRule(is_general=True)
    BANK = "BANK", "Banque", AccountRule("512", ("bank_account",), is_general=True)
    TENANT = "TENANT", "Locataire", AccountRule("411", ("lease",), is_projected=True, is_debt=True)
    BENEFIT = "BENEFIT", "Aide attendue", AccountRule("448", ("lease", "organisation"), is_projected=True)
    PRIOR_DEBT = "PRIOR", "Dette antérieure", AccountRule("411", is_projected=True, is_debt=True)
    LANDLORD = "LANDLORD", "Bailleur à payer", AccountRule("401", ("organisation",))
    MANDANT = "MANDANT", "Mandant", AccountRule("467", ("organisation",))
    DEPOSIT = "DEPOSIT", "Dépôt de garantie", AccountRule("165", ("lease", "organisation"))


# Accounts whose items are allocated and projected.
PROJECTED_KINDS = frozenset(kind for kind in AccountKind if kind.rule.is_projected)
# Accounts on which a household owes.
DEBT_KINDS = frozenset(kind for kind in AccountKind if kind.rule.is_debt)
FIRST_SUBLEDGER_ID = 1000


class General(IntEnum):
    """The general accounts that code names (all below 100): id, code of the chart, label.

    Each nature that is billed has its own (`Nature.income`). A bank account's id is `BANK_BASE` + that of the
    `BankAccount`.
    """

    code: str
    label: str

    def __new__(cls, number: int, code: str, label: str) -> "General":
        member = int.__new__(cls, number)
        member._value_, member.code, member.label = number, code, label
        return member

    RENT_INCOME = Nature.RENT.income
    CHARGES_INCOME = Nature.CHARGES.income
    PARKING_INCOME = Nature.PARKING.income
    SERVICES_INCOME = Nature.SERVICES.income
    INDEMNITY_INCOME = Nature.INDEMNITY.income
    OPENING = 20, "890", "Bilan d’ouverture"
    SUSPENSE = 30, "471", "Encaissements à placer"
    CASH = 31, "531", "Caisse du guichet"
    CHEQUES = 32, "5112", "Chèques à encaisser"
    CARDS = 33, "5115", "Cartes bancaires à encaisser"
    BENEFIT_TRANSIT = 34, "580", "Aides au logement à recevoir de la banque"
    BANK_FEES = 40, "627", "Frais bancaires"
    WRITE_OFF = 41, "6541", "Créances éteintes"
    LOSS = 42, "654", "Pertes sur créances irrécouvrables"
    REMISSION = 43, "6588", "Remises accordées aux ménages"
    GUARANTORS = 44, "4687", "Garants : à recevoir de la banque"


BANK_BASE = 100
GIVEN_UP = frozenset({General.WRITE_OFF, General.LOSS, General.REMISSION})
"""From which a debt is settled that nobody paid: never money of the household."""
NOT_BY_THE_HOUSEHOLD = GIVEN_UP | {General.GUARANTORS}
"""From which a debt is settled without money of the household."""


def chart() -> dict[int, tuple[str, str]]:
    """The general accounts, by id: code of the chart and label. The database has them all after `migrate`."""
    incomes = {n.income for n in Nature if n.rule.income}
    accounts = [*incomes, *((int(g), g.code, g.label) for g in General)]
    return {number: (code, label) for number, code, label in sorted(accounts)}


class EntryKind(Code):
    DEMAND = "DEMAND", "Avis d’échéance"
    BENEFIT_RECEIVED = "BENEFIT", "Aide reçue"
    BENEFIT_SETTLED = "SETTLED", "Aide soldée"
    PAYMENT = "PAYMENT", "Paiement"
    BANK_UNPLACED = "UNPLACED", "Encaissement à placer"
    PLACEMENT = "PLACED", "Encaissement placé"
    RETURN = "RETURN", "Rejet"
    REVERSAL = "REVERSAL", "Annulation"
    BANK_OTHER = "BANK", "Mouvement de banque"
    OPENING = "OPENING", "Reprise de solde"
    ADJUSTMENT = "ADJUST", "Régularisation"
    ERASURE = "ERASURE", "Dette effacée"
    LOSS = "LOSS", "Perte"
    REMISSION = "REMISE", "Remise"
    RECOVERY = "RECOVERY", "Rentrée sur une perte"
    LESS_GIVEN_UP = "LESS", "Abandon réduit"
    GUARANTOR = "GUARANT", "Paiement d’un garant"


class AllocationRule(Code):
    """By which rule money was allocated to a debt (C. civ. 1342-10 and decision 5)."""

    REVERSAL = "REVERSAL", "Annule l’écriture d’origine"
    DEDUCTED = "DEDUCTED", "Déduit sur le même avis"
    MONTH = "MONTH", "Aide imputée au mois qu’elle concerne"
    DESIGNATED = "DESIGNATED", "Dette désignée par le débiteur"
    OLDEST = "OLDEST", "La dette échue d’abord, puis le logement, puis la plus ancienne"
    PLAN = "PLAN", "Mensualité d’un plan d’apurement"
    PERSON = "PERSON", "Dette choisie par une personne"
    UNDONE = "UNDONE", "Imputation défaite"


class PaymentMethod(Code):
    CASH = "CASH", "Espèces"
    CHEQUE = "CHEQUE", "Chèque"
    CARD = "CARD", "Carte bancaire"


class HoldKind(Code):
    """Why a debt is excluded from allocation and from the arrears."""

    PLAN = "PLAN", "Plan d’apurement tenu"
    FREEZE = "FREEZE", "Gel (surendettement)"
    DISPUTE = "DISPUTE", "Contestée"


class PlanEnd(Code):
    """How a signed plan ended."""

    KEPT = "KEPT", "Tenu"
    BROKEN = "BROKEN", "Rompu"
    WITHDRAWN = "WITHDRAWN", "Arrêté"
    REPLACED = "REPLACED", "Remplacé"


class PlanStanding(Code):
    """How a plan stands on a day, from the money alone."""

    ON_TIME = "ON_TIME", "À jour"
    LATE = "LATE", "En retard"
    BROKEN = "BROKEN", "Rompu"
    KEPT = "KEPT", "Tenu"


class Lane(Code):
    NONE = "NONE", "À jour"
    NEW = "NEW", "Nouveau"
    TECHNICAL = "TECHNICAL", "Technique"
    PLAN = "PLAN", "Plan en cours"
    BROKEN = "BROKEN", "Plan rompu"
    REFERRED = "REFERRED", "Signalé au social"
    PAUSED = "PAUSED", "En pause"
    LEGAL = "LEGAL", "Contentieux"
    GONE = "GONE", "Partis"
    HELD = "HELD", "Hors relance"


class Action(Code):
    """The one proposed next action."""

    NOTHING = "NOTHING", "Ne rien réclamer"
    WAIT = "WAIT", "Attendre"
    COURTESY = "COURTESY", "Message courtois"
    CALL = "CALL", "Appeler"
    ALERT_SOCIAL = "ALERT", "Alerter le social"
    VISIT = "VISIT", "Demander une visite"
    WAIT_ANSWER = "WAIT_ANSWER", "Attendre la réponse"
    REPORT_PAYER = "REPORT", "Déclarer à la CAF"
    REMINDER = "REMINDER", "Relancer par écrit"
    FORMAL_NOTICE = "FORMAL", "Mettre en demeure"
    WRITE_GONE = "WRITE_GONE", "Écrire à la nouvelle adresse"
    ANSWER_PLAN = "PLAN", "Répondre au plan demandé"


class LineTitle(Code):
    DEMAND = "TITLE_DEMAND", "Avis {month:of_month}"
    INDEMNITY = "TITLE_INDEMNITY", "Indemnité d’occupation {month:of_month}"
    AT_THE_DESK = "TITLE_DESK", "{method} au guichet"
    TRANSFER = "TITLE_TRANSFER", "Virement reçu"
    RETURN = "TITLE_RETURN", "Rejet du paiement"
    RETURN_OF = "TITLE_RETURN_OF", "Rejet du paiement du {on:day}"
    AID = "TITLE_AID", "Aide reçue"
    AID_OF = "TITLE_AID_OF", "Aide {month:of_month} reçue"
    AID_TAKEN = "TITLE_AID_TAKEN", "Aide reprise par l’organisme"
    AID_TAKEN_OF = "TITLE_AID_TAKEN_OF", "Aide {month:of_month} reprise par l’organisme"
    LESS_AID = "TITLE_LESS_AID", "Aide {month:of_month} moindre que prévu"
    MORE_AID = "TITLE_MORE_AID", "Complément d’aide {month:of_month}"
    DEMAND_UNDONE = "TITLE_DEMAND_UNDONE", "Avis {month:of_month} annulé"
    PAYMENT_UNDONE = "TITLE_PAYMENT_UNDONE", "Paiement annulé"
    REFUND = "TITLE_REFUND", "Remboursement au ménage"
    REFUND_UNDONE = "TITLE_REFUND_UNDONE", "Remboursement annulé"
    ENTRY_UNDONE = "TITLE_ENTRY_UNDONE", "Écriture annulée"
    ENTRY_UNDONE_OF = "TITLE_ENTRY_UNDONE_OF", "Écriture {month:of_month} annulée"
    ERASED = "TITLE_ERASED", "Dette effacée (surendettement)"
    LOST = "TITLE_LOST", "Passé en perte"
    REMITTED = "TITLE_REMITTED", "Remise de dette"
    RECOVERED = "TITLE_RECOVERED", "Rentrée sur une perte"
    LESS_GIVEN_UP = "TITLE_LESS_GIVEN_UP", "Abandon réduit"
    LESS_BY_GUARANTOR = "TITLE_LESS_GUARANTOR", "Paiement du garant réduit"
    GUARANTOR_PAID = "TITLE_GUARANTOR", "Payé par le garant"
    GIVEN_UP_AGAIN = "TITLE_GIVEN_UP_UNDONE", "{kind} : annulation"
    OTHER = "TITLE_OTHER", "{kind}"


class LineDetail(Code):
    ASKED = "DETAIL_ASKED", "{gross:euros}"
    ASKED_LESS = "DETAIL_ASKED_LESS", "{gross:euros} moins {aid:euros} d’aide mise à part"
    REOPENED = "DETAIL_REOPENED", "la banque l’a repris, la dette est rouverte à son échéance"
    RETURNED_FOR = "DETAIL_RETURNED_FOR", "motif de la banque : {why}"
    TO_LANDLORD = "DETAIL_TO_LANDLORD", "{amount:euros} versés au bailleur"
    TAKEN_BACK = "DETAIL_TAKEN_BACK", "{amount:euros} retenus au bailleur"
    LEFT_TO_PAY = "DETAIL_LEFT_TO_PAY", "{amount:euros} restent à la charge du ménage"
    CREDITED = "DETAIL_CREDITED", "{amount:euros} au crédit du ménage"
    CORRECTION = "DETAIL_CORRECTION", "correction, sans effet pour le ménage"
    OWED_AGAIN = "DETAIL_OWED_AGAIN", "correction : {amount:euros} de nouveau à payer"
    ASKED_NO_MORE = "DETAIL_ASKED_NO_MORE", "correction : {amount:euros} ne sont plus demandés"
    GIVEN_UP = "DETAIL_GIVEN_UP", "{amount:euros} ne sont plus demandés"
    WAS_NOT_OWED = "DETAIL_WAS_NOT_OWED", "{amount:euros} abandonnés n’étaient pas dus par le ménage"
    BACK_TO_GUARANTOR = (
        "DETAIL_BACK_TO_GUARANTOR",
        "{amount:euros} n’étaient pas dus, et sont à rendre au garant",
    )
    PAID_AFTER = "DETAIL_PAID_AFTER", "{amount:euros} payés après la perte"
    OWED_TO_GUARANTOR = "DETAIL_OWED_TO_GUARANTOR", "{amount:euros} dus au garant, plus à l’association"
    RECEIPT = "DETAIL_RECEIPT", "reçu n° {number}"
    LAID_ON = "DETAIL_LAID_ON", "imputé sur {months:month_name}"
    LAID_ON_TERMS = "DETAIL_LAID_ON_TERMS", "imputé sur {terms:terme}"
    DEMAND_NUMBER = "DETAIL_NUMBER", "{reference}"


class DebtWhy(Code):
    OWED = "OWED", "Dû au {on:day}"
    TERM = "TERM", "Terme {month:of_month}"
    INDEMNITY = "INDEMNITY", "Indemnité d’occupation {month:of_month}"
    HELD = "HELD_OUT", "hors file : {why}"
    SPREAD = "SPREAD", "Étalé par le plan, mensualités à venir"
    RENT_AND_CHARGES = "RENT_AND_CHARGES", "Loyer et charges"
    RENT = "RENT", "Loyer"
    OTHER_NATURE = "OTHER_NATURE", "{nature}"
    AID = "AID", "Aide au logement attendue"
    AT_DESK = "AT_DESK", "{method} au guichet"
    AT_DESK_BY = "AT_DESK_BY", "{method} au guichet, {rule}"
    TRANSFER = "TRANSFER", "Virement"
    TRANSFER_BY = "TRANSFER_BY", "Virement, {rule}"
    BY_REFERENCE = "BY_REFERENCE", "{reference}"
    ENTRY = "ENTRY_ID", "écriture {entry_id}"
    RECEIPT = "RECEIPT", "reçu {number}"
    RULE_APPLIED = "RULE_APPLIED", "Règle : {rules}"
    RULES_APPLIED = "RULES_APPLIED", "Règles : {rules}"


class RuleWords(Code):
    """What the footnote of a debt says of a rule of allocation, with its text. The codes are those of the rules."""

    REVERSAL = AllocationRule.REVERSAL, "une annulation va à l’écriture d’origine"
    DEDUCTED = AllocationRule.DEDUCTED, "l’aide attendue est déduite sur le même avis"
    MONTH = AllocationRule.MONTH, "une aide va au mois qu’elle concerne"
    DESIGNATED = AllocationRule.DESIGNATED, "la dette que le débiteur désigne (Code civil, art. 1342-10 al. 1)"
    OLDEST = (
        AllocationRule.OLDEST,
        "ce qui est échu, puis le logement, puis le plus ancien (Code civil, art. 1342-10 al. 2)",
    )
    PLAN = AllocationRule.PLAN, "une mensualité va à la plus ancienne dette du plan, après les termes dus"
    PERSON = AllocationRule.PERSON, "le choix d’une personne"
    UNDONE = AllocationRule.UNDONE, "une imputation défaite"


class DefaultRule(Code):
    """Rules R1 and R2: when an unpaid term alerts the social service."""

    FIRST = "R1", "Premier impayé"
    SECOND = "R2", "Deuxième impayé"


class DefaultWhy(Code):
    """Why a default concerns this household."""

    TYPE_2 = "DEFAULT_TYPE_2", "Ménage de type 2"
    FIRST_MONTHS = "DEFAULT_FIRST_MONTHS", "Entré le {entered_on:day}, depuis moins de {months:mois,mois}"
    SECOND = "DEFAULT_SECOND", "{terms:terme impayé,termes impayés}, {total:euros} en tout"


class LaneWhy(Code):
    """Why an account stands in its lane with its action: one short sentence, for lists (`rules.lanes`)."""

    GONE = "GONE", "Parti depuis le {last_day:day}, dette gardée"
    REQUESTED = "REQUESTED", "Demande envoyée au service social le {on:day}"
    ALERTED = "ALERTED", "Alerte au service social, relances suspendues jusqu’au {until:day}"
    FOLLOWED = "FOLLOWED", "Suivi par le service social, relances suspendues jusqu’au {until:day}"
    PAUSED_BY_SOCIAL = "PAUSED_BY_SOCIAL", "En pause par le service social jusqu’au {until:day}"
    PAUSED_BY_RENT = "PAUSED_BY_RENT", "En pause par la gestion locative jusqu’au {until:day}"
    BANK_UNKNOWN = "BANK_UNKNOWN", "Échéance du {due_on:day}, banque connue jusqu’au {until:day}"
    NO_BANK = "NO_BANK", "Échéance du {due_on:day}, aucun relevé de banque"
    RETURNED = "RETURNED", "Rejet du {on:day}, à représenter : attendre le {until:day}"
    FIRST_AID = "FIRST_AID", "Entrée le {entry_on:day}, première aide pas encore versée"
    NEWCOMER = "NEWCOMER", "Entrée le {entry_on:day}, aide ou FSL pas encore versés"
    AID_COVERS = "AID_COVERS", "Aide attendue : {aid:euros} à part, autant que l’impayé ou plus"
    REFUSED = "REFUSED", "Proposition refusée le {on:day}"
    REFUSED_OFTEN = "REFUSED_OFTEN", "Refusé {times} fois : proposé de nouveau au prochain terme impayé"
    MESSAGE_NO_EFFECT = (
        "MESSAGE_NO_EFFECT",
        "Message décidé le {on:day}, aucun paiement depuis, banque connue jusqu’au {until:day}",
    )
    CALL_NO_EFFECT = (
        "CALL_NO_EFFECT",
        "Appel décidé le {on:day}, aucun paiement depuis, banque connue jusqu’au {until:day}",
    )
    DECIDED = "DECIDED", "Décidé le {on:day}"
    COURTESY_DECIDED = "COURTESY_DECIDED", "Message courtois décidé le {on:day}"
    CALL_DECIDED = "CALL_DECIDED", "Appel décidé le {on:day}"
    CALL_WAITS = "CALL_WAITS", "Appel décidé le {on:day}, pas encore passé"
    CALL_UNMADE = "CALL_UNMADE", "Appel décidé le {on:day}, jamais passé depuis {days:jour,jours} : étape suivante"
    LETTER_DECIDED = "LETTER_DECIDED", "Courrier décidé le {on:day}"
    LETTER_SENT = "LETTER_SENT", "Courrier parti le {on:day} : choisir la suite, plan, procédure ou perte"
    ANSWERED = "ANSWERED", "Message parti le {sent_on:day}, réponse du service social le {on:day} : attendre l’effet"
    REMINDER_DECIDED = "REMINDER_DECIDED", "Relance décidée le {on:day}"
    FORMAL_DECIDED = "FORMAL_DECIDED", "Mise en demeure décidée le {on:day}"
    REMIND_ANSWERED = (
        "REMIND_ANSWERED",
        "Service social : réponse du {on:day}, aucun paiement depuis, banque connue jusqu’au {until:day}",
    )
    REMIND_UNANSWERED = (
        "REMIND_UNANSWERED",
        "Service social sollicité le {on:day}, sans réponse ni paiement, banque connue jusqu’au {until:day}",
    )
    REMINDER_SENT = "REMINDER_SENT", "Relance partie le {on:day} : attendre le {until:day}"
    REMINDER_NO_EFFECT = (
        "REMINDER_NO_EFFECT",
        "Relance partie le {on:day}, aucun paiement depuis, banque connue jusqu’au {until:day}",
    )
    TRY_FIRST = "TRY_FIRST", "Relance partie le {on:day}, sans effet : une personne appelle avant de mettre en demeure"
    NOBODY_REACHED = (
        "NOBODY_REACHED",
        "Relance partie le {on:day}, sans effet, et personne n’a été joint : une visite avant de mettre en demeure",
    )
    FORMAL_BACK = (
        "FORMAL_BACK",
        "Mise en demeure partie le {on:day}, revenue : vérifier l’adresse, joindre le ménage ou passer le voir",
    )
    FORMAL_SENT = "FORMAL_SENT", "Mise en demeure partie le {on:day} : voir la suite avec le service social"
    PLAN = "PLAN", "Plan demandé par le service social le {on:day}, à valider"
    PLAN_OF = "PLAN_OF", "Plan de {amount:euros} par mois demandé par le service social le {on:day}, à valider"
    PLAN_RUNS = "PLAN_RUNS", "Plan jusqu’au {last_on:day}, prochaine mensualité le {next_on:day} : {amount:euros}"
    PLAN_LATE = "PLAN_LATE", "Mensualité du {on:day} pas reçue : sans paiement, plan rompu le {breaks_on:day}"
    PLAN_TERM_LATE = "PLAN_TERM_LATE", "Terme du {on:day} pas payé : sans paiement, plan rompu le {breaks_on:day}"
    PLAN_BROKEN_ASKED = "PLAN_BROKEN_ASKED", "Plan rompu le {on:day}, réponse du service social attendue"
    PLAN_BROKEN = "PLAN_BROKEN", "Plan rompu le {on:day} : {left:euros} de nouveau comptés"
    LEGAL_COMMAND = "LEGAL_COMMAND", "Commandement de payer du {on:day}"
    LEGAL_NOTICE = "LEGAL_NOTICE", "Mise en demeure avant résiliation, reçue le {on:day}"
    LEGAL_WRIT = "LEGAL_WRIT", "Assignation : audience le {hearing_on:day}"
    LEGAL_GIVEN = "LEGAL_GIVEN", "Délais du juge jusqu’au {until:day}, tant que tout est payé à son jour"
    LEGAL_LAPSED = "LEGAL_LAPSED", "Suspension du juge finie le {on:day}, au premier impayé"
    LEGAL_ENDED = "LEGAL_ENDED", "Contrat résilié par jugement du {on:day}"
    LEGAL_QUIT = "LEGAL_QUIT", "Commandement de quitter les lieux du {on:day}"
    LEGAL_FORCE = "LEGAL_FORCE", "Concours de la force publique demandé le {on:day}"
    LEGAL_PROTOCOL = "LEGAL_PROTOCOL", "Protocole de cohésion sociale signé le {on:day}"
    LEGAL_BROKEN = "LEGAL_BROKEN", "Protocole de cohésion sociale rompu le {on:day}, au premier impayé"
    FIRST_DEFAULT = "FIRST_DEFAULT", "Premier impayé depuis {days} j"
    SMALL = "SMALL", "Reste sous {below:euros0} : paiement partiel reçu"
    USUAL_DAY = "USUAL_DAY", "Paie d’habitude le {usual}, {months:mois,mois} sur {of} : attendre le {until:day}"
    UNBROKEN = "UNBROKEN", "Dette sans interruption depuis le {since:day}"
    FIRST_SINCE_ENTRY = "FIRST_SINCE_ENTRY", "Premier retard depuis l’entrée"
    FIRST_IN_MONTHS = "FIRST_IN_MONTHS", "Premier retard en {months:mois,mois}"
    TERMS_DUE = "TERMS_DUE", "{terms:terme dû,termes dus}, le plus ancien depuis {days} j"
    TERM_DUE = "TERM_DUE", "Terme dû depuis {days} j"
    DEBT_DUE = "DEBT_DUE", "Dette due depuis {days} j"
    PRIOR = "PRIOR", "Dette antérieure au contrat : chercher un accord"
    REPORT = "REPORT", "Seuil légal atteint : déclarer au plus tard le {before:day}, {left:jour restant,jours restants}"
    REPORT_LATE = "REPORT_LATE", "Seuil légal atteint : déclarer au plus tard le {before:day}, délai dépassé"


class OrderWhy(Code):
    """What places a case in the list: what lapses, and the facts of its gravity with their points (`rules.order`)."""

    REPORT = "ORDER_REPORT", "À déclarer au plus tard le {on:day}"
    PAUSE = "ORDER_PAUSE", "La pause finit le {on:day}"
    SOCIAL_PAUSE = "ORDER_SOCIAL_PAUSE", "La pause du service social finit le {on:day}"
    PLAN = "ORDER_PLAN", "Le plan demandé attend sa réponse jusqu’au {on:day}"
    ANSWER = "ORDER_ANSWER", "Le service social a jusqu’au {on:day} pour répondre"
    TERMS = "ORDER_TERMS", "{terms:number1} × le terme net en retard : {points:point,points}"
    RISES = "ORDER_RISES", "Dette en hausse, {before:euros} il y a {months:mois,mois} : {points:point,points} de plus"
    FALLS = "ORDER_FALLS", "Dette en baisse, {before:euros} il y a {months:mois,mois} : {off:point,points} de moins"
    FIRST = "ORDER_FIRST", "Premier retard depuis l’entrée : {points:point,points} de plus"
    ON_TIME = (
        "ORDER_ON_TIME",
        "{on_time:terme payé,termes payés} à temps sur {due} : {points:point,points} de plus",
    )
