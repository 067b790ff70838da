"""Codes of the alerts: rules, levels, states, and the facts that an alert tells."""

from common.codes import Code
from common.workflow import Workflow


class AlertRule(Code):
    """Starter rules of docs/features.md, those that this release raises."""

    FIRST_DEFAULT = "R1", "Premier impayé"
    SECOND_DEFAULT = "R2", "Deuxième impayé"
    THRESHOLD = "R3", "Seuil de la CAF"
    BENEFIT_FELL = "R5", "Aide en baisse"
    SILENCE = "R8", "Silence"
    RHYTHM = "R8bis", "Rythme dépassé"
    TWO_ABSENCES = "R9", "Deux absences"
    WEAK_SIGNAL = "R10", "Signal du technicien"
    REQUESTED = "ASKED", "Demande de la gestion locative"


# The rules that tell a debt: once it is paid, nothing is left to answer.
DEBT_RULES = frozenset(
    {
        AlertRule.FIRST_DEFAULT,
        AlertRule.SECOND_DEFAULT,
        AlertRule.THRESHOLD,
        AlertRule.SILENCE,
        AlertRule.REQUESTED,
    }
)


class AlertLevel(Code):
    NORMAL = "NORMAL", "Normale"
    HIGH = "HIGH", "Haute"
    URGENT = "URGENT", "Urgente"


class AlertWhy(Code):
    """What an alert says, frozen when it is raised: amounts and days, never a judgement."""

    OWED = "OWED", "{total:euros} dus sur {terms:letters terme}, premier défaut le {since:date}"
    UNBROKEN = "OWED_UNBROKEN", "{total:euros} dus sur {terms:letters terme}, jamais à jour depuis le {since:date}"
    TERM_LEFT = "TERM_LEFT", "Terme du {due_on:date} : reste {remaining:euros}"
    MORE_TERMS = "MORE_TERMS", "et {terms:autre terme,autres termes} : reste {remaining:euros}"
    LAST_PAYMENT = "LAST_PAYMENT", "Dernier paiement : {amount:euros} le {on:date}"
    NO_PAYMENT = "NO_PAYMENT", "Aucun paiement enregistré"
    AID_PENDING = "AID_PENDING", "Aide au logement attendue, à part : {amount:euros}"
    BANK_KNOWN = "BANK_KNOWN", "Banque connue jusqu’au {until:date}"
    OVER_A_TERM = "OVER_A_TERM", "Plus d’un terme net ({net_term:euros}) manque sur {terms:letters terme}"
    THRESHOLD = "THRESHOLD", "Impayé constitué pour la CAF le {on:date}, à déclarer au plus tard le {by:date}"
    THRESHOLD_TOLD = "THRESHOLD_TOLD", "Impayé constitué pour la CAF le {on:date}, déclaré le {told:date}"
    THRESHOLD_ONLY = "THRESHOLD_ONLY", "Impayé constitué pour la CAF le {on:date}, sans déclaration à faire"
    THRESHOLD_NEAR = "THRESHOLD_NEAR", "Impayé constitué pour la CAF si le terme du {on:date} n’est pas payé non plus"
    SILENT = "SILENT", "Aucun contact depuis celui du {on:date} : {days:jour} au moment de l’alerte"
    NEVER_MET = "NEVER_MET", "Aucun contact depuis le premier défaut du {on:date} : {days:jour} au moment de l’alerte"
    NEVER_SEEN = (
        "NEVER_SEEN",
        "Aucun contact depuis le début de l’accompagnement, le {on:date} : {days:jour} au moment de l’alerte",
    )
    EXPECTED_BY = "EXPECTED_BY", "Contact attendu au plus tard le {on:date} : {days:jour} au plus"
    EXPECTED_OF = "EXPECTED_OF", "Contact attendu au plus tard le {on:date} : {days:jour} au plus ({of})"
    BENEFIT_LESS = (
        "BENEFIT_LESS",
        "Aide au logement {month:of_month} : {now:euros}, contre {before:euros} pour le mois {month_before:of_month}",
    )
    BENEFIT_GONE = (
        "BENEFIT_GONE",
        "Aide au logement {month:of_month} : rien reçu, contre {before:euros} pour le mois {month_before:of_month}",
    )
    ABSENT = "ABSENT", "Absent pour {whose} les {days:date}"
    ABSENT_TWICE = "ABSENT_TWICE", "Absent deux fois le {on:date} pour {whose}"
    SIGNAL = "SIGNAL", "Signalé le {on:date} à {hour} par le technicien : « {what} »"
    SIGNALLED = "SIGNALLED", "Signalé le {on:date} à {hour} par le technicien"
    ASKED = "ASKED_BY", "Demandé par la gestion locative ({author}) le {on:date}"
    ASKED_UNSIGNED = "ASKED", "Demandé par la gestion locative le {on:date}"
    VISIT_ASKED = "VISIT_ASKED", "Visite demandée par la gestion locative ({author}) le {on:date}"
    VISIT_UNSIGNED = "VISIT_UNSIGNED", "Visite demandée par la gestion locative le {on:date}"
    AS_WRITTEN = "AS_WRITTEN", "{text}"


