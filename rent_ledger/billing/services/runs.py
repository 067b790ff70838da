"""The rent run of a month (quittancement): launch, produce chunk by chunk, undo.

Twice or from two places: one run of a month at a time (partial unique index), one demand per lease, month and kind
(partial unique index), an advisory lock per month while a chunk selects. Killed half-way: a chunk is one transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction

from common import clock, typography
from common.codes import with_codes
from common.copy import bigints
from common.errors import Conflict, InvalidInput
from common.memory import no_collection
from common.periods import Month
from common.reasons import Reason
from common.typography import counted
from leases.contracts.natures import Nature
from leases.households.queries import order_of
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.jobs.codes import JobState
from office.jobs.services import resume_job, start_job
from office.models import Document, Job
from rent_ledger.billing.codes import ABOUT_RUN, DemandState, InTheWay, RunQuestion, RunState
from rent_ledger.billing.models import RentDemand, RentRun
from rent_ledger.billing.queries.messages import leaving_of
from rent_ledger.billing.services.demands import write_demands
from rent_ledger.billing.services.drafting import Replaced, billable_leases, draft
from rent_ledger.billing.services.locks import locked_run
from rent_ledger.billing.services.sending import still_leaving, withdraw_avis
from rent_ledger.billing.services.settlement import aid_beside_money, settle_received_months
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, NOT_BY_THE_HOUSEHOLD, AccountKind, EntryKind, HoldKind
from rent_ledger.books.models import LedgerMonth
from rent_ledger.books.queries.holds import hold_of
from rent_ledger.books.services.accounts import locked_accounts
from rent_ledger.books.services.posting import JointAllocation, booking_days, reverse

CHUNK = 1700
KIND_RUN, KIND_UNDO = "rent_run", "rent_run_undo"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason why a run can't be undone: which household, what, since when."""

    household_id: int | None
    household_name: str
    reason: Reason

    @property
    def what(self) -> str:
        """The sentence."""
        return self.reason.text()


@needs(Write(Data.RENT_RUN))
def launch_run(
    *, month: Month, actor: Actor, lease_ids: Collection[int] | None = None, answers: Answers = NO_ANSWERS
) -> RentRun:
    """Start the run of `month` for every lease that is ready and has no demand yet; `run.job` follows it.

    Nothing to bill: `InvalidInput`. Another run of the month in progress, or the month closed: `Conflict`. A month
    later than the next one is asked about (`RunQuestion`).
    """
    answered = ask([Reason(RunQuestion.EARLY_MONTH, {"month": month})] if is_early(month) else [], answers)
    if LedgerMonth.objects.filter(month=month.first, closed_at__isnull=False).exists():
        raise Conflict(f"Le mois {typography.month(month, 'de')} est clôturé : rien ne peut plus y être appelé.")
    ids = billable_leases(month=month, lease_ids=lease_ids)
    if not ids:
        raise InvalidInput(
            f"Aucun avis à produire pour {typography.month(month)} : tous les baux prêts ont le leur.",
            code="nothing_to_bill",
        )
    chunks = [ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK)]
    # Together: a run without its job would hold its month for ever.
    with transaction.atomic():
        try:
            with transaction.atomic():
                run = RentRun.objects.create(month=month.first, author=actor.user)
                # Create the month now; otherwise the chunks would all wait for the first one to create it.
                booking_days({month.first})
        except IntegrityError:
            raise _in_progress(month) from None
        job = start_job(
            kind=KIND_RUN,
            key=f"{KIND_RUN}:{run.pk}",
            title=f"Quittancement {typography.month(month, 'de')}",
            payload={"run": run.pk},
            chunks=[({"leases": part}, len(part)) for part in chunks],
            actor=actor,
        )
        RentRun.objects.filter(pk=run.pk).update(job=job)
        keep(answered, about=ABOUT_RUN, about_id=run.pk, actor=actor)
    run.refresh_from_db()
    return run


def is_early(month: Month, *, on: date | None = None) -> bool:
    """Whether the run of `month`, on this day (today), comes before the one of the month before it can be proposed."""
    return month > Month.of(on or clock.today()).plus(1)


