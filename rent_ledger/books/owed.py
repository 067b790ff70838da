"""What a household owes, in the words of every page, paper and export: due today, to fall due, by a plan, in all."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common import clock
from common.money import ZERO
from common.typography import agree, euros, short_day


@dataclass(frozen=True, slots=True)
class Owed:
    """Euros as of `on`. `due`: due by then; `upcoming`: asked already and due later; `advance`: paid, and not used yet;
    `spread`: what a signed plan asks by instalments of later days.

    What a freeze or a dispute holds is due too, and so is what a plan asks by then.
    """

    due: Decimal = ZERO
    upcoming: Decimal = ZERO
    advance: Decimal = ZERO
    on: date | None = None
    spread: Decimal = ZERO

    def __add__(self, other: "Owed") -> "Owed":
        """Of several accounts, as of the oldest of their days."""
        days = [day for day in (self.on, other.on) if day]
        return Owed(
            self.due + other.due,
            self.upcoming + other.upcoming,
            self.advance + other.advance,
            min(days, default=None),
            self.spread + other.spread,
        )

    @property
    def total(self) -> Decimal:
        """What would settle it all, below zero in advance."""
        return self.due + self.upcoming + self.spread - self.advance

    @property
    def sum(self) -> str:
        """`250,00 € dus + 400,00 € à échoir − 20,00 € d’avance = 630,00 € au total`; of an advance alone, that; empty
        where what is due is all."""
        coming = f" + {euros(self.upcoming)} à échoir" if self.upcoming else ""
        coming += f" + {euros(self.spread)} {agree(self.spread, 'étalé,étalés')} par le plan" if self.spread else ""
        if not (self.due or coming):
            return f"{euros(self.advance)} d’avance" if self.advance else ""
        less = f" − {euros(self.advance)} d’avance" if self.advance else ""
        if not (coming or less):
            return ""
        return f"{euros(self.due)} {agree(self.due, 'dû,dus')}{coming}{less} = {euros(self.total)} au total"

    @property
    def label(self) -> str:
        """What `due` is called: the day of the figures is said where it is not today."""
        today = clock.today()
        return "Dû aujourd’hui" if self.on in (None, today) else f"Dû au {short_day(self.on, today=today)}"
