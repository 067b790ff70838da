"""Codes of the arrears: regimes of the law, decisions, causes, and why a case stands where it stands."""

from common.codes import Code
from rent_ledger.books.codes import DefaultRule


class Regime(Code):
    """The two legal definitions of impayé (CCH R.824-1, then décret 2026-84)."""

    UNTIL_2026 = "R2026", "Jusqu’au 31 décembre 2026"
    FROM_2027 = "R2027", "À partir du 1er janvier 2027"


class Decision(Code):
    CONFIRM = "CONFIRM", "Confirmée"
    CHANGE = "CHANGE", "Modifiée"
    REFUSE = "REFUSE", "Refusée"
    PAUSE = "PAUSE", "Mise en pause"


class ArrearsMessage(Code):
    """What is sent to a household in arrears."""

    COURTESY = "COURTESY", "Message courtois"
    CALL = "CALL", "Appel courtois"
    REMINDER = "REMINDER", "Relance"
    FORMAL_NOTICE = "FORMAL", "Mise en demeure"
    GONE = "GONE", "Lettre à qui est parti"


class ArrearsDuty(Code):
    """What a case asks of the rental managers."""

    DECISION = "CASE_DECISION", "Impayé à décider"
    REPORT = "CASE_REPORT", "Impayé à déclarer à la CAF"
    PLAN = "CASE_PLAN", "Plan demandé par le service social"
    PAYER_PLAN = "PAYER_PLAN", "Plan attendu par la CAF ou la MSA"
    PLAN_BROKEN = "PAYER_BROKEN", "Rupture de plan à dire à la CAF ou à la MSA"
    DEPARTURE = "DEPARTURE", "Départ à signaler à la CAF"


class ReportKind(Code):
    """What a report tells."""

    ARREARS = "ARREARS", "Impayé"
    DEPARTURE = "DEPARTURE", "Départ"
    CCAPEX = "CCAPEX", "Signalement à la CCAPEX"


class SentBy(Code):
    """By which way a report left: a person sends it."""

    PORTAL = "PORTAL", "Site de l’organisme"
    EMAIL = "EMAIL", "Courriel"
    LETTER = "LETTER", "Courrier"
    RECORDED = "RECORDED", "Recommandé"
    HAND = "HAND", "Remise sur place"


class RegisteredOutcome(Code):
    """What the post did with a registered letter."""

    RECEIVED = "RECEIVED", "Reçue"
    UNCLAIMED = "UNCLAIMED", "Pli avisé et non réclamé"
    UNKNOWN = "UNKNOWN", "Destinataire inconnu à l’adresse"
    REFUSED = "REFUSED", "Pli refusé"


CAME_BACK = frozenset(RegisteredOutcome) - {RegisteredOutcome.RECEIVED}
"""The household did not read it."""


class PayerRoute(Code):
    """What the payer does with a report (CCH, art. R. 824-7 to R. 824-12)."""

    PLAN = "PLAN", "L’organisme demande un plan d’apurement"
    FSL = "FSL", "L’organisme saisit le FSL"
    FSL_OTHER = "FSL_OTHER", "Le FSL est saisi par quelqu’un d’autre"
    SMALL = "SMALL", "Petite dette : l’organisme propose un plan au ménage"


ABOUT_CASE = "arrears_case"
"""What these messages, tasks and notices are about: the id is the case's."""


ABOUT_REPORT = "payer_report"


class ArrearsNotice(Code):
    """What the rental managers are told of a case."""

    ANSWER = "SOCIAL_ANSWER", "Réponse du service social"
    CALL_UNMADE = "CALL_UNMADE", "Appel décidé, jamais passé"


class LetterHoldSource(Code):
    SOCIAL = "SOCIAL", "Service social"
    RENT = "RENT", "Gestion locative"
    RULE = "RULE", "Règle"


class CauseCode(Code):
    """Cause of a debt, as codes (S3-07): never free text."""

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


class NextStep(Code):
    """What the social service does next, as codes: they cross to the rental side, so no free text."""

    MEETING = "MEETING", "Rendez-vous budget"
    VISIT = "VISIT", "Visite à domicile"
    CONTACT = "CONTACT", "Nouvel essai de contact"
    BENEFIT = "BENEFIT", "Dossier d’aide au logement"
    FSL = "FSL", "Dossier FSL"
    PLAN = "PLAN", "Plan d’apurement"
    OVERDEBT = "OVERDEBT", "Dossier de surendettement"
    REFERRAL = "REFERRAL", "Orientation vers un partenaire"
    MEASURE = "MEASURE", "Mesure d’accompagnement"
    PAID = "PAID", "Réglé"
    OTHER = "OTHER", "Autre démarche en cours"