def _in_progress(month: Month) -> Conflict:
    going = RentRun.objects.filter(month=month.first, state__in=[RunState.RUNNING, RunState.UNDOING])
    other = going.select_related("author", "job").first()
    who = f" par {other.author}" if other and other.author else ""
    if other is not None and other.has_stopped:
        is_now = f"lancé{who}, s’est arrêté. Reprenez-le sur sa page"
    else:
        is_now = f"est déjà en cours, lancé{who}. Suivez-le sur sa page"
    return Conflict(f"Le quittancement {typography.month(month, 'de')} {is_now}.", code="run_in_progress")


@needs(Write(Data.RENT_RUN))
@transaction.atomic
def resume_run(*, run: RentRun, actor: Actor) -> RentRun:
    """Take up a run whose job stopped, where it stopped: who launched it may be away, and its month waits for it.

    `actor` answers for the job from then on, finds it among his own and may take it up again. `Conflict` if it goes.
    """
    # The job before its run, as the end of the job does.
    job = Job.objects.select_for_update(no_key=True).filter(pk=run.job_id or 0).first()
    run.refresh_from_db()
    if job is None or run.state != RunState.RUNNING or job.state != JobState.FAILED:
        raise Conflict("Ce quittancement n’est pas arrêté : il n’y a rien à reprendre. Rechargez la page.")
    if actor.user is not None:
        Job.objects.filter(pk=job.pk).update(author=actor.user)
    resume_job(job_id=job.pk, actor=actor)
    run.refresh_from_db()
    return run


@transaction.atomic
def produce(
    *,
    run: RentRun,
    lease_ids: Sequence[int],
    actor: Actor,
    joint: JointAllocation | None = None,
    replaced: Mapping[int, Replaced] | None = None,
) -> int:
    """Demands of `lease_ids` for the run's month, with their entries. Returns how many were made.

    `joint`: see `JointAllocation`; the caller settles the aid of the month and finishes it. `replaced`: see `draft`.
    """
    month = Month.of(run.month)
    lock_month(month, shared=True)
    lock_leases(lease_ids)
    with no_collection():
        drafts, _ = draft(month=month, lease_ids=lease_ids, replaced=replaced)
        aided = set() if joint is not None else aid_beside_money(month=month, lease_ids=lease_ids)
        if not aided:
            return write_demands(run_id=run.pk, month=month, drafts=drafts, actor=actor, joint=joint)
        # All accounts at once, in the order of their ids.
        locked_accounts(lease_ids={d.lease_id for d in drafts}, pairs=())
        usual = [d for d in drafts if d.lease_id not in aided]
        made = write_demands(run_id=run.pk, month=month, drafts=usual, actor=actor)
        joint = JointAllocation()
        with_aid = [d for d in drafts if d.lease_id in aided]
        made += write_demands(run_id=run.pk, month=month, drafts=with_aid, actor=actor, joint=joint)
        settle_received_months(lease_ids=aided, actor=Actor.system(), joint=joint)
        joint.finish(actor=actor)
        return made


def lock_month(month: Month, *, shared: bool = False) -> None:
    """Lock the month: shared for the chunks of a run, exclusive for a service that cancels demands."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext('rent_run'), %s)", [month.year * 12 + month.month])


def lock_leases(ids: Sequence[int]) -> None:
    """A run of another month would claim the same rappel, or bill a month twice. No rent changes meanwhile.

    Taken after the month and before the accounts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM leases_lease WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            [bigints(sorted(ids))],
        )


