"""Which dwellings may not have their rent revised for their energy class.

Loi 89-462, art. 17-1, as docs/law.md has it: no revision of the rent of a dwelling of class F or G under a contract
signed, renewed or tacitly renewed since a given day (one for the metropole, one for overseas départements). A dwelling
may have several contracts, so its page shows that day and does not decide for each of them.
"""

from dataclasses import dataclass
from datetime import date

from common.codes import Code
from common.reasons import Reason
from stock.dwellings.codes import EnergyClass

# Départements and regions of overseas by the start of their commune's code (COG, INSEE): the law has a day for them.
OVERSEAS = ("971", "972", "973", "974", "976")


class EnergyReason(Code):
    RENT_FROZEN = (
        "RENT_FROZEN",
        "Classe {energy_class} : loyer non révisable pour les baux signés ou reconduits depuis le {since:date}",
    )


@dataclass(frozen=True, slots=True)
class EnergyParams:
    """`frozen`: classes without revision. `since`, `since_overseas`: first day of the contracts that it is true of."""

    frozen: frozenset[EnergyClass]
    since: date
    since_overseas: date


def frozen_rent(*, energy_class: str, commune: str, day: date, params: EnergyParams) -> Reason | None:
    """Why the rent may not be revised on `day`; None where it may, or where the class is not known."""
    if energy_class not in params.frozen:
        return None
    since = params.since_overseas if commune.startswith(OVERSEAS) else params.since
    if day < since:
        return None
    return Reason(EnergyReason.RENT_FROZEN, {"energy_class": energy_class, "since": since})