class FreezeKind(Code):
    """What the commission of overindebtedness or the judge decides, in the order of a procedure."""

    ADMISSIBLE = "ADMISSIBLE", "Recevabilité"
    MORATORIUM = "MORATORIUM", "Moratoire"
    MEASURES = "MEASURES", "Plan ou mesures de la commission"
    ERASED = "ERASED", "Effacement des dettes"
    CLOSED = "CLOSED", "Irrecevabilité ou clôture"


FREEZE_UNTIL = frozenset({FreezeKind.MORATORIUM, FreezeKind.MEASURES})
"""Decisions that say until when."""
FREEZE_LAST = frozenset({FreezeKind.ERASED, FreezeKind.CLOSED})
"""Decisions after which nothing is frozen any more."""


class FreezeWhy(Code):
    """What a procedure of overindebtedness changes (`rules.freezes`)."""

    FROZEN = (
        "FREEZE_FROZEN",
        "Ce qui était dû avant la décision du {on:day} ne se réclame ni ne se paie jusqu’au {until:day} "
        "(C. conso., art. L. 722-2, L. 722-3 et L. 722-5)",
    )
    CURRENT = "FREEZE_CURRENT", "Le loyer courant reste dû, et se paie d’abord"
    AID = "FREEZE_AID", "L’aide au logement est rétablie : demandez-la à la CAF ou à la MSA (C. conso., art. L. 722-10)"
    NO_PENALTY = "FREEZE_NO_PENALTY", "Ni intérêts ni pénalités de retard (C. conso., art. L. 722-14)"
    BAILIFF = "FREEZE_BAILIFF", "Un commissaire de justice est saisi ? Prévenez-le (C. conso., art. L. 722-15)"
    JUDGE = (
        "FREEZE_JUDGE",
        "Une dette de loyer pour laquelle un juge a donné des délais se paie : remettez-la en relance "
        "(C. conso., art. L. 722-5)",
    )
    MORATORIUM = (
        "FREEZE_MORATORIUM",
        "Moratoire du {on:day} : rien de ce qui est gelé n’est exigible jusqu’au {until:day} "
        "(C. conso., art. L. 733-1)",
    )
    MEASURES = (
        "FREEZE_MEASURES",
        "Plan ou mesures du {on:day}, jusqu’au {until:day} : ce qui est gelé se paie comme la décision le dit "
        "(C. conso., art. L. 733-1)",
    )
    ERASED = "FREEZE_ERASED", "Décision du {on:day} : ce qui était dû ce jour-là est effacé (C. conso., art. L. 741-2)"
    CLAUSE = (
        "FREEZE_CLAUSE",
        "La clause résolutoire est suspendue jusqu’au {until:day} si le loyer courant est payé "
        "(loi n° 89-462, art. 24 VIII)",
    )
    CLOSED = "FREEZE_CLOSED", "Décision du {on:day} : les dettes comptent de nouveau dans l’impayé"


class LegalWhy(Code):
    """The impayé in the sense of the housing benefits (`rules.legal`)."""

    IMPAYE = "LEGAL", "L’impayé au sens de l’aide au logement"
    COUNTED = "LEGAL_COUNTED", "Dette comptée pour le seuil"
    DUE = "LEGAL_DUE", "Échéance du {due_on:day}"
    DUE_AGAIN = "LEGAL_DUE_AGAIN", "Échéance du {due_on:day}, de nouveau due le {since:day}"
    DUE_PAID = "LEGAL_DUE_PAID", "Échéance du {due_on:day}, payée le {paid_on:day}"
    THRESHOLD_MULTIPLE = "LEGAL_MULTIPLE", "Seuil : {multiple:number} × le montant du mois"
    THRESHOLD_AMOUNT = "LEGAL_AMOUNT", "Seuil : plus de"
    MONTH_NET = "LEGAL_MONTH_NET", "{month:euros} par mois, aide versée au bailleur déduite"
    MONTH_GROSS = "LEGAL_MONTH_GROSS", "{month:euros} par mois, aucune aide versée au bailleur"
    BY_MULTIPLE = "LEGAL_BY_MULTIPLE", "Constitué le {on:day} : {multiple:number} fois le montant du mois"
    BY_AMOUNT = "LEGAL_BY_AMOUNT", "Constitué le {on:day} : plus de {amount:euros}"
    BY_AGE = "LEGAL_BY_AGE", "Constitué le {on:day} : {months:mois,mois} après le premier défaut"
    REPORT = "LEGAL_REPORT", "À déclarer au plus tard le {before:day} (CCH, art. R. 824-4)"
    NOT_OURS = (
        "LEGAL_NOT_OURS",
        "Aide versée au ménage : l’art. R. 824-4 du CCH ne fixe de délai qu’au bailleur qui la reçoit",
    )
    BANK_KNOWN = "LEGAL_BANK", "Banque connue jusqu’au {until:day}"
    TEXT_2026 = (
        "LEGAL_2026",
        "CCH, art. R. 824-1 : dette d’au moins {multiple:number} fois le loyer et les charges du mois",
    )
    TEXT_2027 = (
        "LEGAL_2027",
        "Décret 2026-84 (texte à vérifier) : plus de {amount:euros}, ou {months:mois,mois} après le premier défaut",
    )
    TEXT_2027_AGED = (
        "LEGAL_2027_AGED",
        "Décret 2026-84 (texte à vérifier) : plus de {amount:euros}, ou {months:mois,mois} après le premier défaut, "
        "soit le {aged:day} pour le plus ancien",
    )
    NO_LEASE = "LEGAL_NO_LEASE", "Convention d’occupation : pas de bail, aucune déclaration à la CAF"
    NO_BENEFIT = (
        "LEGAL_NO_BENEFIT",
        "Aucune aide au logement : pas d’impayé en ce sens, rien à déclarer à la CAF ni à la MSA",
    )


