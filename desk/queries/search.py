"""One search for everything: names, phones, streets, dwellings, requests, amounts. Accents and case ignored.

Every source is searched by an index (trigrams of `sort_key`) and filtered by `visible_to`: nobody finds a row that he
may not open.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from common import clock
from common.identifiers import compact
from common.links import link
from common.periods import contains, last_day
from common.text import sort_key
from common.typography import euros, phone, short_day
from leases.households.models import searched_number
from leases.households.perms import can_read_address
from leases.models import Household, Lease, Membership, Occupancy, Person
from maintenance.models import Ticket
from maintenance.tickets.codes import TicketState
from maintenance.tickets.perms import can_open
from maintenance.tickets.queries import tickets_for
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, access_of, can
from office.models import Organisation
from rent_ledger.arrears.looks import LANES, lane_order
from rent_ledger.bank.codes import LineState
from rent_ledger.billing.codes import ReceiptKind
from rent_ledger.books.codes import DEBT_KINDS, Lane
from rent_ledger.models import AccountState, BankLine, BenefitRight, Match, Payment, Receipt, RentDemand
from social_link.contacts.perms import followed_by
from stock.models import Dwelling, HeadAgreement

SHORTEST = 2
PANEL = 5
PAGE = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `title` has its matching part marked; `note` is small print; `badge` is (label, meaning)."""

    url: str
    title: SafeString
    note: str = ""
    icon: str = ""
    initials: str = ""
    badge: tuple[str, str] | None = None
    household_id: int = 0
    is_housed: bool = False


@dataclass(slots=True)
class Group:
    title: str
    hits: list[Hit]
    more: bool = False


