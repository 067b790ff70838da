"""What the books tell of households in their list: what is due today, and where the arrears stand."""

from collections.abc import Collection, Mapping
from datetime import date

from common.typography import euros
from leases.households.beside import Aside, Cell, tell
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from rent_ledger.arrears.queries.standing import badge_of, standings


def _balances(ids: Collection[int], actor: Actor, day: date) -> Mapping[int, Cell]:
    return {
        household: Cell(euros(standing.debt) if standing.debt else "–", badge=badge_of(standing.lane, actor))
        for household, standing in standings(ids).items()
    }


def _reads_ledger(actor: Actor) -> bool:
    return can(actor, Read(Data.LEDGER))


tell(Aside("Dû aujourd’hui", rank=30, num=True, badges="Situation", may=_reads_ledger, read=_balances))