class PayerWhy(Code):
    """What a payer waits for after a report, and until when (`rules.payer_steps`)."""

    WAITS = "PAYER_WAITS", "En attente de la suite donnée par l’organisme"
    PLAN = "PAYER_PLAN", "Plan attendu au plus tard le {before:day} (CCH, art. R. 824-7)"
    PLAN_REFUSED = (
        "PAYER_PLAN_REFUSED",
        "Plan attendu au plus tard le {before:day} : versement direct refusé, {months:mois,mois} au lieu de {instead} "
        "(CCH, art. R. 824-22)",
    )
    PLAN_NOTICE = (
        "PAYER_NOTICE",
        "Mise en demeure : le FSL a jusqu’au {before:day}, puis {parts} mensualités d’office (CCH, art. R. 824-7, "
        "R. 824-8)",
    )
    FSL = (
        "PAYER_FSL",
        "FSL saisi par l’organisme : aide gardée jusqu’au {before:day}, puis {parts} mensualités d’office (CCH, "
        "art. R. 824-7, R. 824-8)",
    )
    FSL_OTHER = (
        "PAYER_FSL_OTHER",
        "FSL saisi par ailleurs : aide gardée jusqu’au {before:day}, puis un plan est demandé (CCH, art. R. 824-11)",
    )
    FSL_PLAN = (
        "PAYER_FSL_PLAN",
        "Plan attendu au plus tard le {before:day}, puis {parts} mensualités d’office (CCH, art. R. 824-12)",
    )
    SMALL = (
        "PAYER_SMALL",
        "L’organisme propose lui-même un plan au ménage ; sans accord, les délais qui suivent sont réduits de moitié "
        "(CCH, art. R. 824-10)",
    )
    SMALL_PLAN = (
        "PAYER_SMALL_PLAN",
        "Plan attendu au plus tard le {before:day} : celui de l’organisme n’a pas abouti, {months:mois,mois} au lieu "
        "de {instead} (CCH, art. R. 824-10)",
    )
    CHECKED = (
        "PAYER_CHECKED",
        "Plan transmis le {on:day} : l’organisme le contrôle au plus tard le {before:day} (CCH, art. R. 824-9)",
    )


class Living(Code):
    """Whether a plan leaves enough to live on (`rules.living`): an estimate."""

    EASY = "EASY", "Soutenable"
    TIGHT = "TIGHT", "Tendu"
    UNTENABLE = "UNTENABLE", "Intenable"


class Outgoing(Code):
    """What a household pays in a month beside its rent."""

    ENERGY = "ENERGY", "Énergie et eau"
    INSURANCE = "INSURANCE", "Assurances et mutuelle"
    TRANSPORT = "TRANSPORT", "Transport"
    PHONE = "PHONE", "Téléphone et internet"
    CHILDREN = "CHILDREN", "Enfants : garde, cantine, pension"
    TAX = "TAX", "Impôts et taxes"
    CREDIT = "CREDIT", "Crédits et autres dettes"
    OTHER = "OTHER", "Autres charges"


