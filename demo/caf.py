"""The CAF of the demo: rights, and each month a benefit statement (CSV) with its transfer on the bank."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from common.money import ZERO, round_cents
from common.periods import Month
from demo.bank_world import working_day
from demo.households import Housed
from demo.lives import Behaviour
from demo.play import Play
from rent_ledger.bank.formats.written import WrittenEntry
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.billing.codes import DemandState
from rent_ledger.models import RentDemand
from rent_ledger.rights.codes import BenefitKind
from rent_ledger.rights.services import NewRight, end_rights, set_rights

COLUMNS = ("Allocataire", "Nom", "Dossier", "Mois", "Nature", "Montant")
MAPPING = {
    "number": "Allocataire", "name": "Nom", "lease": "Dossier", "month": "Mois", "kind": "Nature", "amount": "Montant",
}  # fmt: skip


class Caf:
    """Pays what is due on the 25th, with exceptions: no line for a suspended right, a smaller amount for others."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.suspended: dict[int, list[tuple[date, Decimal]]] = {}
        self.rights: dict[int, int] = {}

    def open_rights(self, entered: Sequence[Housed]) -> None:
        """Open the rights. Nothing is due for the month of entry, so each right begins with the next month."""
        rights = [
            NewRight(
                lease=housed.lease, kind=BenefitKind.APL, beneficiary_number=housed.beneficiary_number,
                amount=housed.benefit,
                start=Month.of(housed.lease.period.lower).plus(1).first,
            )
            for housed in entered if housed.benefit > 0
        ]  # fmt: skip
        for right in set_rights(payer=self.play.house.caf, rights=rights, actor=self.play.house.actors["nadege"]):
            self.rights[right.lease_id] = right.pk

    def close_rights(self, left: Sequence[Housed], day: date) -> None:
        """End the rights of those who left, from this month on. A right that has not begun yet stays as it is."""
        first = Month.of(day).first
        ended = [
            right
            for housed in left
            if (right := self.rights.pop(housed.lease.pk, None)) is not None
            and first > Month.of(housed.lease.period.lower).plus(1).first
        ]
        end_rights(right_ids=ended, on=first, reason="Départ du ménage", actor=self.play.house.actors["nadege"])

    def day(self, day: date) -> None:
        paid_on = working_day(date(day.year, day.month, 25))
        if day != paid_on:
            return
        month = date(day.year, day.month, 1)
        rows: list[tuple[str, ...]] = []
        total = ZERO
        demands = RentDemand.objects.filter(month=month, state=DemandState.ISSUED, benefit__gt=0).order_by("lease_id")
        for lease_id, benefit in demands.values_list("lease_id", "benefit"):
            housed = self.play.housed[lease_id]
            for of_month, nature, amount in self._lines(housed, benefit, month):
                written = str(amount).replace(".", ",")
                number, who, lease = housed.beneficiary_number, housed.holder.upper(), housed.lease.reference
                rows.append((number, who, lease, f"{of_month:%m/%Y}", nature, written))
                total += amount
        if not rows:
            return
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
        import_benefit_statement(
            data=text.getvalue().encode("cp1252"), name=f"bordereau_caf_{day:%Y%m}.csv", payer=self.play.house.caf,
            mapping=MAPPING, paid_on=day, actor=self.play.house.actors["nadege"], wet=True,
        )  # fmt: skip
        if total > 0:
            bank = self.play.banks[self.play.house.own.pk]
            bank.expect(
                WrittenEntry(
                    label=f"VIR SEPA CAF DE L AUDE AIDES AU LOGEMENT {day:%m %Y}", amount=total, booking_day=day,
                    name="CAF DE L AUDE", bank_reference=f"CAF{day:%y%m%d}",
                )
            )  # fmt: skip

    def _lines(self, housed: Housed, expected: Decimal, month: date) -> list[tuple[date, str, Decimal]]:
        """What the statement says of a household: usually the amount that was expected."""
        number = self.play.month_number(month)
        life = housed.life
        if life.behaviour == Behaviour.BENEFIT_SUSPENDED:
            kept = self.suspended.setdefault(housed.lease.pk, [])
            if life.trouble <= number < life.trouble + 3:
                kept.append((month, expected))
                return []
            back, self.suspended[housed.lease.pk] = list(kept), []
            return [(month, BenefitKind.APL, expected), *((m, "RAPPEL APL", amount) for m, amount in back)]
        rng = self.play.draws.of("benefit", housed.key, month)
        if rng.random() < 0.012:
            return [(month, BenefitKind.APL, round_cents(expected * Decimal(rng.choice(("0.72", "0.9", "1.06")))))]
        return [(month, BenefitKind.APL, expected)]
