"""What a decision sends about a case: to whom, by which way, with which values. Read for many cases at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from common import clock, typography
from common.identifiers import french_mobile, french_phone
from leases.contracts.codes import ArrearsFrame, PartyRole
from leases.models import Lease, LeaseParty, Membership, Occupancy, Person
from office.access.actor import Actor
from office.house.queries import this_association
from office.messages.codes import WITHOUT_ADDRESS, Channel
from office.messages.kinds import Sample, Text
from office.messages.providers.call import IN_CHARGE
from office.messages.queries import text_in_use
from office.messages.wording import Wording, filled
from rent_ledger.arrears.codes import ArrearsMessage
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.frames import frame_of_contract
from rent_ledger.arrears.queries.owed_terms import by_cause, by_month, owed_terms
from rent_ledger.arrears.step_parameters import formal_delay
from rent_ledger.books.codes import Action, Lane
from rent_ledger.books.models import AccountState

WAYS = {
    ArrearsMessage.COURTESY: (Channel.SMS, Channel.EMAIL, Channel.PAPER),
    ArrearsMessage.CALL: (Channel.CALL,),
    ArrearsMessage.REMINDER: (Channel.PAPER, Channel.EMAIL),
    ArrearsMessage.FORMAL_NOTICE: (Channel.PAPER,),
    ArrearsMessage.GONE: (Channel.EMAIL, Channel.PAPER),
}
"""By which ways each message may leave, the usual one first."""
SENT_BY = {
    Action.COURTESY: ArrearsMessage.COURTESY,
    Action.CALL: ArrearsMessage.CALL,
    Action.REMINDER: ArrearsMessage.REMINDER,
    Action.FORMAL_NOTICE: ArrearsMessage.FORMAL_NOTICE,
    Action.WRITE_GONE: ArrearsMessage.GONE,
}
"""The message that an action sends."""
DETAILED = {ArrearsMessage.REMINDER: by_month, ArrearsMessage.FORMAL_NOTICE: by_cause}
"""How the messages that name the debt term by term do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The message of one case, by each way that reaches the household; the first is the usual one. `texts`: the text in
    use of each way, with its version. `has_left`: the home that we know is no longer theirs, so a letter needs an
    address."""

    case: ArrearsCase
    kind: ArrearsMessage
    name: str
    addresses: Mapping[Channel, str]
    values: Mapping[str, str]
    texts: Mapping[Channel, tuple[Text, int]]
    has_left: bool

    @property
    def channel(self) -> Channel:
        return next(iter(self.addresses))

    def wording(self, channel: Channel) -> Wording:
        return filled(*self.texts[channel], self.values)

    def needs_address(self, channel: str) -> bool:
        return self.has_left and channel == Channel.PAPER


def drafts(
    cases: Iterable[ArrearsCase], *, actor: Actor, kind: ArrearsMessage = ArrearsMessage.COURTESY
) -> dict[int, Draft]:
    """By case id. Of the ways of `kind`, those that reach the holder. The number of queries does not depend on the
    number of cases."""
    found = {
        case.pk: case
        for case in ArrearsCase.objects.filter(pk__in=[case.pk for case in cases]).select_related(
            "account__household__manager",
            "account__lease__unit__dwelling",
            "account__lease__agreement__owner",
            "account__state",
        )
    }
    texts = {channel: text_in_use(kind, channel) for channel in WAYS[kind]}
    day = clock.today()
    house, people = this_association(), _people(found.values(), day)
    left = _left([case.account.lease_id for case in found.values() if case.account.lease_id], day)
    accounts = [case.account_id for case in found.values()]
    terms = owed_terms(accounts, day=day) if kind in DETAILED else {}
    days = formal_delay(day) if kind == ArrearsMessage.FORMAL_NOTICE else 0
    signature = str(actor.user) if actor.user else (house.short_name if house else "")
    made = {}
    for case in found.values():
        account = case.account
        name = account.household.name if account.household else account.label
        person = people.get(case.pk)
        state: AccountState | None = getattr(account, "state", None)
        oldest = state.oldest_due if state else None
        manager = account.household.manager if account.household else None
        values = {
            "nom": name,
            "association": house.short_name if house else "",
            "telephone": typography.phone(house.phone) if house else "",
            "signature": signature,
            "somme": typography.euros(state.arrears if state else case.opening_debt),
            "echeance": typography.long_date(oldest or case.first_default_on),
            "reference": account.lease.payment_reference if account.lease else "votre nom",
        }
        if kind == ArrearsMessage.CALL:
            values[IN_CHARGE] = str(manager) if manager else signature
        if kind in DETAILED:
            values["detail"] = DETAILED[kind](terms.get(account.pk, ()))
        if kind == ArrearsMessage.FORMAL_NOTICE:
            values["delai"] = _delay(account.lease, days)
        made[case.pk] = Draft(
            case=case,
            kind=kind,
            name=name,
            addresses=_addresses(kind, person),
            values=values,
            texts=texts,
            has_left=account.lease_id in left,
        )
    return made


def _delay(lease: Lease | None, days: int) -> str:
    """In a *résidence sociale* the manager may end the contract a month after the notice was received (CCH, art.
    R. 633-3); elsewhere it is the delay of the house."""
    if lease is not None and frame_of_contract(lease) == ArrearsFrame.RESIDENCE:
        return "dans le mois qui suit le jour où vous la recevez"
    return f"dans les {days} jours qui suivent le jour où vous la recevez"


def owed_today(case_ids: Iterable[int]) -> dict[int, str]:
    """What is past due on the account of each case, and since which due day (one query)."""
    rows = AccountState.objects.filter(account__cases__in=list(case_ids), arrears__gt=0)
    return {
        pk: f"{typography.euros(arrears)} à régler" + (f", depuis le {typography.long_date(oldest)}" if oldest else "")
        for pk, arrears, oldest in rows.values_list("account__cases", "arrears", "oldest_due")
    }


def _addresses(kind: ArrearsMessage, person: Person | None) -> dict[Channel, str]:
    """A letter always reaches somebody, and a number may be found by who calls."""
    known = {
        Channel.SMS: french_mobile(person.phone) if person else "",
        Channel.EMAIL: person.email if person else "",
        Channel.CALL: french_phone(person.phone) if person else "",
        Channel.PAPER: "",
    }
    return {way: known[way] for way in WAYS[kind] if known[way] or way in WITHOUT_ADDRESS}


def cases_of_who_left(case_ids: Iterable[int]) -> set[int]:
    """The cases whose household has given the keys back (one query)."""
    day = clock.today()
    rows = ArrearsCase.objects.filter(pk__in=list(case_ids), account__lease__occupancies__isnull=False)
    until: dict[int, date] = {}
    for pk, stay in rows.values_list("pk", "account__lease__occupancies__period"):
        until[pk] = max(stay.upper or date.max, until.get(pk, date.min))
    return {pk for pk, end in until.items() if end <= day}


def _left(lease_ids: Iterable[int], day: date) -> set[int]:
    """The leases whose household has given the keys back (one query)."""
    stays = Occupancy.objects.filter(lease__in=list(lease_ids)).values_list("lease_id", "period")
    until: dict[int, date] = {}
    for lease_id, stay in stays:
        until[lease_id] = max(stay.upper or date.max, until.get(lease_id, date.min))
    return {lease_id for lease_id, end in until.items() if end <= day}


def _people(cases: Iterable[ArrearsCase], day: date) -> dict[int, Person]:
    """Who is written to, by case id: the holder of the contract on `day`, or its last one; without a contract, an adult
    of the household who can be reached."""
    cases = list(cases)
    holders: dict[int, Person] = {}
    parties = LeaseParty.objects.filter(
        lease__in=[c.account.lease_id for c in cases if c.account.lease_id], role=PartyRole.HOLDER
    ).select_related("person")
    for party in parties.order_by("period"):
        holders[party.lease_id] = party.person
    members: dict[int, Person] = {}
    households = [c.account.household_id for c in cases if c.account.lease_id not in holders]
    for member in (
        Membership.objects.filter(household__in=[pk for pk in households if pk], period__contains=day)
        .select_related("person")
        .order_by("-id")
    ):
        if member.person.phone or member.person.email:
            members[member.household_id] = member.person
    found = {}
    for case in cases:
        person = holders.get(case.account.lease_id or 0) or members.get(case.account.household_id or 0)
        if person is not None:
            found[case.pk] = person
    return found


def some_drafts(kind: ArrearsMessage, *, actor: Actor) -> list[Sample]:
    """Three cases of today, to see a text with: of who left, for the letter that goes to them."""
    states = AccountState.objects.exclude(lane__in=[Lane.NONE, Lane.HELD]).order_by("-arrears", "account_id")
    if kind == ArrearsMessage.GONE:
        states = states.filter(lane=Lane.GONE)
    accounts = list(states.values_list("account_id", flat=True)[:3])
    cases = ArrearsCase.objects.filter(account_id__in=accounts, closed_on=None)
    return [Sample(draft.name, draft.values) for draft in drafts(cases, actor=actor, kind=kind).values()]