class PayerPlanWhy(Code):
    """What the payer of the benefit asks of a plan (`rules.payer_plan`)."""

    DEFAULT = (
        "PAYER_PLAN_DEFAULT",
        "Sans plan transmis, l’organisme fixe {amount:euros} par mois, {parts:mois,mois} (CCH, art. R. 824-8 "
        "et R. 824-12)",
    )
    PAID = (
        "PAYER_PLAN_PAID",
        "Terme {month:of_month} payé, {paid:euros} : l’aide peut être gardée (CCH, art. R. 824-28)",
    )
    HALF = (
        "PAYER_PLAN_HALF",
        "Terme {month:of_month} : {paid:euros} payés sur {asked:euros}, au moins la moitié : l’aide peut être gardée "
        "si la situation sociale est difficile (CCH, art. R. 824-28)",
    )
    LESS = (
        "PAYER_PLAN_LESS",
        "Terme {month:of_month} : {paid:euros} payés sur {asked:euros}, moins de la moitié : l’aide peut être "
        "suspendue (CCH, art. R. 824-28)",
    )
    BROKEN = (
        "PAYER_PLAN_BROKEN",
        "Plan rompu le {on:day} : dites-le à l’organisme, qui contrôlait ce plan (CCH, art. R. 824-9 et R. 824-16)",
    )


class CcapexWhy(Code):
    """The signal to the CCAPEX (`rules.ccapex`)."""

    SIGNAL = "CCAPEX", "Le signalement à la CCAPEX"
    OWED = "CCAPEX_OWED", "Dette de loyer et de charges"
    THRESHOLD = "CCAPEX_THRESHOLD", "Seuil : {multiple:number} × le loyer du mois, hors charges"
    MONTH = "CCAPEX_MONTH", "{rent:euros} par mois hors charges"
    BY_AMOUNT = "CCAPEX_BY_AMOUNT", "Seuil atteint le {on:day} : {multiple:number} fois le loyer hors charges"
    BY_AGE = (
        "CCAPEX_BY_AGE",
        "Seuil atteint le {on:day} : {months:mois,mois} de dette sans interruption depuis le {since:day}",
    )
    TEXT = (
        "CCAPEX_TEXT",
        "Loi n° 89-462, art. 24 I : {months:mois,mois} de dette sans interruption, ou {multiple:number} fois le loyer "
        "hors charges",
    )
    NO_LEASE = "CCAPEX_NO_LEASE", "L’art. 24 de la loi n° 89-462 ne régit pas ce contrat"
    LEGAL_PERSON = (
        "CCAPEX_LEGAL_PERSON",
        "Bailleur personne morale : il saisit la CCAPEX {months:mois,mois} au moins avant d’assigner, "
        "et la déclaration à la CAF en tient lieu (loi n° 89-462, art. 24 II ; CCH, art. R. 824-30)",
    )


class LaneTrace(Code):
    """The facts behind a lane and its action, for « Pourquoi … ? »."""

    TERM = "TRACE_TERM", "Terme {month:of_month} : {asked:euros} dus le {due_on:day}, rien reçu"
    TERM_PARTLY = (
        "TRACE_TERM_PARTLY",
        "Terme {month:of_month} : {asked:euros} dus le {due_on:day}, {received:euros} payés ou remis, "
        "reste {left:euros}",
    )
    MORE_TERMS = "TRACE_MORE_TERMS", "et {terms:autre terme,autres termes} : reste {left:euros}"
    LAST_PAYMENT = "TRACE_LAST_PAYMENT", "Dernier paiement : {amount:euros} le {on:day}"
    HABIT = "TRACE_HABIT", "Paie d’habitude vers le {usual}, {months:mois,mois} sur {of}"
    HABIT_ENDED = (
        "TRACE_HABIT_ENDED",
        "Payait d’habitude vers le {usual}, {months:mois,mois} sur {of}, jusqu’en {last:month}",
    )
    REPORT = "TRACE_REPORT", "Impayé constitué au sens de la loi : à déclarer au plus tard le {before:day}"
    R1 = "TRACE_R1", f"{DefaultRule.FIRST.label} : un terme impayé {{grace:jour,jours}} après son échéance"
    R2 = (
        "TRACE_R2",
        f"{DefaultRule.SECOND.label} : deux termes touchés depuis {{grace:jour,jours}}, plus d’un terme net en tout",
    )
    RETURNED = "TRACE_RETURNED", "Paiement rejeté : mis à part {return_days:jour,jours}"
    NEWCOMER = "TRACE_NEWCOMER", "Nouvel entrant : jamais relancé, vu par le service social"
    AID_NEVER_CLAIMED = "TRACE_AID_RULE", "L’aide en retard n’est jamais réclamée au ménage"
    BANK = "TRACE_BANK", "Aucun impayé n’est ouvert au-delà de ce que la banque a fait connaître"
    AID = "TRACE_AID", "Aide attendue : {aid:euros} à part, jamais réclamés"
    HELD = "TRACE_HELD", "Hors file (plan, gel ou contestation) : {held:euros}"
    HELD_UNTIL = "TRACE_HELD_UNTIL", "{kind} jusqu’au {until:day}"
    HELD_OPEN = "TRACE_HELD_OPEN", "{kind}, sans fin prévue"
    PLAN_BROKEN = (
        "TRACE_PLAN_BROKEN",
        "Plan d’apurement rompu le {on:day} : {left:euros} de nouveau comptés dans l’impayé",
    )
    PLAN_STOPPED = (
        "TRACE_PLAN_STOPPED",
        "Plan d’apurement arrêté le {on:day} : {left:euros} de nouveau comptés dans l’impayé",
    )
    PLAN_LAPSED = (
        "TRACE_PLAN_LAPSED",
        "Plan demandé le {on:day}, resté {days:jour,jours} sans réponse : le dossier suit son cours",
    )
    ANSWERED = "TRACE_ANSWERED", "Réponse du service social le {on:day}"
    ANSWERED_CAUSE = "TRACE_ANSWERED_CAUSE", "Réponse du service social le {on:day} : {cause}"
    IN_TERMS = "TRACE_IN_TERMS", "En tout {times:number1} × le terme net de {net_term:euros}"


