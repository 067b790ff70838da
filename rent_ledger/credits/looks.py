"""How the credits stand, as lists show it, in the order of work, with the word of each in its address."""

from common.looks import Look
from rent_ledger.credits.codes import CreditStanding

STANDINGS: dict[str, Look] = {
    CreditStanding.TO_DECIDE: Look("À décider", "due"),
    CreditStanding.TO_PAY: Look("À rembourser", "attention", "send"),
    CreditStanding.PAYER: Look("Attend l’organisme", "todo", "building-community"),
    CreditStanding.KEPT: Look("Gardé", "done"),
    CreditStanding.RECENT: Look("Récent", "neutral", "clock"),
}
WORDS: dict[str, CreditStanding] = {
    "a-decider": CreditStanding.TO_DECIDE,
    "a-rembourser": CreditStanding.TO_PAY,
    "organisme": CreditStanding.PAYER,
    "gardes": CreditStanding.KEPT,
    "recents": CreditStanding.RECENT,
}
