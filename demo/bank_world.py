"""The bank of the demo: it keeps movements until a statement file brings them to the ordinary import.

camt.053 for the association's own account, CFONB 120 for the one that it holds for owners.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from demo.draws import Draws
from demo.households import Housed
from demo.lives import Means, Planned
from office.house.codes import HeldFor
from office.models import BankAccount
from rent_ledger.bank.formats.write_camt053 import write_camt053
from rent_ledger.bank.formats.write_cfonb120 import write_cfonb120
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement

# What the manager at the bank page can see of the payer of a line.
Seen = tuple[date, Decimal, str]
KEPT = Decimal("12000.00")
"""What stays on an account when its owners have had their rents."""
OWNERS_DAY = 15
VAGUE = ("VIREMENT", "VIR INST", "LOYER", "VERSEMENT", "VIR SEPA RECU")


@dataclass(slots=True)
class Bank:
    """One bank account: its balance, its future movements by day, and who really made each."""

    account: BankAccount
    balance: Decimal
    draws: Draws
    coming: defaultdict[date, list[WrittenEntry]] = field(default_factory=lambda: defaultdict(list))
    truth: dict[Seen, Housed] = field(default_factory=dict)
    last_day: date | None = None
    sequence: int = 0

    def expect(self, entry: WrittenEntry, of: Housed | None = None) -> None:
        """`entry` will be booked on its day."""
        self.coming[entry.booking_day].append(entry)
        if of is not None:
            self.truth[entry.booking_day, entry.amount, entry.label] = of

    def pay(self, planned: Planned, housed: Housed, demand_reference: str) -> None:
        """A household's transfer; or, if it will be returned, a direct debit and its return three days later."""
        name, rf, iban = housed.holder.upper(), "", housed.iban
        rng = self.draws.of("words of a transfer", housed.key, planned.day)
        label = f"VIR {name}"
        if planned.means == Means.REFERENCE:
            rf = housed.lease.payment_reference
        elif planned.means == Means.NUMBER:
            label = f"VIR {name} {demand_reference}"
        elif planned.means == Means.RELATIVE:
            name, iban = f"{rng.choice(('MARTIN', 'PETIT', 'ROBERT'))} {housed.holder.split()[-1].upper()}", ""
            label = f"VIR {name} {demand_reference}"
        elif planned.means == Means.VAGUE:
            name, iban, label = "", "", rng.choice(VAGUE)
        day = working_day(planned.day)
        mandate = f"RUM{housed.lease.pk:08d}" if planned.returned else ""
        end_to_end = f"{demand_reference}-{housed.lease.pk}" if planned.returned else ""
        entry = WrittenEntry(
            label=label[:140], amount=planned.amount, booking_day=day, name=name, iban=iban, mandate=mandate,
            end_to_end=end_to_end, structured_reference="" if mandate else rf, bank_reference=self._reference(day),
        )  # fmt: skip
        self.expect(entry, housed)
        if planned.returned:
            back = working_day(day + timedelta(days=3))
            self.expect(
                WrittenEntry(
                    label=f"REJET PRLV {name}"[:140], amount=-planned.amount, booking_day=back, name=name, iban=iban,
                    mandate=mandate, end_to_end=end_to_end, return_reason="AM04", bank_reference=self._reference(back),
                ),
                housed,
            )  # fmt: skip

    def _reference(self, day: date) -> str:
        self.sequence += 1
        return f"{day:%y%m%d}{self.sequence:08d}"

    def _pay_owners(self, until: date) -> None:
        """Once a month, transfer the rents to the landlords or mandants; a reserve stays."""
        day = working_day(until.replace(day=OWNERS_DAY))
        if self.last_day is None or not self.last_day < day <= until or self.balance <= 2 * KEPT:
            return
        words = (
            "VIR REVERSEMENT PROPRIETAIRES" if self.account.held_for == HeldFor.MANDANTS else "VIR LOYERS AUX BAILLEURS"
        )
        self.expect(
            WrittenEntry(
                label=f"{words} {day:%m/%Y}", amount=KEPT - self.balance, booking_day=day,
                bank_reference=self._reference(day),
            )
        )  # fmt: skip

    def file(self, until: date) -> tuple[str, bytes] | None:
        """The statement from the day after the last one to `until`, or None if there was no movement."""
        self._pay_owners(until)
        days = sorted(day for day in self.coming if day <= until)
        entries = tuple(entry for day in days for entry in self.coming.pop(day))
        if not entries:
            return None
        opening_day = self.last_day or days[0] - timedelta(days=1)
        self.sequence += 1
        statement = WrittenStatement(
            iban=self.account.iban, opening=self.balance, opening_day=opening_day, closing_day=until, entries=entries,
            sequence=self.sequence, owner_name="ASSOCIATION RIVE NEUVE",
        )  # fmt: skip
        self.balance, self.last_day = statement.closing, until
        if self.account.held_for == HeldFor.MANDANTS:
            return f"releve_{until:%Y%m%d}.cfonb", write_cfonb120([statement])
        return f"releve_{until:%Y%m%d}.xml", write_camt053([statement], version="02")


def working_day(day: date) -> date:
    """`day`, or the Monday after a week-end."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day
