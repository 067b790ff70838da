"""Which paper a household gets for what it paid: a quittance or a reçu.

Loi 89-462, art. 21: a quittance is free, splits rent and charges, and is given for a payment in full; a part payment
gets a reçu. CCH R.353-21: a quittance after full payment of rent and accessories. Settled means settled *by
allocation*, the tenant's part and the benefit's (decision 4). An occupation indemnity is never receipted as rent
(RULES A1.3c): it gets a reçu.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from common.money import ZERO

Kind = Literal["FULL", "PARTIAL", "NONE"]
FULL: Kind = "FULL"
PARTIAL: Kind = "PARTIAL"
NONE: Kind = "NONE"


@dataclass(frozen=True, slots=True)
class TermState:
    """A demand as allocated, in euros.

    `counted`: what of it counts for the quittance; `tenant_left`: what of that the household still owes, what the payer
    did not pay of its month included; `aid_left`: what is still awaited from the payer; `tenant_paid` and `aid_paid`:
    what came in; `written_off`: what was given up, which nobody paid.
    """

    is_indemnity: bool
    counted: Decimal
    tenant_paid: Decimal
    tenant_left: Decimal
    aid_paid: Decimal
    aid_left: Decimal
    written_off: Decimal = ZERO

    @property
    def received(self) -> Decimal:
        return self.tenant_paid + self.aid_paid


@dataclass(frozen=True, slots=True)
class Ruling:
    """`kind`, and why in French."""

    kind: Kind
    reason: str


def choose(state: TermState) -> Ruling:
    """The paper that is due for what was received so far."""
    if state.received <= 0:
        return Ruling(NONE, "rien n’est encore reçu pour ce terme")
    if state.is_indemnity:
        return Ruling(PARTIAL, "une indemnité d’occupation donne un reçu, jamais une quittance")
    if not state.counted:
        return Ruling(PARTIAL, "rien dans cet avis ne donne lieu à quittance")
    if state.tenant_left > 0:
        return Ruling(PARTIAL, "une partie du terme reste à payer")
    if state.aid_left > 0:
        return Ruling(PARTIAL, "la part du ménage est payée, l’aide au logement est encore attendue")
    if state.written_off > 0:
        return Ruling(PARTIAL, "une partie du terme a été abandonnée, elle n’a pas été payée")
    return Ruling(FULL, "le terme est entièrement réglé")
