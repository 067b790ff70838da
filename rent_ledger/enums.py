"""Choices of the rent ledger, and the chart of its general accounts."""

from enum import IntEnum

from django.db import models


class AccountKind(models.TextChoices):
    GENERAL = "GENERAL", "Compte général"
    BANK = "BANK", "Banque"
    TENANT = "TENANT", "Locataire"
    BENEFIT = "BENEFIT", "Aide attendue"
    PRIOR_DEBT = "PRIOR", "Dette antérieure"
    LANDLORD = "LANDLORD", "Bailleur à payer"
    MANDANT = "MANDANT", "Mandant"
    DEPOSIT = "DEPOSIT", "Dépôt de garantie"


# Accounts whose items are allocated and projected.
PROJECTED_KINDS = frozenset({AccountKind.TENANT, AccountKind.BENEFIT, AccountKind.PRIOR_DEBT})
# Accounts on which a household owes.
DEBT_KINDS = frozenset({AccountKind.TENANT, AccountKind.PRIOR_DEBT})
FIRST_SUBLEDGER_ID = 1000


class General(IntEnum):
    """Ids of the general accounts (all below 1000); bank accounts are 100 + the bank account's id."""

    RENT_INCOME = 10
    CHARGES_INCOME = 11
    PARKING_INCOME = 12
    SERVICES_INCOME = 13
    INDEMNITY_INCOME = 14
    OPENING = 20
    SUSPENSE = 30
    CASH = 31
    CHEQUES = 32
    CARDS = 33
    BENEFIT_TRANSIT = 34
    BANK_FEES = 40
    WRITE_OFF = 41
    BANK_BASE = 100


# id → (French chart of associations code, label)
CHART: dict[int, tuple[str, str]] = {
    General.RENT_INCOME: ("7083", "Loyers"),
    General.CHARGES_INCOME: ("70831", "Charges locatives appelées"),
    General.PARKING_INCOME: ("70832", "Stationnements"),
    General.SERVICES_INCOME: ("70833", "Prestations"),
    General.INDEMNITY_INCOME: ("70834", "Indemnités d’occupation"),
    General.OPENING: ("890", "Bilan d’ouverture"),
    General.SUSPENSE: ("471", "Encaissements à placer"),
    General.CASH: ("531", "Caisse du guichet"),
    General.CHEQUES: ("5112", "Chèques à encaisser"),
    General.CARDS: ("5115", "Cartes bancaires à encaisser"),
    General.BENEFIT_TRANSIT: ("580", "Aides au logement à recevoir de la banque"),
    General.BANK_FEES: ("627", "Frais bancaires"),
    General.WRITE_OFF: ("6541", "Créances éteintes"),
}


class Nature(models.TextChoices):
    """What a posting is about. See `rent_ledger.rules.natures` for what each counts for."""

    RENT = "RENT", "Loyer"
    CHARGES = "CHARGES", "Charges"
    PARKING = "PARKING", "Stationnement"
    SERVICES = "SERVICES", "Prestations"
    INDEMNITY = "INDEMNITY", "Indemnité d’occupation"
    INDEMNITY_CHARGES = "INDEM_CHG", "Charges d’occupation"
    SHORTFALL = "SHORTFALL", "Aide non versée"
    REPAIRS = "REPAIRS", "Réparations"
    FEES = "FEES", "Frais"
    DEPOSIT = "DEPOSIT", "Dépôt de garantie"
    PRIOR = "PRIOR", "Dette antérieure"
    BENEFIT = "BENEFIT", "Aide au logement"
    PAYMENT = "PAYMENT", "Paiement"
    REFUND = "REFUND", "Remboursement"
    TRANSFER = "TRANSFER", "Mouvement interne"


class EntryKind(models.TextChoices):
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


class AllocationRule(models.TextChoices):
    """Why money lies on a debt (C. civ. 1342-10 and decision 5)."""

    REVERSAL = "REVERSAL", "Annule l’écriture d’origine"
    MONTH = "MONTH", "Aide imputée au mois qu’elle concerne"
    DESIGNATED = "DESIGNATED", "Désignée par le débiteur"
    OLDEST = "OLDEST", "La plus ancienne d’abord"
    PERSON = "PERSON", "Décidée par une personne"
    UNDONE = "UNDONE", "Imputation défaite"


class RunState(models.TextChoices):
    RUNNING = "RUNNING", "En cours"
    DONE = "DONE", "Produit"
    UNDOING = "UNDOING", "Annulation en cours"
    UNDONE = "UNDONE", "Annulé"


