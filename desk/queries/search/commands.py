"""What the search opens beside what it finds: pages of the menu, and verbs with a name and an amount.

A page is for who may open it, a verb for whose role may do it: the page that it leads to asks again.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html

from common.links import link
from common.text import sort_key
from common.typography import call_link, euros, phone
from desk.menu import ACCOUNT, PLACES, STARTS, Place, may_open
from desk.queries.search.hits import Group, Hit
from maintenance.tickets.perms import can_open
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.codes import AccountKind
from rent_ledger.models import Account, RentDemand

PAGES = "Pages"
ACTIONS = "Actions"


# ---------- pages ----------


def pages(key: str, actor: Actor, limit: int) -> tuple[Group | None, bool]:
    """The pages of which every typed word begins a word, and whether one of them is meant: its word is whole."""
    typed = key.split()
    found: list[Hit] = []
    is_meant = False
    for place in (*PLACES.values(), *STARTS, *ACCOUNT):
        known = sort_key(f"{place.label} {place.short} {place.also}").split()
        if not all(any(word.startswith(start) for word in known) for start in typed) or not _opens(actor, place):
            continue
        is_named = all(any(word in (name, name.removesuffix("s")) for name in known) for word in typed)
        hit = Hit(link(place.name), format_html("{}", place.label), icon=place.icon)
        # Who writes the whole word means this page: before those that it only begins.
        found.insert(0 if is_named and not is_meant else len(found), hit)
        is_meant |= is_named
    return (Group(PAGES, found[:limit], more=len(found) > limit), is_meant) if found else (None, False)


def _opens(actor: Actor, place: Place) -> bool:
    """The pages of the account are everybody's own."""
    return place in ACCOUNT or may_open(actor, place.name)


# ---------- verbs ----------


@dataclass(frozen=True, slots=True)
class Asked:
    """« encaisser sarr 120 »: the verb, who (a sort key), how much."""

    verb: "Verb"
    who: str
    amount: Decimal | None = None


Addresses = dict[int, tuple[str, str]]
"""By household, the address of the verb's page and its small print; a household without one is left out."""


@dataclass(frozen=True, slots=True)
class Verb:
    """`words` as people type it (sort keys), `says` the line with the name, `where` its pages for these households.

    `is_offered`: also shown under a household that is found by its name.
    """

    words: tuple[str, ...]
    says: str
    icon: str
    where: Callable[[list[Hit], Actor, Decimal | None], Addresses]
    is_offered: bool = False


def _cash(hits: list[Hit], actor: Actor, amount: Decimal | None) -> Addresses:
    if not can(actor, Write(Data.PAYMENT)):
        return {}
    sum_ = {"montant": f"{amount:.2f}".replace(".", ",")} if amount else {}
    note = euros(amount) if amount else ""
    return {hit.household_id: (link("rent_ledger:payments", menage=hit.household_id, **sum_), note) for hit in hits}


def _request(hits: list[Hit], actor: Actor, amount: Decimal | None) -> Addresses:
    if not can_open(actor):
        return {}
    # A request is about a dwelling held today.
    return {h.household_id: (link("maintenance:ticket_new", menage=h.household_id), "") for h in hits if h.is_housed}


def _of_follower(name: str) -> Callable[[list[Hit], Actor, Decimal | None], Addresses]:
    def where(hits: list[Hit], actor: Actor, amount: Decimal | None) -> Addresses:
        if not can(actor, Write(Data.CONTACT, OWN)):
            return {}
        every = can(actor, Write(Data.CONTACT))
        return {h.household_id: (link(name, h.household_id), "") for h in hits if every or h.is_followed}

    return where


def _call(hits: list[Hit], actor: Actor, amount: Decimal | None) -> Addresses:
    return {h.household_id: (call_link(h.number), phone(h.number)) for h in hits if h.number}


def _last_avis(hits: list[Hit], actor: Actor, amount: Decimal | None) -> Addresses:
    if not can(actor, Read(Data.LEDGER)):
        return {}
    rows = RentDemand.objects.filter(lease__household__in=[h.household_id for h in hits], state=DemandState.ISSUED)
    last = rows.order_by("lease__household_id", "-month", "-pk").distinct("lease__household_id").select_related("lease")
    return {row.lease.household_id: (link("rent_ledger:demand", row.pk), row.reference) for row in last}


def _statement(hits: list[Hit], actor: Actor, amount: Decimal | None) -> Addresses:
    if not can(actor, Read(Data.LEDGER)):
        return {}
    rows = Account.objects.filter(household__in=[h.household_id for h in hits], kind=AccountKind.TENANT)
    found: Addresses = {}
    for household, account in rows.order_by("-lease__period", "-pk").values_list("household_id", "pk"):
        if household is not None:
            found.setdefault(household, (link("rent_ledger:statement", account), ""))
    return found


VERBS = (
    Verb(("encaisser", "encaisse", "paiement"), "Encaisser pour", "cash", _cash, is_offered=True),
    Verb(("demande", "panne", "reparer"), "Ouvrir une demande pour", "plus", _request, is_offered=True),
    Verb(
        ("contact", "noter"), "Noter un contact avec", "phone", _of_follower("social_link:contact_new"),
        is_offered=True,
    ),
    Verb(("visite", "visiter", "rdv"), "Prévoir une visite chez", "calendar-plus",
         _of_follower("social_link:visit_new")),
    Verb(("appeler", "appelle", "appel"), "Appeler", "phone", _call),
    Verb(("avis",), "Dernier avis de", "file-invoice", _last_avis),
    Verb(("releve", "compte"), "Relevé de", "list-details", _statement),
)  # fmt: skip
_BY_WORD = {word: verb for verb in VERBS for word in verb.words}

# The last word, where it is a sum: « 120 », « 225,52 », « 1 204,70 € ».
_SUM = re.compile(r"\s(\d{1,3}(?:[\u00a0\u202f]\d{3})+|\d{1,7})(?:[.,](\d{1,2}))?\s*(?:€|euros?)?\s*$")


def asked(query: str) -> Asked | None:
    """What a query with a verb first asks for; None without a verb, or with nobody after it."""
    first, _, rest = query.strip().partition(" ")
    verb = _BY_WORD.get(sort_key(first))
    if verb is None:
        return None
    amount = None
    if verb.where is _cash and (found := _SUM.search(f" {rest}")):
        whole, cents = re.sub(r"\D", "", found[1]), (found[2] or "").ljust(2, "0")
        amount = Decimal(f"{whole}.{cents}")
        rest = f" {rest}"[: found.start()]
    who = sort_key(rest)
    # « avis 2611-103 » is the number of a paper.
    return Asked(verb, who, amount) if who and not any(c.isdigit() for c in who) else None


def verb_group(asks: Asked, homes: list[Hit], actor: Actor) -> Group | None:
    """The verb for each of these households, for whose role may do it."""
    hits = _hits(asks.verb, homes, actor, asks.amount)
    return Group(ACTIONS, hits) if hits else None


def offered(home: Hit, actor: Actor) -> Group | None:
    """The frequent verbs on the household that is found first."""
    hits = [hit for verb in VERBS if verb.is_offered for hit in _hits(verb, [home], actor, None)]
    return Group(ACTIONS, hits) if hits else None


def _hits(verb: Verb, homes: Iterable[Hit], actor: Actor, amount: Decimal | None) -> list[Hit]:
    homes = list(homes)
    where = verb.where(homes, actor, amount)
    return [
        Hit(url, format_html("{} <strong>{}</strong>", verb.says, home.title), note, icon=verb.icon)
        for home in homes
        if home.household_id in where
        for url, note in [where[home.household_id]]
    ]
