"""What the rules are told of the procedure of an account, and how a page shows it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from common.money import ZERO
from common.reasons import Reason
from leases.contracts.codes import SURETIES, ClauseDelay, PartyRole
from leases.models import Guarantee, Lease, LeaseParty
from office.house.codes import OwnerKind
from rent_ledger.arrears.codes import LetterHoldSource, ReportKind
from rent_ledger.arrears.models import ArrearsCase, LetterHold
from rent_ledger.arrears.queries.defaults import unpaid_terms
from rent_ledger.arrears.queries.frames import frame_of_contract
from rent_ledger.arrears.queries.legal import landlord_of
from rent_ledger.arrears.queries.month_terms import month_terms_of
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.rules.ccapex import SIGNALLED
from rent_ledger.arrears.rules.term import term_on
from rent_ledger.arrears.services.social import unanswered
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.models import Account, AccountState, DebtHold
from rent_ledger.procedures.codes import StepKind, Track
from rent_ledger.procedures.models import ClauseChoice, Procedure, ProcedureStep, StepProof
from rent_ledger.procedures.queries.suspensions import is_paid
from rent_ledger.procedures.rules.days import ProcedureParams, clause_delay, pay_until
from rent_ledger.procedures.rules.residence import residence_unpaid
from rent_ledger.procedures.rules.standing import Facts
from rent_ledger.procedures.rules.steps import Step, find, track_of


def contract_of(account: Account) -> Lease | None:
    """The contract of an account, with what says its track. One query."""
    rows = Lease.objects.select_related("agreement__owner", "unit__dwelling")
    return rows.filter(pk=account.lease_id).first() if account.lease_id else None


def track_of_contract(lease: Lease | None) -> Track:
    """An account without a contract has no procedure here."""
    if lease is None:
        return Track.NONE
    return track_of(frame_of_contract(lease))


def delay_of(lease: Lease, params: ProcedureParams) -> tuple[ClauseDelay, ClauseChoice | None]:
    """The delay of the clause of a contract, with who said it where a person did. One query."""
    chosen = ClauseChoice.objects.select_related("author").filter(lease=lease).first()
    delay = clause_delay(
        signed_on=lease.signed_on, written=lease.clause_delay, chosen=chosen.delay if chosen else None, params=params
    )
    return delay, chosen


def running_of(account_id: int) -> Procedure | None:
    """The procedure that runs on an account, or its last one. One query."""
    return Procedure.objects.filter(account=account_id).order_by("-id").first()


def steps_of(procedure: Procedure | None) -> list[ProcedureStep]:
    """The steps, the first noted first, with their proofs. Two queries."""
    if procedure is None:
        return []
    proofs = Prefetch("proofs", StepProof.objects.select_related("blob"))
    return list(procedure.steps.select_related("author").prefetch_related(proofs).order_by("id"))


def rule_step(step: ProcedureStep) -> Step:
    """A step as the rules read it."""
    return Step(
        step.kind, step.on, step.hearing_on, step.until, step.amount, step.monthly, step.first_on, step.bad_faith
    )


def seized_on(account_id: int) -> date | None:
    """The day on which the CCAPEX was seized by a report: to it, or to the payer (CCH, art. R. 824-30). Of the cases of
    the account that are open. Two queries."""
    cases = ArrearsCase.objects.filter(account=account_id, closed_on=None)
    days = [day for day in cases.values_list("reported_on", flat=True) if day]
    sent = PayerReport.objects.living().filter(case__in=cases, sent_on__isnull=False)
    told = sent.filter(kind__in=[ReportKind.CCAPEX, ReportKind.ARREARS]).values_list("sent_on", flat=True)
    days += [day for day in told if day]
    return min(days, default=None)


def is_social(account_id: int, day: date) -> bool:
    """Whether the social service has the case: it asked that nothing leaves, or owes an answer. Two queries."""
    cases = list(ArrearsCase.objects.filter(account=account_id, closed_on=None).values_list("pk", flat=True))
    holds = LetterHold.objects.filter(
        case__in=cases, source__in=[LetterHoldSource.SOCIAL, LetterHoldSource.RULE], from_day__lte=day, until__gte=day,
        lifted_at=None,
    )  # fmt: skip
    return holds.exists() or unanswered(cases).exists()


def is_frozen(account_id: int, day: date) -> bool:
    """Whether overindebtedness freezes a debt of the account. One query."""
    holds = DebtHold.objects.filter(posting__debit=account_id, kind=HoldKind.FREEZE, period__contains=day)
    return holds.exists()


@dataclass(frozen=True, slots=True)
class ProcedureNow:
    """What a procedure is read from: its rows, and the facts that the rules are told. `choice`: of the delay of the
    clause, where a person said it."""

    procedure: Procedure | None
    rows: list[ProcedureStep]
    lease: Lease | None
    choice: ClauseChoice | None
    facts: Facts


def facts_of(account: Account, *, day: date, params: ProcedureParams) -> ProcedureNow:
    """Of the procedure that runs on an account; of the last one, where it is over. A fixed number of queries."""
    lease, procedure = contract_of(account), running_of(account.pk)
    rows = steps_of(procedure)
    steps = [rule_step(row) for row in rows]
    delay, choice = delay_of(lease, params) if lease else (ClauseDelay.TWO_MONTHS, None)
    track = Track(procedure.track) if procedure else track_of_contract(lease)
    command, noted = find(steps, StepKind.COMMAND), find(steps, StepKind.SEIZED)
    reported = seized_on(account.pk)
    seized = [found for found in (reported, noted.on if noted else None) if found]
    facts = Facts(
        track=track,
        steps=steps,
        day=day,
        delay=delay,
        waits=_landlord(lease) not in SIGNALLED,
        seized_on=min(seized, default=None),
        has_guarantor=lease is not None and lease.pk in guaranteed([lease.pk], day),
        paid=command is not None and is_paid(account.pk, on=command.on, until=pay_until(command.on, delay, params)),
        lapsed_on=procedure.lapsed_on if procedure else None,
        social=is_social(account.pk, day),
        frozen=is_frozen(account.pk, day),
        unpaid=unpaid_of(account.pk, day=day, params=params) if track == Track.RESIDENCE else None,
    )
    return ProcedureNow(procedure, rows, lease, choice, facts)


def unpaid_of(account_id: int, *, day: date, params: ProcedureParams) -> Reason:
    """Whether the contract of a résidence may be ended for what is unpaid. Six queries."""
    counted = AccountState.objects.filter(account=account_id).values_list("counted", flat=True).first()
    month = term_on(month_terms_of([account_id], day=day).get(account_id, ()), day)
    return residence_unpaid(
        unpaid_terms([account_id], day=day).get(account_id, ()),
        owed=counted or ZERO,
        month=month.gross if month else None,
        params=params,
    )


def _landlord(lease: Lease | None) -> OwnerKind:
    if lease is None:
        return OwnerKind.LEGAL_PERSON
    owner = lease.agreement.owner
    return landlord_of(frame_of_contract(lease), is_person=owner.is_person, is_family=owner.is_family_company)


def guaranteed(leases: Collection[int], day: date) -> set[int]:
    """The contracts, of these, for which a person is surety on `day`, by a deed or as a party. Two queries."""
    parties = LeaseParty.objects.filter(lease__in=leases, role=PartyRole.GUARANTOR, period__contains=day)
    sureties = Guarantee.objects.on(day).filter(lease__in=leases, kind__in=sorted(SURETIES))
    return {*parties.values_list("lease_id", flat=True), *sureties.values_list("lease_id", flat=True)}
