"""API of the contracts."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query

from common import clock
from leases.contracts.codes import LeaseQuestion
from leases.contracts.filters import LeaseFilter
from leases.contracts.models import Lease, LeaseParty, Occupancy, PaperWish
from leases.contracts.queries import checklist
from leases.contracts.schemas import (
    ActivateIn,
    CheckIn,
    CheckShown,
    DueTermsIn,
    DueTermsShown,
    EndIn,
    LeaseDetail,
    LeaseIn,
    LeaseListed,
    LeaseQuery,
    NoticeIn,
    PaperWishIn,
    PaperWishShown,
    PartyIn,
    PartyShown,
    RentTermIn,
    RentTermShown,
)
from leases.contracts.services import ending, parties, preparation, wishes
from leases.contracts.services.terms import seen_terms
from leases.contracts.services.terms import set_due_terms as change_due_terms
from leases.contracts.services.terms import set_rent_term as change_rent_term
from leases.households.models import Household, Person
from leases.households.perms import address_of, is_address_protected
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, asked, filtered, found, paged, ref, referred, span_of
from office.models import BankAccount
from stock.models import HeadAgreement, Unit

router = HouseRouter(tag="leases", read=TokenScope.LEASES_READ, write=TokenScope.LEASES_WRITE)


def _leases(actor: Actor) -> "QuerySet[Lease, Lease]":
    return Lease.objects.visible_to(actor).select_related("household", "unit__dwelling__building", "agreement")


def _listed(row: Lease, actor: Actor) -> dict[str, Any]:
    shown = address_of(actor, row.household, address=row.unit.dwelling.address)
    return {
        "id": row.pk,
        "reference": row.reference,
        "kind": row.kind,
        "state": row.state,
        "household": ref(row.household),
        "address": {"text": shown.text, "is_masked": shown.is_masked},
        "period": span_of(row.period),
        "payment_reference": row.payment_reference,
    }


def _page(rows: list[Lease], actor: Actor) -> list[dict[str, Any]]:
    """Shape one page of leases. One query finds the protected addresses of all of them."""
    households = Household.objects.filter(pk__in=[row.household_id for row in rows])
    protected = {h.pk for h in households.with_protection(clock.today()) if is_address_protected(h)}
    for row in rows:
        row.household.is_protected = row.household_id in protected  # type: ignore[attr-defined]
    return [_listed(row, actor) for row in rows]


def _party(row: LeaseParty) -> dict[str, Any]:
    return {"id": row.pk, "person": ref(row.person), "role": row.role, "period": span_of(row.period)}


def _term(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "nature": row.nature,
        "mode": row.mode,
        "amount": row.amount,
        "period": span_of(row.period),
        "reason": row.reason,
    }


def _due(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "due_rule": row.due_rule, "due_day": row.due_day, "period": span_of(row.period)}


def _wish(row: PaperWish) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "person": ref(row.person),
        "given_on": row.given_on,
        "proof": row.proof,
        "taken_by": ref(row.taken_by),
        "taken_at": row.taken_at,
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_by": ref(row.withdrawn_by),
    }


def _stay(row: Occupancy) -> dict[str, Any]:
    return {"id": row.pk, "period": span_of(row.period), "main_period": span_of(row.main_period)}


def _lease(pk: int, actor: Actor) -> dict[str, Any]:
    row = found(
        _leases(actor).prefetch_related(
            "parties__person",
            "rent_terms",
            "due_terms",
            "checks__author",
            "occupancies",
            "paper_wishes__person",
            "paper_wishes__taken_by",
            "paper_wishes__withdrawn_by",
        ),
        pk,
    )
    listed = _listed(row, actor)
    return listed | {
        "unit": None if listed["address"]["is_masked"] else ref(row.unit),
        # An agreement holds few dwellings: with it the address is found.
        "agreement": None if listed["address"]["is_masked"] else ref(row.agreement),
        "signed_on": row.signed_on,
        "notice_on": row.notice_on,
        "end_reason": row.end_reason,
        "collected_for": row.collected_for,
        "parties": [_party(party) for party in row.parties.all()],
        "rent_terms": [_term(term) for term in row.rent_terms.all()],
        "terms_seen": seen_terms(row),
        "due_terms": [_due(due) for due in row.due_terms.all()],
        "checks": checklist(row),
        "paper_wishes": [_wish(wish) for wish in row.paper_wishes.all()],
        "occupancies": [_stay(stay) for stay in row.occupancies.all()],
    }


@router.reads("/leases", response=Page[LeaseListed], needs=Read(Data.LEASE))
def list_leases(request: HouseRequest, query: Query[LeaseQuery]) -> Any:
    """Contracts of all families, with the filters of the page."""
    actor = request.actor
    rows = filtered(LeaseFilter, _leases(actor), request, q=query.q, famille=query.kind, etat=query.state or "TOUS")
    return paged(rows.order_by("reference"), query, lambda page: _page(page, actor))


@router.writes(
    "/leases", response=LeaseDetail, needs=Write(Data.LEASE), status=201, errors={409: asked(LeaseQuestion.OCCUPIED)}
)
def create_lease(request: HouseRequest, data: LeaseIn) -> Any:
    """A contract in preparation. The agreement must be of a kind that the family allows and hold the dwelling."""
    actor = request.actor
    agreements = HeadAgreement.objects.visible_to(actor)
    accounts, persons = BankAccount.objects.filter(is_active=True), Person.objects.all()
    made = preparation.create_lease(
        actor=actor,
        kind=data.kind,
        household=referred(Household.objects.visible_to(actor), data.household_id, field="household_id"),
        unit=referred(Unit.objects.select_related("dwelling"), data.unit_id, field="unit_id"),
        agreement=referred(agreements, data.agreement_id, field="agreement_id"),
        from_day=data.from_day,
        last_day=data.last_day,
        holder=None if data.holder_id is None else referred(persons, data.holder_id, field="holder_id"),
        reference=data.reference,
        bank_account=(
            None if data.bank_account_id is None else referred(accounts, data.bank_account_id, field="bank_account_id")
        ),
        clause_delay=data.clause_delay,
        answers=data.answers,
    )
    return _lease(made.pk, actor)


@router.reads("/leases/{lease_id}", response=LeaseDetail, needs=Read(Data.LEASE))
def read_lease(request: HouseRequest, lease_id: int) -> Any:
    """One contract: parties, dated amounts, due rule, preparation, occupancies."""
    return _lease(lease_id, request.actor)


@router.writes("/leases/{lease_id}/parties", response=PartyShown, needs=Write(Data.LEASE), status=201)
def add_lease_party(request: HouseRequest, lease_id: int, data: PartyIn) -> Any:
    """Bind a person to the contract."""
    actor = request.actor
    lease = found(_leases(actor), lease_id)
    person = referred(Person.objects.all(), data.person_id, field="person_id")
    return _party(parties.add_party(actor=actor, lease=lease, person=person, **data.dict(exclude={"person_id"})))


@router.writes(
    "/lease-parties/{party_id}/remove",
    response=LeaseDetail,
    needs=Write(Data.LEASE),
    errors={409: ("too_late", "in_use")},
)
def remove_lease_party(request: HouseRequest, party_id: int) -> Any:
    """Who was added by mistake is no party; the history keeps it. Answers the contract."""
    party = found(LeaseParty.objects.filter(lease__in=_leases(request.actor)), party_id)
    parties.remove_party(actor=request.actor, party=party)
    return _lease(party.lease_id, request.actor)


@router.writes(
    "/leases/{lease_id}/rent-terms",
    response=RentTermShown,
    needs=Write(Data.LEASE),
    status=201,
    errors={409: ("stale", *asked(LeaseQuestion.NO_RENT, LeaseQuestion.MUCH_RENT)), 422: ("past_change",)},
)
def set_rent_term(request: HouseRequest, lease_id: int, data: RentTermIn) -> Any:
    """The monthly amount of a nature from a day on; the former amount ends the day before."""
    actor = request.actor
    lease = found(_leases(actor), lease_id)
    facts = data.dict() | {"mode": data.mode or ""}
    return _term(change_rent_term(actor=actor, lease=lease, **facts))


@router.writes(
    "/leases/{lease_id}/due-terms",
    response=DueTermsShown,
    needs=Write(Data.LEASE),
    status=201,
    errors={422: ("past_change",)},
)
def set_due_terms(request: HouseRequest, lease_id: int, data: DueTermsIn) -> Any:
    """When demands fall due from a day on; the former rule ends the day before."""
    actor = request.actor
    return _due(change_due_terms(actor=actor, lease=found(_leases(actor), lease_id), **data.dict()))


@router.writes("/leases/{lease_id}/paper-wishes", response=PaperWishShown, needs=Write(Data.LEASE), status=201)
def record_paper_wish(request: HouseRequest, lease_id: int, data: PaperWishIn) -> Any:
    """What a tenant asks for his papers: by e-mail (by express agreement), or a quittance each month."""
    actor = request.actor
    lease = found(_leases(actor), lease_id)
    person = referred(Person.objects.all(), data.person_id, field="person_id")
    facts = data.dict(exclude={"person_id"})
    return _wish(wishes.record_wish(actor=actor, lease=lease, person=person, **facts))


@router.writes("/paper-wishes/{wish_id}/withdraw", response=PaperWishShown, needs=Write(Data.LEASE))
def withdraw_paper_wish(request: HouseRequest, wish_id: int) -> Any:
    """The tenant takes it back: the next papers are letters. Again changes nothing."""
    actor = request.actor
    rows = PaperWish.objects.filter(lease__in=Lease.objects.visible_to(actor)).select_related("person", "taken_by")
    return _wish(wishes.withdraw_wish(actor=actor, wish=found(rows, wish_id)))


@router.writes("/leases/{lease_id}/checks", response=CheckShown, needs=Write(Data.LEASE))
def tick_lease_check(request: HouseRequest, lease_id: int, data: CheckIn) -> Any:
    """A point of the preparation is done or waived. Again: the first tick stays."""
    actor = request.actor
    lease = found(_leases(actor), lease_id)
    preparation.tick_check(actor=actor, lease=lease, **data.dict())
    return next(line for line in checklist(found(_leases(actor), lease_id)) if line.item == data.item)


@router.writes(
    "/leases/{lease_id}/activate",
    response=LeaseDetail,
    needs=Write(Data.LEASE),
    errors={409: ("wrong_state", "unit_taken"), 422: ("not_ready",)},
)
def activate_lease(request: HouseRequest, lease_id: int, data: ActivateIn) -> Any:
    """The preparation is complete: the contract bills, the household has the keys."""
    actor = request.actor
    preparation.activate_lease(actor=actor, lease=found(_leases(actor), lease_id), **data.dict())
    return _lease(lease_id, actor)


@router.writes(
    "/leases/{lease_id}/notice",
    response=LeaseDetail,
    needs=Write(Data.LEASE),
    errors={409: ("wrong_state",), 422: ("short_notice",)},
)
def record_lease_notice(request: HouseRequest, lease_id: int, data: NoticeIn) -> Any:
    """A notice was received: the contract ends on `last_day` included, and bills until then."""
    actor = request.actor
    ending.record_notice(actor=actor, lease=found(_leases(actor), lease_id), **data.dict())
    return _lease(lease_id, actor)


@router.writes(
    "/leases/{lease_id}/notice/withdraw", response=LeaseDetail, needs=Write(Data.LEASE), errors={409: ("wrong_state",)}
)
def withdraw_lease_notice(request: HouseRequest, lease_id: int) -> Any:
    """The notice is taken back: the contract has the end that it had before."""
    actor = request.actor
    ending.withdraw_notice(actor=actor, lease=found(_leases(actor), lease_id))
    return _lease(lease_id, actor)


@router.writes(
    "/leases/{lease_id}/end/undo",
    response=LeaseDetail,
    needs=Write(Data.LEASE),
    errors={409: ("wrong_state", "too_late", "unit_taken")},
)
def undo_lease_end(request: HouseRequest, lease_id: int) -> Any:
    """The end was a mistake: the contract goes on as before, within the month that follows it."""
    actor = request.actor
    ending.undo_end(actor=actor, lease=found(_leases(actor), lease_id))
    return _lease(lease_id, actor)


@router.writes("/leases/{lease_id}/end", response=LeaseDetail, needs=Write(Data.LEASE), errors={409: ("wrong_state",)})
def end_lease(request: HouseRequest, lease_id: int, data: EndIn) -> Any:
    """The contract ended, with its outcome. What is owed outlives it."""
    actor = request.actor
    ending.end_lease(actor=actor, lease=found(_leases(actor), lease_id), **data.dict())
    return _lease(lease_id, actor)