class OrderWord(Code):
    """The facts of the order in a few words, for a row of the list."""

    RISES = "WORD_RISES", "en hausse"
    FALLS = "WORD_FALLS", "en baisse"
    FIRST = "WORD_FIRST", "premier retard"
    ON_TIME = "WORD_ON_TIME", "{on_time} sur {due} à temps"
    GRAVITY = "WORD_GRAVITY", "Gravité : {points:point,points} en tout"


class ToldWhy(Code):
    """Why an account stands in its lane, to who doesn't read the answer of the social service (`queries.told`)."""

    ALERTED = "TOLD_ALERTED", "Alerte au service social, relances suspendues"
    FOLLOWED = "TOLD_FOLLOWED", "Suivi par le service social, relances suspendues"
    PAUSED_BY_SOCIAL = "TOLD_PAUSED", "En pause par le service social"
    REMIND = "TOLD_REMIND", "Service social sollicité, aucun paiement depuis"
    RESERVED = "TOLD_RESERVED", "Suite réservée à la personne référente"
    CAUSE = "TOLD_CAUSE", "Cause, selon le service social : {cause}"


class SignKind(Code):
    """What an account shows before a debt stands (`rules.signs`)."""

    LATE = "LATE", "Plus tard que d’habitude"
    PART = "PART", "Paiement partiel"
    AID = "AID", "Aide en baisse"
    RETURN = "RETURN", "Paiement rejeté"
    LEASE_END = "LEASE_END", "Fin de contrat"
    RIGHT_END = "RIGHT_END", "Fin de droit"


class SignWhy(Code):
    """The facts of an early sign. They say what is seen, and judge nobody."""

    NOT_PAID = (
        "SIGN_NOT_PAID",
        "Paie d’habitude vers le {usual} ({months:mois,mois} regardés) : rien pour {of_month:month_name}, "
        "banque connue au {until:day}",
    )
    PAID_LATE = (
        "SIGN_PAID_LATE",
        "Paie d’habitude vers le {usual} ({months:mois,mois} regardés) : payé le {on:day}, {days:jour,jours} plus tard",
    )
    PART = (
        "SIGN_PART",
        "Terme du {due_on:day} payé en partie, {paid:euros}, reste {left:euros} ; "
        "les {terms:terme,termes} d’avant payés en entier et à temps",
    )
    AID_LESS = "SIGN_AID_LESS", "Aide {month:of_month} : {now:euros} au lieu de {before:euros} le mois d’avant"
    AID_GONE = "SIGN_AID_GONE", "Aide {month:of_month} non reçue, {before:euros} le mois d’avant"
    RETURNED = "SIGN_RETURNED", "Paiement de {amount:euros} rejeté par la banque le {on:day}"
    LEASE_ENDS = "SIGN_LEASE_ENDS", "Le contrat finit le {on:day}, aucun autre ne suit"
    RIGHT_ENDS = "SIGN_RIGHT_ENDS", "Le droit à l’aide au logement finit le {on:day}, aucun autre ne suit"