# What a card leaves out: it is on the page of the alert.
ALERT_DETAILS = frozenset(
    {
        AlertWhy.TERM_LEFT,
        AlertWhy.MORE_TERMS,
        AlertWhy.LAST_PAYMENT,
        AlertWhy.NO_PAYMENT,
        AlertWhy.AID_PENDING,
        AlertWhy.BANK_KNOWN,
    }
)


ABOUT_ALERT = "alert"


class AlertNotice(Code):
    """What the social service is told of an alert."""

    URGENT = "ALERT_URGENT", "Alerte urgente"
    LATE = "ALERT_LATE", "Alerte en retard"
    GIVEN = "ALERT_GIVEN", "Alerte réattribuée"
    LOST = "ALERT_LOST", "Alerte confiée à un collègue"
    RESCUE = "ALERT_RESCUE", "Secours appelés"


ABOUT_SIGNAL = "signal"


class SignalNotice(Code):
    """What a technician is told of what he saw: that somebody dealt with it, never how."""

    HANDLED = "SIGNAL_HANDLED", "Signalement traité"


class SignalOutcome(Code):
    """What came of something that a technician saw. All but `NOT_SEEN` end it."""

    WELL = "WELL", "Va bien"
    HELPED = "HELPED", "Aide mise en place"
    NOT_SEEN = "NOT_SEEN", "Pas vu, je repasse"
    RESCUE = "RESCUE", "Secours appelés"


class AbsentFor(Code):
    """Whose visits were missed."""

    TECHNICIAN = "I", "le technicien"
    SOCIAL = "C", "le service social"
    BOTH = "IC", "deux services"


class AlertDuty(Code):
    """What an alert asks of somebody."""

    TAKE = "ALERT_TAKE", "Alerte à prendre"
    ANSWER = "ALERT_ANSWER", "Alerte à répondre"
    FOLLOW_UP = "ALERT_LATE", "Alerte remontée"


class AlertState(Code):
    RAISED = "RAISED", "À prendre"
    ACKNOWLEDGED = "ACK", "Prise"
    ANSWERED = "ANSWERED", "Répondue"
    DROPPED = "DROPPED", "Sans objet"


# Passed on, a taken alert stays taken; who took it gives it back. An answer ends it, and may be taken back. One that
# nobody took is dropped when all that it tells was a mistake, and stands again with its facts.
ALERT_FLOW = Workflow(
    {
        AlertState.RAISED: {AlertState.ACKNOWLEDGED, AlertState.ANSWERED, AlertState.DROPPED},
        AlertState.ACKNOWLEDGED: {AlertState.ANSWERED, AlertState.RAISED},
        AlertState.ANSWERED: {AlertState.ACKNOWLEDGED},
        AlertState.DROPPED: {AlertState.RAISED},
    }
)
OPEN_ALERTS = frozenset({AlertState.RAISED, AlertState.ACKNOWLEDGED})
