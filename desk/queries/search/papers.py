"""What bears the reference or the number that a paper shows."""

import re
from datetime import date

from django.db.models import Q
from django.utils.html import format_html

from common.identifiers import compact
from common.links import link
from desk.queries.search.hits import Group, Hit
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write, can
from rent_ledger.billing.codes import ReceiptKind
from rent_ledger.models import BenefitRight, Payment, Receipt, RentDemand

_AVIS = re.compile(r"(?:AVIS-?)?(\d{2})(\d{2})-(\d{1,6})")
# A number of the CAF or MSA has seven digits, sometimes a letter.
_NUMBER = re.compile(r"\d{5,13}[A-Z]?")


def references(query: str, actor: Actor) -> Group | None:
    """The contract, the avis or the right that bears this reference: what a paper or a bank label says."""
    asked = compact(query)
    if not any(c.isdigit() for c in asked):
        return None
    hits = []
    if can(actor, Read(Data.LEASE)):
        same = Q(reference__in=[query.strip(), asked]) | Q(payment_reference=asked)
        hits += [
            Hit(
                link("leases:lease", lease.pk), format_html("Bail <mark>{}</mark>", lease.reference),
                lease.household.name, icon="file-text",
            )
            for lease in Lease.objects.filter(same).select_related("household")
        ]  # fmt: skip
    avis = _AVIS.fullmatch(asked)
    if avis and can(actor, Read(Data.LEDGER)) and 1 <= int(avis[2]) <= 12:
        month = date(2000 + int(avis[1]), int(avis[2]), 1)
        rows = RentDemand.objects.filter(month=month, number=int(avis[3])).select_related("lease__household")
        hits += [
            Hit(
                link("rent_ledger:demand", row.pk), format_html("<mark>{}</mark>", row.reference),
                row.lease.household.name, icon="file-invoice",
            )
            for row in rows
        ]  # fmt: skip
    if _NUMBER.fullmatch(asked) and can(actor, Write(Data.BENEFIT)):
        rights = (
            BenefitRight.objects.filter(beneficiary_number=asked).select_related("lease__household").order_by("-pk")
        )
        hits += [
            Hit(
                link("rent_ledger:benefit_rights", right.lease_id),
                format_html("Allocataire <mark>{}</mark>", right.beneficiary_number), right.lease.household.name,
                icon="coin-euro",
            )
            for right in rights[:1]
        ]  # fmt: skip
    return Group("Références", hits)


# « Quittance n° 12 », « QUIT-000012 », « reçu 108 », as the papers name themselves.
_RECEIPT = re.compile(r"(quittance|quit|recu) (?:no? )?0*(\d{1,9})")


def receipts(key: str, actor: Actor) -> Group | None:
    """The quittance, the reçu of a term or the reçu of money taken at the desk that has this number."""
    asked = _RECEIPT.fullmatch(key)
    if asked is None:
        return None
    number = int(asked[2])
    kind = ReceiptKind.PARTIAL if asked[1] == "recu" else ReceiptKind.FULL
    hits = []
    if kind == ReceiptKind.PARTIAL and can(actor, Read(Data.PAYMENT)):
        hits += [
            Hit(
                link("rent_ledger:payment", row.pk), format_html("<mark>{}</mark>", f"Reçu n° {row.number}"),
                row.account.household.name if row.account.household else "", icon="cash",
            )
            for row in Payment.objects.filter(number=number).select_related("account__household")
        ]  # fmt: skip
    if can(actor, Read(Data.LEDGER)):
        hits += [
            Hit(
                link("rent_ledger:demand", row.demand_id),
                format_html("<mark>{} n° {}</mark>", row.get_kind_display(), row.number),
                f"{row.demand.lease.household.name}, {row.demand.reference}", icon="receipt-euro",
            )
            for row in Receipt.objects.filter(kind=kind, number=number).select_related("demand__lease__household")
        ]  # fmt: skip
    return Group("Quittances et reçus", hits)
