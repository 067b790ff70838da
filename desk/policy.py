"""The policy of the arrears in the order in which it acts: what each part does, and by which dated parameters.

The figures are those of the parameters that the rules read; what an alert sees, whom it tells and by when is the
registry of the alerts. Nothing here is a second copy of a figure.
"""

from dataclasses import dataclass

from rent_ledger.arrears import parameters as arrears
from rent_ledger.arrears import step_parameters as steps
from rent_ledger.benefits.parameters import BENEFIT_PERCENT
from rent_ledger.policy.parameters import SIGN_FEWEST, SIGN_WITHIN
from rent_ledger.rights.parameters import AL_DAY, APL_DAY
from social_link.alerts import parameters as alerts
from social_link.alerts.codes import AlertRule
from social_link.alerts.services.registry import RULES, USUAL, Delays
from social_link.contacts.parameters import SILENCE_DAYS

SOCIAL = "La personne qui suit le ménage, sinon la responsable du service social"
HEADS = "et aussitôt la responsable du service social"
RENT = "La gestion locative"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the policy: `words` say what it does, `keys` are the parameters that it reads."""

    code: str
    title: str
    words: str
    keys: tuple[str, ...]


PARTS = (
    Part(
        "detection", "Ce qui se voit",
        "Chaque nuit, et dès que l’argent bouge. Un terme compte comme impayé après ces jours. Avant cela, des signes "
        "mettent un compte à surveiller : rien n’est envoyé.",
        (
            arrears.FIRST_DEFAULT_DAYS, arrears.SIGN_LATE, arrears.HABIT_MONTHS, arrears.HABIT_WINDOW,
            arrears.HABIT_AROUND, arrears.HABIT_PERCENT, arrears.SIGN_FULL, BENEFIT_PERCENT, arrears.SIGN_RETURN,
            arrears.SIGN_END,
        ),
    ),
    Part(
        "technique", "Ce qui est mis à part",
        "Le ménage n’y est pour rien : l’aide est en retard, un prélèvement est revenu, l’entrée est récente. Il n’est "
        "jamais relancé pour cela.",
        (arrears.RETURN_DAYS, arrears.NEWCOMER_DAYS, arrears.FIRST_AID_MONTHS, APL_DAY, AL_DAY),
    ),
    Part(
        "loi", "L’impayé au sens de la loi",
        "Un impayé constitué se déclare à la CAF ou à la MSA, une dette ancienne ou forte à la CCAPEX. Aucune pause ne "
        "déplace ces délais.",
        (
            *arrears.LEGAL_KEYS, *arrears.PAYER_KEYS, *arrears.CCAPEX_KEYS, arrears.SOON_DAYS, arrears.DEPARTURE_SEEN,
        ),
    ),
    Part(
        "situations", "Ce qui est proposé, et quand",
        "Un retard de saison attend le jour habituel du ménage, un petit reste est laissé là. Ensuite vient un message "
        "courtois, ou un appel si le retard dure ou se répète. Chaque proposition dit sa raison.",
        (
            arrears.USUAL_DAYS, arrears.USUAL_MAX_DAYS, arrears.SMALL_REMAINDER, arrears.SMALL_DAYS, arrears.CALL_DAYS,
            arrears.FIRST_LATE_DAYS, arrears.SETTLED_MONTHS, arrears.LATE_AGAIN_MONTHS, arrears.LATE_CASE_DAYS,
        ),
    ),
    Part(
        "etapes", "D’une étape à la suivante",
        "Message, appel, service social, puis relance et mise en demeure : une étape restée sans effet cède la place à "
        "la suivante, un refus répété attend un nouveau terme impayé. Rien ne s’écrit avant que le service social ait "
        "répondu, ou que son temps soit passé ; personne n’est mis en demeure sans que l’on ait joint le ménage, ou "
        "demandé une visite.",
        (
            arrears.NO_EFFECT_DAYS, arrears.REFUSALS, arrears.DECIDED_DAYS, steps.CALL_WAIT_DAYS, steps.REMINDER_DAYS,
            steps.FORMAL_DAYS, steps.FORMAL_DELAY,
        ),
    ),
    Part(
        "alertes", "Délais des alertes",
        "Une alerte va à une personne nommée. Un ménage n’a qu’une alerte ouverte : les faits nouveaux la rejoignent. "
        "Un ménage suivi et resté sans contact se voit sur l’accueil de la personne qui le suit.",
        (
            arrears.FIRST_MONTHS, *alerts.DELAYS, alerts.WINDOW_DAYS, SILENCE_DAYS,
        ),
    ),
    Part(
        "retenues", "Ce qui retient les lettres",
        "Une pause, une demande au service social restée sans réponse, un plan qui court, un gel ou une contestation : "
        "rien ne part avant leur fin.",
        (alerts.SECOND_HOLD_DAYS, alerts.HOLD_MAX_DAYS, arrears.PAUSE_DAYS, arrears.PLAN_DAYS),
    ),
    Part(
        "plans", "Plans et surendettement",
        "Un plan est tenu ou rompu d’après l’argent seul. Rompu, il est d’abord dit au service social. Une procédure "
        "de surendettement gèle ce qui était dû avant elle.",
        (
            arrears.PLAN_MONTHS, arrears.PLAN_LATE_DAYS, arrears.PLAN_TOLERANCE, arrears.FREEZE_MONTHS,
            arrears.MORATORIUM_MONTHS, arrears.MEASURES_MONTHS, arrears.CLAUSE_MONTHS,
        ),
    ),
    Part(
        "ordre", "L’ordre de la liste",
        "Ce qui échoit vient d’abord, puis la gravité : des points que chaque dossier détaille. Ils ne décident de "
        "rien.",
        (
            arrears.ORDER_SOON, arrears.ORDER_TERM, arrears.ORDER_TREND, arrears.ORDER_FIRST, arrears.ORDER_LATE,
            arrears.ORDER_MONTHS, arrears.ORDER_TREND_MONTHS, arrears.AGE_SHORT, arrears.AGE_MIDDLE, arrears.AGE_LONG,
        ),
    ),
    Part(
        "mesure", "La mesure des signes",
        "Un signe est jugé sur ce qui a suivi, tel qu’il était connu le jour où il est apparu.",
        (SIGN_WITHIN, SIGN_FEWEST),
    ),
)  # fmt: skip
GROUPS = frozenset({"arrears", "ccapex", "alert"})
"""The groups of parameters of which the page shows each one."""


@dataclass(frozen=True, slots=True)
class StarterRule:
    """A rule as the page tells it. `delays`: by when an alert of it is taken and answered, `urgent` where it is urgent;
    None where no alert is made."""

    code: str
    label: str
    seen: str
    told: str
    holds: str
    keys: tuple[str, ...]
    delays: Delays | None = None
    urgent: Delays | None = None


def _alert(rule: AlertRule, *, also: str = "") -> StarterRule:
    """`also`: who else is told, and how."""
    entry = RULES[rule]
    told = f"{SOCIAL}, {HEADS} si c’est urgent" if entry.may_be_urgent else SOCIAL
    return StarterRule(
        "" if rule == AlertRule.REQUESTED else str(rule), rule.label, entry.seen,
        f"{told}\u00a0; {also}" if also else told,
        entry.holds, entry.params, entry.delays, entry.urgent if entry.may_be_urgent else None,
    )  # fmt: skip


# R11 (a debt after a slide) is not there: the rent goes to the landlord then, and nothing of it is in these books.
STARTER_RULES = (
    _alert(AlertRule.FIRST_DEFAULT),
    _alert(AlertRule.SECOND_DEFAULT),
    _alert(AlertRule.THRESHOLD, also="la gestion locative, par une déclaration à faire"),
    StarterRule(
        "R4", "Plan rompu", "Une mensualité ou un terme du plan reste impayé", SOCIAL, "jusqu’à la réponse",
        (arrears.PLAN_LATE_DAYS, arrears.PLAN_TOLERANCE), USUAL,
    ),
    _alert(AlertRule.BENEFIT_FELL),
    StarterRule(
        "R6", "Plus tard que d’habitude", "Un paiement vient après le jour habituel du ménage",
        f"{RENT}, dans « À surveiller » : aucune alerte", "non", (arrears.SIGN_LATE, arrears.HABIT_MONTHS),
    ),
    StarterRule(
        "R7", "Paiement rejeté", "La banque reprend un paiement", f"{RENT}, le dossier est mis à part",
        "un temps fixe", (arrears.RETURN_DAYS,),
    ),
    _alert(AlertRule.SILENCE),
    _alert(AlertRule.RHYTHM, also="les autres ménages suivis restent sur l’accueil de qui les suit"),
    _alert(AlertRule.TWO_ABSENCES),
    _alert(AlertRule.WEAK_SIGNAL),
    StarterRule(
        "R12", "Alerte sans suite", "Une alerte n’est pas prise, ou reste sans réponse après son délai",
        "La responsable du service social", "non", (), USUAL,
    ),
    _alert(AlertRule.REQUESTED),
)  # fmt: skip