class DemandKind(models.TextChoices):
    TERM = "TERM", "Terme"
    INDEMNITY = "INDEMNITY", "Indemnité d’occupation"


class DemandState(models.TextChoices):
    ISSUED = "ISSUED", "Produit"
    CANCELLED = "CANCELLED", "Annulé"


class ReceiptKind(models.TextChoices):
    FULL = "FULL", "Quittance"
    PARTIAL = "PARTIAL", "Reçu"


class PaymentMethod(models.TextChoices):
    CASH = "CASH", "Espèces"
    CHEQUE = "CHEQUE", "Chèque"
    CARD = "CARD", "Carte bancaire"


class BenefitKind(models.TextChoices):
    APL = "APL", "APL"
    ALF = "ALF", "ALF"
    ALS = "ALS", "ALS"


class BenefitLineState(models.TextChoices):
    MATCHED = "MATCHED", "Rapprochée"
    UNKNOWN = "UNKNOWN", "Personne inconnue"
    NO_RIGHT = "NO_RIGHT", "Aucune aide attendue"


class StatementState(models.TextChoices):
    """ASIDE: balances don't add up, kept until a person confirms; nothing of it is in the ledger."""

    ACCEPTED = "ACCEPTED", "Enregistré"
    ASIDE = "ASIDE", "Mis de côté"


class LineState(models.TextChoices):
    SURE = "SURE", "Sûre"
    PROPOSED = "PROPOSED", "Proposée"
    TO_PLACE = "TO_PLACE", "À placer"
    PLACED = "PLACED", "Placée par une personne"
    OTHER = "OTHER", "Hors loyers"


class HoldKind(models.TextChoices):
    """Why a debt is out of the queue and of the arrears."""

    PLAN = "PLAN", "Plan d’apurement tenu"
    FREEZE = "FREEZE", "Gel (surendettement)"
    DISPUTE = "DISPUTE", "Contestée"


class Regime(models.TextChoices):
    """The two legal definitions of impayé (CCH R.824-1, then décret 2026-84)."""

    UNTIL_2026 = "R2026", "Jusqu’au 31 décembre 2026"
    FROM_2027 = "R2027", "À partir du 1er janvier 2027"


class Lane(models.TextChoices):
    NONE = "NONE", "À jour"
    NEW = "NEW", "Nouveau"
    TECHNICAL = "TECHNICAL", "Technique"
    REFERRED = "REFERRED", "Signalé au social"
    PAUSED = "PAUSED", "En pause"
    GONE = "GONE", "Partis"


class Action(models.TextChoices):
    """The one proposed next action."""

    NOTHING = "NOTHING", "Ne rien réclamer"
    WAIT = "WAIT", "Attendre"
    COURTESY = "COURTESY", "Message courtois"
    CALL = "CALL", "Appeler"
    ALERT_SOCIAL = "ALERT", "Alerter le social"
    WAIT_ANSWER = "WAIT_ANSWER", "Attendre la réponse"
    REPORT_PAYER = "REPORT", "Déclarer à la CAF"
    WRITE_GONE = "WRITE_GONE", "Écrire à la nouvelle adresse"


class Decision(models.TextChoices):
    CONFIRM = "CONFIRM", "Confirmée"
    CHANGE = "CHANGE", "Modifiée"
    REFUSE = "REFUSE", "Refusée"
    PAUSE = "PAUSE", "Mise en pause"


class LetterHoldSource(models.TextChoices):
    SOCIAL = "SOCIAL", "Service social"
    RENT = "RENT", "Gestion locative"
    RULE = "RULE", "Règle"


class CauseCode(models.TextChoices):
    """Cause of a debt, as codes (FEATURES 6.3, S3-07): never free text."""

    BENEFIT = "BENEFIT", "Aide au logement interrompue"
    JOB_LOSS = "JOB_LOSS", "Perte d’emploi"
    LOW_INCOME = "LOW_INCOME", "Ressources insuffisantes"
    UNEXPECTED = "UNEXPECTED", "Dépense imprévue"
    BUDGET = "BUDGET", "Budget à réorganiser"
    FAMILY = "FAMILY", "Changement familial"
    OVERSIGHT = "OVERSIGHT", "Oubli"
    DISPUTE = "DISPUTE", "Désaccord"
    OTHER_DEBTS = "DEBTS", "Autres dettes"
    UNKNOWN = "UNKNOWN", "Cause non connue"
