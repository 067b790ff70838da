"""What each of the twelve rights is: whose, asked of whom, since when it exists, how long it usually runs.

S0-08 names no list: these are the rights of social work in housing. Names and days of the texts are general knowledge,
not read again (docs/law.md A4b). How long one runs is a dated parameter; it is proposed, never written by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from social_link.rights.codes import RightKind


@dataclass(frozen=True, slots=True)
class RightRule:
    """`asked_of`: who decides. `is_personal`: each adult has his own; else it is the household's. `is_health`: it tells
    of health. `since`: the first day on which it exists, None where it is older than what is kept. `months`: how long
    it usually runs, None where the paper alone says it."""

    asked_of: str
    is_personal: bool = False
    is_health: bool = False
    since: date | None = None
    months: int | None = None


CAF = "CAF ou MSA"
KINDS: Mapping[RightKind, RightRule] = {
    # Loi 2008-1249, art. 28; each quarter is declared (CASF, R. 262-7).
    RightKind.RSA: RightRule(CAF, since=date(2009, 6, 1), months=3),
    # Loi 2015-994, art. 57; each quarter is declared (CSS, R. 843-1).
    RightKind.ACTIVITY: RightRule(CAF, since=date(2016, 1, 1), months=3),
    RightKind.FAMILY: RightRule(CAF),
    RightKind.HOUSING: RightRule(CAF),
    # Loi 2015-992, art. 201: everywhere from 2018 on, one a year.
    RightKind.ENERGY: RightRule("Agence de services et de paiement", since=date(2018, 1, 1), months=12),
    RightKind.SOCIAL_FUND: RightRule("Département ou fournisseur"),
    RightKind.UNEMPLOYED: RightRule("France Travail", is_personal=True),
    RightKind.OLD_AGE: RightRule("Caisse de retraite", is_personal=True),
    RightKind.COVER: RightRule("CPAM ou MSA", is_personal=True, is_health=True),
    # Loi 2018-1203, art. 52; granted for a year (CSS, L. 861-5).
    RightKind.TOP_UP: RightRule("CPAM ou MSA", is_personal=True, is_health=True, since=date(2019, 11, 1), months=12),
    RightKind.DISABLED: RightRule("MDPH, puis CAF ou MSA", is_personal=True, is_health=True),
    RightKind.MDPH: RightRule("MDPH", is_personal=True, is_health=True),
}
PERSONAL = tuple(kind for kind, rule in KINDS.items() if rule.is_personal)
HEALTH = tuple(kind for kind, rule in KINDS.items() if rule.is_health)


def existed_on(kind: RightKind, day: date) -> bool:
    """Whether the right was there on `day`."""
    since = KINDS[kind].since
    return since is None or day >= since