@dataclass(slots=True)
class Results:
    query: str
    groups: list[Group] = field(default_factory=list)
    too_short: bool = False

    @property
    def count(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def search(*, query: str, actor: Actor, day: date, limit: int = PANEL) -> Results:
    """At most fifteen queries. `limit` results by kind."""
    key = sort_key(query)
    number = searched_number(query)
    results = Results(query.strip())
    if len(key) < SHORTEST:
        results.too_short = True
        return results
    found = [
        _households(key, number, actor, day, limit),
        _dwellings(key, actor, day, limit),
        _tickets(key, actor, limit),
        _references(query, actor),
        _receipts(key, actor),
        _agreements(key, actor, limit),
        _organisations(key, actor, limit),
        _amounts(query, actor, day, limit),
    ]
    results.groups = [group for group in found if group and group.hits]
    actions = _actions(results, actor)
    if actions:
        results.groups.append(actions)
    return results


# ---------- households ----------


def _words(field_name: str, key: str) -> Q:
    """Filter: the field contains every word, in any order (one trigram index scan per word)."""
    found = Q()
    for word in key.split():
        found &= Q(**{f"{field_name}__contains": word})
    return found


def _households(key: str, number: str, actor: Actor, day: date, limit: int) -> Group | None:
    visible = Household.objects.visible_to(actor)
    if not can(actor, Read(Data.IDENTITY)):
        return None
    ids = list(
        visible.filter(_words("search_key", key)).order_by("sort_key", "id").values_list("pk", flat=True)[: limit + 1]
    )
    people = Person.objects.filter(Q(phone_key__contains=number) if number else _words("search_key", key))
    by_person = Membership.objects.filter(person__in=people.order_by("sort_key", "id")[: limit + 1]).order_by("-period")
    ids += [pk for pk in by_person.values_list("household", flat=True)[: limit + 1] if pk not in ids]
    rows = {h.pk: h for h in visible.filter(pk__in=ids).with_protection(day)}
    ordered = [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
    shown = ordered[:limit]
    return Group("Ménages", _household_hits(shown, key, number, actor, day), more=len(ordered) > limit)


def _household_hits(rows: list[Household], key: str, number: str, actor: Actor, day: date) -> list[Hit]:
    ids = [row.pk for row in rows]
    homes: dict[int, Occupancy] = {}
    for stay in Occupancy.objects.filter(household__in=ids).select_related("dwelling").order_by("period"):
        homes[stay.household_id] = stay
    people: dict[int, list[Person]] = {}
    members = Membership.objects.filter(household__in=ids).select_related("person").order_by("role", "id")
    for member in members:
        people.setdefault(member.household_id, []).append(member.person)
    states = _lanes(ids)
    own = _own_cases(ids, actor)
    hits = []
    for row in rows:
        home: Occupancy | None = homes.get(row.pk)
        notes = []
        protected: bool = row.is_protected  # type: ignore[attr-defined]
        if home and can_read_address(actor, row, is_protected=protected, in_charge=row.pk in own):
            notes.append(home.dwelling.reference)
        matching = _matching_person(people.get(row.pk, []), key, number)
        if (
            matching
            and sort_key(row.name) not in sort_key(str(matching))
            and sort_key(str(matching)) != sort_key(row.name)
        ):
            notes.append(str(matching))
        call = (matching.phone if matching else "") or next((p.phone for p in people.get(row.pk, []) if p.phone), "")
        if call:
            notes.append(phone(call))
        left = last_day(home.period) if home and not contains(home.period, day) else None
        if left and left < day:
            notes.append(f"parti le {short_day(left, year=True)}")
        hits.append(
            Hit(
                url=link("desk:household", row.pk),
                title=marked(row.name, key),
                note=" · ".join(notes),
                initials=row.name,
                household_id=row.pk,
                is_housed=home is not None and contains(home.period, day),
                badge=_badge(states.get(row.pk), home, day, actor),
            )
        )
    return hits


def _matching_person(people: list[Person], key: str, number: str) -> Person | None:
    if number:
        return next((p for p in people if number in p.phone_key), None)
    return next((p for p in people if all(word in p.search_key for word in key.split())), None)


def _lanes(household_ids: list[int]) -> dict[int, str]:
    """The lane of each household that has accounts: the first by the order of work, « À jour » last."""
    found: dict[int, str] = {}
    rows = AccountState.objects.filter(account__household__in=household_ids, account__kind__in=DEBT_KINDS).values_list(
        "account__household", "lane"
    )
    for household, lane in rows:
        if household is not None:
            found[household] = min(found.get(household, lane), lane, key=lane_order)
    return found


def _badge(lane: str | None, home: Occupancy | None, day: date, actor: Actor) -> tuple[str, str] | None:
    if lane and lane != Lane.NONE:
        if can(actor, Read(Data.ARREARS_CAUSE)):
            return Lane(lane).label, LANES[lane].meaning
        return "Impayé", "new"
    if home and not contains(home.period, day) and home.period.upper and home.period.upper <= day:
        return "Parti", "gone"
    return (Lane.NONE.label, LANES[lane].meaning) if lane else None


def _own_cases(household_ids: list[int], actor: Actor) -> set[int]:
    """Of these, the social worker's own cases."""
    if OWN not in access_of(actor, Data.CONTACT):
        return set()
    return set(followed_by(actor).filter(pk__in=household_ids).values_list("pk", flat=True))


# ---------- dwellings, requests, amounts ----------


def _dwellings(key: str, actor: Actor, day: date, limit: int) -> Group | None:
    if not can(actor, Read(Data.AGREEMENT)):
        return None
    occupied = Occupancy.objects.filter(dwelling=OuterRef("pk"), period__contains=day)
    visible: QuerySet[Dwelling] = Dwelling.objects.visible_to(actor)
    by_building = Dwelling.objects.filter(_words("building__sort_key", key)).values("pk")
    rows = list(
        visible.filter(_words("sort_key", key) | Q(pk__in=by_building))
        .select_related("building")
        .annotate(is_occupied=Exists(occupied))
        .order_by("reference")[: limit + 1]
    )
    hits = [
        Hit(
            url=link("stock:dwelling", row.pk),
            title=marked(row.address, key),
            note=f"{row.reference}, {row.typology}" + ("" if row.is_occupied else ", vide"),
            icon="building",
        )
        for row in rows[:limit]
    ]
    return Group("Logements et adresses", hits, more=len(rows) > limit)


def _tickets(key: str, actor: Actor, limit: int) -> Group | None:
    if not can(actor, Read(Data.TICKET, OWN)):
        return None
    own_only = not can(actor, Read(Data.TICKET))
    match = _words("sort_key", key)
    # A technician finds the households of his own jobs by their name, no other.
    match |= (
        _words("household__search_key", key)
        if own_only
        else Q(household__in=Household.objects.filter(_words("search_key", key)))
    )
    rows = list(tickets_for(actor).filter(match).order_by("-id")[: limit + 1])
    hits = [
        Hit(
            url=link("maintenance:job" if own_only else "maintenance:ticket", row.pk),
            title=marked(f"{row.reference}, {row.title}", key),
            note=" · ".join(filter(None, [_whose(row, own_only=own_only), _when(row)])),
            icon="tool",
            badge=_ticket_badge(row),
        )
        for row in rows[:limit]
    ]
    return Group("Demandes techniques", hits, more=len(rows) > limit)


def _whose(ticket: Ticket, *, own_only: bool) -> str:
    """Whose request it is. Who knows a request by its dwelling is not told who lives there protected."""
    if ticket.is_hidden and not own_only:  # type: ignore[attr-defined]
        return "Adresse protégée"
    return ticket.household.name if ticket.household else "Logement vide"


def _when(ticket: Ticket) -> str:
    if not ticket.planned_on or not ticket.is_open:
        return ""
    return f"prévue le {short_day(ticket.planned_on, today=clock.today())}"


def _ticket_badge(ticket: Ticket) -> tuple[str, str]:
    meanings = {
        TicketState.OPEN: "todo", TicketState.ASSIGNED: "todo", TicketState.STARTED: "running",
        TicketState.DONE: "done", TicketState.CANCELLED: "incomplete",
    }  # fmt: skip
    return str(ticket.get_state_display()), meanings[TicketState(ticket.state)]


_AVIS = re.compile(r"(?:AVIS-?)?(\d{2})(\d{2})-(\d{1,6})")
# A number of the CAF or MSA has seven digits, sometimes a letter.
_NUMBER = re.compile(r"\d{5,13}[A-Z]?")


def _references(query: str, actor: Actor) -> Group | None:
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


def _agreements(key: str, actor: Actor, limit: int) -> Group | None:
    """Agreements by their reference or by the name of the owner."""
    if not can(actor, Read(Data.AGREEMENT)):
        return None
    match = _words("sort_key", key) | _words("owner__sort_key", key)
    rows = list(
        HeadAgreement.objects.visible_to(actor).filter(match).select_related("owner").order_by("reference")[: limit + 1]
    )
    hits = [
        Hit(
            url=link("stock:agreement", row.pk),
            title=marked(f"{row.reference}, {row.owner}", key),
            note=row.get_kind_display(),
            icon="file-certificate",
        )
        for row in rows[:limit]
    ]
    return Group("Conventions", hits, more=len(rows) > limit)


# « Quittance n° 12 », « QUIT-000012 », « reçu 108 », as the papers name themselves.
_RECEIPT = re.compile(r"(quittance|quit|recu) (?:no? )?0*(\d{1,9})")


def _receipts(key: str, actor: Actor) -> Group | None:
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


def _organisations(key: str, actor: Actor, limit: int) -> Group | None:
    """Landlords, funders, payers: who is in the address book, for who may open it."""
    if not can(actor, Write(Data.ORGANISATION)):
        return None
    rows = list(Organisation.objects.filter(_words("sort_key", key)).order_by("sort_key", "id")[: limit + 1])
    hits = [
        Hit(url=link("office:organisation", row.pk), title=marked(row.name, key), icon="building-community")
        for row in rows[:limit]
    ]
    return Group("Organismes", hits, more=len(rows) > limit)


_AMOUNT = re.compile(r"^\s*(\d{1,3}(?:[\s\u00a0\u202f]?\d{3})*|\d+)[.,](\d{2})\s*€?\s*$")


def amount_of(query: str) -> Decimal | None:
    """« 306,00 », « 1 204,70 € » → the amount; None where the text is not one."""
    match = _AMOUNT.match(query)
    return Decimal(re.sub(r"\D", "", match[1]) + "." + match[2]) if match else None


# How far back money is looked for: it keeps the search on an index.
PAID_WITHIN = timedelta(days=100)


def _amounts(query: str, actor: Actor, day: date, limit: int) -> Group | None:
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
        _money_hit(payment.account.household, "a payé", shown, payment.received_on, "au guichet le", "cash")
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
            match.account.household, "a payé", shown, match.line.booking_day, "par la banque le", "building-bank"
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
    household: Household | None, verb: str, shown: SafeString, on: date | None, words: str, icon: str
) -> Hit | None:
    if household is None:
        return None
    return Hit(
        url=link("desk:household", household.pk),
        title=format_html("{} {} {}", household.name, verb, shown),
        note=f"{words} {short_day(on, today=clock.today())}" if on else "",
        icon=icon,
    )


def _actions(results: Results, actor: Actor) -> Group | None:
    """Shortcuts to frequent actions on the household found, if one household comes first."""
    homes = next((group for group in results.groups if group.title == "Ménages"), None)
    if homes is None or not homes.hits:
        return None
    hit = homes.hits[0]
    pk = hit.household_id
    hits = []
    cash = link("rent_ledger:payments", menage=pk) if can(actor, Write(Data.PAYMENT)) else ""
    if cash:
        hits.append(Hit(cash, format_html("Encaisser pour <strong>{}</strong>", hit.title), icon="cash"))
    ticket = link("maintenance:ticket_new", menage=pk) if hit.is_housed and can_open(actor) else ""
    if ticket:
        hits.append(Hit(ticket, format_html("Ouvrir une demande pour <strong>{}</strong>", hit.title), icon="plus"))
    contact = link("social_link:contact_new", pk) if actor.is_social else ""
    if contact:
        hits.append(Hit(contact, format_html("Noter un contact avec <strong>{}</strong>", hit.title), icon="phone"))
    return Group("Actions", hits) if hits else None


# ---------- marking ----------


def marked(text: str, key: str) -> SafeString:
    """`text` escaped, with what matches the first word found underlined; accents and case ignored, letter by letter."""
    plain = [sort_key(letter) or " " for letter in text]
    flat = "".join(plain)
    for word in sorted(key.split(), key=len, reverse=True):
        at = flat.find(word)
        if at < 0:
            continue
        # Positions in the flat text, back to letters of the original.
        starts: list[int] = []
        for i, piece in enumerate(plain):
            starts += [i] * len(piece)
        first, final = starts[at], starts[at + len(word) - 1] + 1
        return format_html("{}<mark>{}</mark>{}", text[:first], text[first:final], text[final:])
    return conditional_escape(text)
