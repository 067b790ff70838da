"""The courteous message of a case: to whom, by which way, with which values. Read for many cases at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from common import clock, typography
from common.identifiers import french_mobile
from leases.contracts.codes import PartyRole
from leases.models import LeaseParty, Membership, Person
from office.access.actor import Actor
from office.house.queries import this_association
from office.messages.codes import Channel
from office.messages.kinds import Sample, Text
from office.messages.queries import text_in_use
from office.messages.wording import Wording, filled
from rent_ledger.arrears.codes import ArrearsMessage
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.books.codes import Lane
from rent_ledger.books.models import AccountState


@dataclass(frozen=True, slots=True)
class Draft:
    """The message of one case, by each way that reaches the household; the first is the usual one. `texts`: the text in
    use of each way, with its version."""

    case: ArrearsCase
    name: str
    addresses: Mapping[Channel, str]
    values: Mapping[str, str]
    texts: Mapping[Channel, tuple[Text, int]]

    @property
    def channel(self) -> Channel:
        return next(iter(self.addresses))

    def wording(self, channel: Channel) -> Wording:
        return filled(*self.texts[channel], self.values)


def drafts(cases: Iterable[ArrearsCase], *, actor: Actor) -> dict[int, Draft]:
    """By case id. An SMS where the holder has a mobile phone, else an e-mail, else a letter. The number of queries does
    not depend on the number of cases."""
    found = {
        case.pk: case
        for case in ArrearsCase.objects.filter(pk__in=[case.pk for case in cases]).select_related(
            "account__household", "account__lease", "account__state"
        )
    }
    texts = {channel: text_in_use(ArrearsMessage.COURTESY, channel) for channel in _ORDER}
    day = clock.today()
    house, people = this_association(), _people(found.values(), day)
    signature = str(actor.user) if actor.user else (house.short_name if house else "")
    made = {}
    for case in found.values():
        account = case.account
        name = account.household.name if account.household else account.label
        person = people.get(case.pk)
        mobile = french_mobile(person.phone) if person else ""
        reached = {Channel.SMS: mobile, Channel.EMAIL: person.email if person else ""}
        addresses = {channel: address for channel, address in reached.items() if address} | {Channel.PAPER: ""}
        state: AccountState | None = getattr(account, "state", None)
        oldest = state.oldest_due if state else None
        values = {
            "nom": name,
            "association": house.short_name if house else "",
            "telephone": typography.phone(house.phone) if house else "",
            "signature": signature,
            "somme": typography.euros(state.arrears if state else case.opening_debt),
            "echeance": typography.long_date(oldest or case.first_default_on),
            "reference": account.lease.payment_reference if account.lease else "votre nom",
        }
        made[case.pk] = Draft(
            case=case,
            name=name,
            addresses=addresses,
            values=values,
            texts=texts,
        )
    return made


_ORDER = (Channel.SMS, Channel.EMAIL, Channel.PAPER)


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


def some_drafts() -> list[Sample]:
    """Three cases of today, to see a text with."""
    accounts = AccountState.objects.exclude(lane=Lane.NONE).order_by("-arrears", "account_id").values("account_id")[:3]
    cases = ArrearsCase.objects.filter(account__in=list(accounts.values_list("account_id", flat=True)), closed_on=None)
    return [Sample(draft.name, draft.values) for draft in drafts(cases, actor=Actor.system()).values()]
