"""Who owes an amount, who paid it, which line of the bank has it."""

import re
from datetime import date, timedelta
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import clock
from common.links import link
from common.typography import euros, short_day
from desk.queries.search.hits import Group, Hit
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from rent_ledger.bank.codes import LineState
from rent_ledger.models import AccountState, BankLine, Match, Payment

_AMOUNT = re.compile(r"^\s*(\d{1,3}(?:[\s\u00a0\u202f]?\d{3})*|\d+)[.,](\d{2})\s*€?\s*$")


def amount_of(query: str) -> Decimal | None:
    """« 306,00 », « 1 204,70 € » → the amount; None where the text is not one."""
    match = _AMOUNT.match(query)
    return Decimal(re.sub(r"\D", "", match[1]) + "." + match[2]) if match else None


# How far back money is looked for: it keeps the search on an index.
PAID_WITHIN = timedelta(days=100)


def amounts(query: str, actor: Actor, day: date, limit: int) -> Group | None:
    """Who owes this amount, who paid it lately, and which bank line of this amount still waits."""
    amount = amount_of(query)
    if amount is None or not can(actor, Read(Data.LEDGER)):
        return None
    shown = format_html("<mark>{}</mark>", euros(amount))
    hits = [
        _money_hit(state.account.household, "doit", shown, state.oldest_due, "depuis le", "coin-euro")
        for state in AccountState.objects.filter(debt=amount, debt__gt=0)
        .select_related("account__household")
        .order_by("account")[:limit]
    ]
    since = day - PAID_WITHIN
    payments = Payment.objects.filter(amount=amount, received_on__gte=since).select_related("account__household")
    hits += [
        _money_hit(
            payment.account.household,
            "a payé",
            shown,
            payment.received_on,
            "au guichet le",
            "cash",
            proof=link("desk:proof", payment.account_id, payment.entry_id),
        )
        for payment in payments.order_by("-id")[:limit]
    ]
    lines = BankLine.objects.filter(amount=amount, booking_day__gte=since)
    matches = (
        Match.objects.filter(
            line__in=lines.filter(state__in=[LineState.SURE, LineState.PLACED]), is_accepted=True, undone_at=None
        )
        .select_related("account__household", "line")
        .order_by("-line__booking_day", "-id")[:limit]
    )
    hits += [
        _money_hit(
            match.account.household,
            "a payé",
            shown,
            match.line.booking_day,
            "par la banque le",
            "building-bank",
            proof=link("desk:proof", match.account_id, match.entry_id) if match.entry_id else "",
        )
        for match in matches
    ]
    if can(actor, Read(Data.BANK)):
        waiting = lines.filter(state__in=[LineState.PROPOSED, LineState.TO_PLACE]).order_by("-booking_day", "-id")
        hits += [
            Hit(
                url=link("rent_ledger:bank"),
                title=format_html("Ligne de banque de {}, à placer", shown),
                note=f"le {short_day(line.booking_day, today=clock.today())}",
                icon="building-bank",
            )
            for line in waiting[:limit]
        ]
    return Group("Montants", [hit for hit in hits if hit])


def _money_hit(
    household: Household | None,
    verb: str,
    shown: SafeString,
    on: date | None,
    words: str,
    icon: str,
    *,
    proof: str = "",
) -> Hit | None:
    """`proof`: where money came, its line of the account, which opens beside the page."""
    if household is None:
        return None
    return Hit(
        url=proof or link("desk:household", household.pk),
        title=format_html("{} {} {}", household.name, verb, shown),
        note=f"{words} {short_day(on, today=clock.today())}" if on else "",
        icon=icon,
    )