# What a payer paid beyond another month is the household's money, like a payment.
_MONEY_SINCE = with_codes(
    """
SELECT DISTINCT h.id, h.name, came.way, NULL::date
FROM (
    SELECT d.account_id, CASE WHEN c.nature = Nature.PAYMENT THEN InTheWay.MONEY ELSE InTheWay.SURPLUS END AS way
    FROM rent_ledger_rentdemand d
    JOIN rent_ledger_posting p ON p.entry_id = d.entry_id
    JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
    -- Ids are drawn under the account's lock: a later payment has a larger one, whatever the clocks say.
    JOIN rent_ledger_posting c ON c.id = a.credit_posting_id AND c.entry_id > d.entry_id
    JOIN rent_ledger_entry ce ON ce.id = c.entry_id
    WHERE d.run_id = %(run)s AND d.state = DemandState.ISSUED AND {households}
        AND (c.nature = Nature.PAYMENT OR (c.nature = Nature.BENEFIT AND ce.kind = EntryKind.BENEFIT_SETTLED))
    GROUP BY d.account_id, p.id, c.id HAVING sum(a.amount) > 0
) came
JOIN rent_ledger_account ac ON ac.id = came.account_id JOIN leases_household h ON h.id = ac.household_id
""",
    DemandState,
    EntryKind,
    InTheWay,
    Nature,
)
_BENEFIT_CAME = with_codes(
    """
SELECT DISTINCT h.id, h.name, InTheWay.AID_CAME, NULL::date
FROM rent_ledger_rentdemand d
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
JOIN rent_ledger_account b ON b.lease_id = d.lease_id AND b.kind = AccountKind.BENEFIT
JOIN rent_ledger_posting p ON p.credit_id = b.id AND p.credit_id >= FIRST_SUBLEDGER_ID AND p.for_month = d.month
JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind IN (EntryKind.BENEFIT_RECEIVED, EntryKind.BENEFIT_SETTLED)
WHERE d.run_id = %(run)s AND d.state = DemandState.ISSUED AND {households}
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = e.id)
""",
    AccountKind,
    DemandState,
    EntryKind,
    InTheWay,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)
_HELD = with_codes(
    f"""
SELECT DISTINCT hh.id, hh.name, CASE h.kind WHEN HoldKind.PLAN THEN InTheWay.IN_PLAN
    WHEN HoldKind.FREEZE THEN InTheWay.FROZEN ELSE InTheWay.DISPUTED END, NULL::date
FROM rent_ledger_rentdemand d
JOIN rent_ledger_posting p ON p.entry_id = d.entry_id
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household hh ON hh.id = ac.household_id
{hold_of("p.id")}
WHERE d.run_id = %(run)s AND d.state = DemandState.ISSUED AND {{households}} AND h.posting_id IS NOT NULL
""",  # noqa: S608
    DemandState,
    HoldKind,
    InTheWay,
)
_WRITTEN_OFF = with_codes(
    """
SELECT DISTINCT h.id, h.name, InTheWay.WRITTEN_OFF, NULL::date
FROM rent_ledger_rentdemand d
JOIN rent_ledger_posting p ON p.entry_id = d.entry_id
JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id AND c.debit_id IN NOT_BY_THE_HOUSEHOLD
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = DemandState.ISSUED AND {households}
GROUP BY h.id, h.name, p.id, c.id HAVING sum(a.amount) > 0
""",
    DemandState,
    InTheWay,
    NOT_BY_THE_HOUSEHOLD=NOT_BY_THE_HOUSEHOLD,
)
_SENT = with_codes(
    """
SELECT DISTINCT h.id, h.name, InTheWay.SENT, (d.sent_at AT TIME ZONE 'Europe/Paris')::date
FROM rent_ledger_rentdemand d
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = DemandState.ISSUED AND {households} AND d.sent_at IS NOT NULL
""",
    DemandState,
    InTheWay,
)
_RECEIPTED = with_codes(
    """
SELECT DISTINCT h.id, h.name, InTheWay.RECEIPTED, NULL::date
FROM rent_ledger_rentdemand d JOIN rent_ledger_receipt r ON r.demand_id = d.id
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = DemandState.ISSUED AND r.cancelled_at IS NULL AND {households}
""",
    DemandState,
    InTheWay,
)


# The accounts of some households only.
_OF_HOUSEHOLDS = (
    "d.account_id IN (SELECT id FROM rent_ledger_account WHERE household_id = ANY(%(households)s::bigint[]))"
)


