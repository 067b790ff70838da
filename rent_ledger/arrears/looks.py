"""How lanes and actions are shown: the one place of their meaning, words and order. Their names are in `codes`."""

from collections.abc import Iterable
from dataclasses import dataclass

from common.codes import Code
from common.links import link
from common.looks import MEANINGS, Look
from common.reasons import Reason
from rent_ledger.arrears.codes import LetterHoldSource, Living, OrderWord, SignKind
from rent_ledger.books.codes import Action, Lane, OrderWhy, PlanStanding


@dataclass(frozen=True, slots=True)
class LaneLook:
    """`meaning` brings the icon and the hue; `short` is its word in the strip, `word` the one of its address."""

    meaning: str
    short: str
    word: str

    @property
    def hue(self) -> str:
        return MEANINGS[self.meaning][0]

    @property
    def icon(self) -> str:
        return MEANINGS[self.meaning][1]


# In order of work: the lane to treat first comes first.
LANES: dict[str, LaneLook] = {
    Lane.NEW: LaneLook("new", "Nouveau", "nouveau"),
    Lane.BROKEN: LaneLook("late", "Plan rompu", "plan-rompu"),
    Lane.TECHNICAL: LaneLook("technical", "Technique", "technique"),
    Lane.REFERRED: LaneLook("social", "Signalé", "signale"),
    Lane.PAUSED: LaneLook("paused", "En pause", "pause"),
    Lane.LEGAL: LaneLook("legal", "Contentieux", "contentieux"),
    Lane.PLAN: LaneLook("plan", "Plan en cours", "plan-en-cours"),
    Lane.GONE: LaneLook("gone", "Partis", "partis"),
    Lane.HELD: LaneLook("todo", "Hors relance", "hors-relance"),
    Lane.NONE: LaneLook("done", "À jour", ""),
}
# Words of the addresses: every lane of arrears has its list.
SITUATIONS: dict[str, Lane] = {look.word: Lane(lane) for lane, look in LANES.items() if look.word}


def lane_order(lane: str) -> int:
    """A key to sort by: where work waits first."""
    return list(LANES).index(lane)


PLAN_WORD = "plan"
"""The word of what is no lane: a plan is asked, and waits."""


SWITCH_WORD = "nouveau-seuil"
"""The word of the accounts that the coming legal regime would constitute on its first day."""


def arrears_page(lane: str = "", *, situation: str = "") -> str:
    """The list of arrears: of one lane, of a word of its own, or of what waits for a decision."""
    word = LANES[lane].word if lane else situation
    return link("rent_ledger:arrears", situation=word) if word else link("rent_ledger:arrears")


# Who stopped the letters, after « suspendues par ».
HOLD_AUTHORS: dict[str, str] = {
    LetterHoldSource.SOCIAL: "le service social",
    LetterHoldSource.RENT: "la gestion locative",
    LetterHoldSource.RULE: "la règle d’alerte",
}
# Action → (its icon, the end of « Pourquoi … ? »).
ACTIONS: dict[str, tuple[str, str]] = {
    Action.NOTHING: ("hourglass", "ne rien réclamer"),
    Action.WAIT: ("clock", "attendre"),
    Action.COURTESY: ("message", "un message courtois"),
    Action.CALL: ("phone", "appeler"),
    Action.ALERT_SOCIAL: ("heart-handshake", "alerter le social"),
    Action.VISIT: ("home-check", "demander une visite"),
    Action.WAIT_ANSWER: ("player-pause", "attendre la réponse"),
    Action.REPORT_PAYER: ("building-community", "déclarer à la CAF"),
    Action.REMINDER: ("file-text", "relancer par écrit"),
    Action.FORMAL_NOTICE: ("file-certificate", "mettre en demeure"),
    Action.WRITE_GONE: ("mail", "écrire à la nouvelle adresse"),
    Action.ANSWER_PLAN: ("calendar-check", "répondre au plan"),
}
_WORDS: dict[Code, OrderWord] = {
    OrderWhy.ON_TIME: OrderWord.ON_TIME,
    OrderWhy.RISES: OrderWord.RISES,
    OrderWhy.FALLS: OrderWord.FALLS,
    OrderWhy.FIRST: OrderWord.FIRST,
}


def order_words(facts: Iterable[Reason]) -> str:
    """« 2 sur 12 à temps, en hausse »: the facts of the order that no column of the list says."""
    figures = {fact.code: fact.figures for fact in facts}
    return ", ".join(Reason(word, figures[code]).text() for code, word in _WORDS.items() if code in figures)


SIGN_ICONS: dict[str, str] = {
    SignKind.LATE: "clock",
    SignKind.PART: "coin-euro",
    SignKind.AID: "trending-down",
    SignKind.RETURN: "credit-card-refund",
    SignKind.LEASE_END: "door-exit",
    SignKind.RIGHT_END: "calendar-event",
}
ADVICE = {True: "Un appel de courtoisie, au plus", False: "Rien à faire, surveiller"}
"""What an account with a sign asks, by whether the sign is about paying."""
# How a plan stands today.
PLAN_STANDINGS: dict[str, Look] = {
    PlanStanding.ON_TIME: Look(PlanStanding.ON_TIME.label, "done"),
    PlanStanding.LATE: Look(PlanStanding.LATE.label, "late"),
    PlanStanding.BROKEN: Look(PlanStanding.BROKEN.label, "late"),
    PlanStanding.KEPT: Look(PlanStanding.KEPT.label, "done"),
}


LIVINGS = {Living.EASY: "ok", Living.TIGHT: "warn", Living.UNTENABLE: "danger"}
"""What a plan leaves to live on: meaning of its word."""