def obstacles(run: RentRun, *, households: Collection[int] | None = None) -> list[Obstacle]:
    """All that stands in the way of an undo (for these households), by surname; empty: it can be undone."""
    found: list[Obstacle] = []
    if LedgerMonth.objects.filter(month=run.month, closed_at__isnull=False).exists():
        found.append(Obstacle(None, "", Reason(InTheWay.CLOSED, {"month": run.month})))
    params: dict[str, Any] = {"run": run.pk, "day": clock.today()}
    if households is not None:
        params["households"] = bigints(households)
    scope = "true" if households is None else _OF_HOUSEHOLDS
    with connection.cursor() as cursor:
        for sql in (_SENT, _MONEY_SINCE, _BENEFIT_CAME, _RECEIPTED, _HELD, _WRITTEN_OFF):
            cursor.execute(sql.format(households=scope), params)
            found += [
                Obstacle(pk, name, Reason(InTheWay(code), {"on": on} if on else {}))
                for pk, name, code, on in cursor.fetchall()
            ]
    order = order_of(o.household_id for o in found if o.household_id is not None)
    # A closed month is of no household, and comes first.
    return sorted(found, key=lambda o: (order.get(o.household_id or 0, ""), o.household_id or 0, o.what))


@needs(Write(Data.RENT_RUN))
def undo_run(*, run: RentRun, actor: Actor) -> RentRun:
    """Cancel all demands of a finished run, as one job. `Conflict` names what stands in the way.

    What comes between this call and the job may refuse it still: the run is then done as before, and the page says why.
    """
    with transaction.atomic():
        run = locked_run(run.pk)
        _begin_undo(run)
        found = obstacles(run)
        if found:
            names = "; ".join(f"{o.household_name} : {o.what}" if o.household_name else o.what for o in found[:10])
            more = f" et {counted(len(found) - 10, 'autre,autres')}" if len(found) > 10 else ""
            raise Conflict(f"Ce quittancement ne peut pas être annulé. {names}{more}.", code="run_stuck")
        if leaving := leaving_of(run):
            raise still_leaving(leaving)
        tries = Job.objects.filter(kind=KIND_UNDO, payload__run=run.pk).count()
        job = start_job(
            kind=KIND_UNDO,
            key=f"{KIND_UNDO}:{run.pk}:{tries + 1}",
            title=f"Annulation du quittancement {typography.month(run.month, 'de')}",
            payload={"run": run.pk},
            chunks=[({}, run.demands.filter(state=DemandState.ISSUED).count() or 1)],
            actor=actor,
        )
        RentRun.objects.filter(pk=run.pk).update(job=job)
    run.refresh_from_db()
    return run


def _begin_undo(run: RentRun) -> None:
    """`run` is locked. From here on nothing else is billed or undone in its month."""
    if run.state != RunState.DONE:
        raise Conflict("Ce quittancement n’est pas terminé, ou il est déjà annulé. Rechargez la page.")
    try:
        with transaction.atomic():
            RentRun.objects.filter(pk=run.pk).update(state=RunState.UNDOING)
    except IntegrityError:
        raise _in_progress(Month.of(run.month)) from None


@transaction.atomic
def cancel(*, run_id: int, actor: Actor) -> int:
    """Undo the run in one transaction. Returns the number of demands cancelled.

    Refused, it names no household: those who look after the jobs read it.

    Raises `Conflict` (`run_stuck`).
    """
    run = locked_run(run_id)
    if run.state != RunState.UNDOING:
        _begin_undo(run)  # A job that was refused is taken up again.
    lock_month(Month.of(run.month))
    demands = list(
        RentDemand.objects.filter(run=run, state=DemandState.ISSUED)
        .order_by("pk")
        .values_list("pk", "lease_id", "entry_id")
    )
    # From here on, new payments and aid wait for these locks. The check below sees those committed before.
    locked_accounts(lease_ids={lease for _, lease, _ in demands}, pairs=())
    if obstacles(run):
        raise Conflict("Ce quittancement ne peut pas être annulé : sa page nomme ce qui l’empêche.", code="run_stuck")
    ids = [pk for pk, _, _ in demands]
    withdraw_avis(demand_ids=ids, why="Le quittancement est annulé.")
    RentDemand.objects.filter(pk__in=ids).update(state=DemandState.CANCELLED, cancelled_at=clock.now())
    references = [d.reference for d in RentDemand.objects.filter(pk__in=ids)]
    Document.objects.filter(kind="rent_demand", number__in=references).update(cancelled_at=clock.now())
    if demands:
        reverse(entry_ids=sorted(entry for _, _, entry in demands), actor=actor, booked_on=run.month)
    RentRun.objects.filter(pk=run.pk).update(state=RunState.UNDONE, undone_at=clock.now())
    return len(demands)
