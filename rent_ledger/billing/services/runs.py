"""The rent run of a month (quittancement): launch, produce chunk by chunk, undo.

Twice or from two places: one run of a month at a time (partial unique index), one demand per lease, month and kind
(partial unique index), an advisory lock per month while a chunk selects. Killed half-way: a chunk is one transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.memory import no_collection
from common.periods import Month
from office.actor import Actor
from office.enums import Role
from office.models import Document
from office.permissions import require
from office.services.jobs import start_job
from rent_ledger.enums import DemandState, General, RunState
from rent_ledger.models import Entry, LedgerMonth, RentDemand, RentRun
from rent_ledger.parameters import benefit_params
from rent_ledger.services.demands import write_demands
from rent_ledger.services.drafting import billable_leases, draft
from rent_ledger.services.posting import booking_days, reverse

CHUNK = 1700
KIND_RUN, KIND_UNDO = "rent_run", "rent_run_undo"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that stands in the way of an undo, named: which household, what, since when."""

    household_id: int | None
    household_name: str
    what: str


def launch_run(*, month: Month, actor: Actor, lease_ids: Collection[int] | None = None) -> RentRun:
    """Start the run of `month` for every lease that is ready and has no demand yet; `run.job` follows it.

    Nothing to bill: `InvalidInput`. Another run of the month in progress, or the month closed: `Conflict`.
    """
    require(actor, Role.RENTAL_MANAGER)
    if LedgerMonth.objects.filter(month=month.first, closed_at__isnull=False).exists():
        raise Conflict(f"Le mois {month.month:02d}/{month.year} est clôturé : rien ne peut plus y être appelé.")
    ids = billable_leases(month=month, lease_ids=lease_ids)
    if not ids:
        raise InvalidInput(
            f"Aucun avis à produire pour {month.month:02d}/{month.year} : tous les baux prêts ont le leur.",
            code="nothing_to_bill",
        )
    try:
        with transaction.atomic():
            run = RentRun.objects.create(month=month.first, author=actor.user)
            # Now, or the chunks would wait for the first of them that makes the month.
            booking_days({month.first})
    except IntegrityError:
        other = RentRun.objects.filter(month=month.first, state__in=[RunState.RUNNING, RunState.UNDOING]).first()
        who = f" par {other.author}" if other and other.author else ""
        raise Conflict(
            f"Le quittancement de {month.month:02d}/{month.year} est déjà en cours, lancé{who}. "
            "Suivez-le dans Travaux.", code="run_in_progress",
        ) from None  # fmt: skip
    chunks = [ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK)]
    with transaction.atomic():
        job = start_job(
            kind=KIND_RUN,
            key=f"{KIND_RUN}:{run.pk}",
            title=f"Quittancement de {month.month:02d}/{month.year}",
            payload={"run": run.pk},
            chunks=[({"leases": part}, len(part)) for part in chunks],
            actor=actor,
        )
        RentRun.objects.filter(pk=run.pk).update(job=job)
    run.refresh_from_db()
    return run


@transaction.atomic
def produce(*, run: RentRun, lease_ids: Sequence[int], actor: Actor) -> int:
    """Demands of `lease_ids` for the run's month, with their entries. Returns how many were made."""
    month = Month.of(run.month)
    lock_month(month, shared=True)
    with no_collection():
        drafts, _ = draft(month=month, lease_ids=lease_ids, params=benefit_params(month.first))
        return write_demands(run_id=run.pk, month=month, drafts=drafts, actor=actor)


def lock_month(month: Month, *, shared: bool = False) -> None:
    """Chunks of a run share the month, whoever takes demands back has it alone."""
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext('rent_run'), %s)", [month.year * 12 + month.month])


_MONEY_SINCE = """
SELECT DISTINCT h.id, h.name, 'Paiement reçu depuis le lancement, imputé sur cet avis'
FROM rent_ledger_rentdemand d
JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
JOIN rent_ledger_posting p ON p.entry_id = e.id
CROSS JOIN LATERAL (
    SELECT 1 FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    -- Ids are drawn under the account's lock: a later payment has a larger one, whatever the clocks say.
    WHERE a.debit_posting_id = p.id AND c.nature = 'PAYMENT' AND c.entry_id > e.id
    GROUP BY a.credit_posting_id HAVING sum(a.amount) > 0 LIMIT 1
) paid
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = 'ISSUED'
"""
_BENEFIT_CAME = """
SELECT DISTINCT h.id, h.name, 'Aide du mois déjà reçue ou soldée'
FROM rent_ledger_rentdemand d
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
JOIN rent_ledger_account b ON b.lease_id = d.lease_id AND b.kind = 'BENEFIT'
JOIN rent_ledger_posting p ON p.credit_id = b.id AND p.credit_id >= 1000 AND p.for_month = d.month
JOIN rent_ledger_entry e ON e.id = p.entry_id AND e.kind IN ('BENEFIT', 'SETTLED')
WHERE d.run_id = %(run)s AND d.state = 'ISSUED'
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = e.id)
"""
_HELD = """
SELECT DISTINCT h.id, h.name, CASE k.kind WHEN 'PLAN' THEN 'Avis compris dans un plan'
    WHEN 'FREEZE' THEN 'Avis gelé (surendettement)' ELSE 'Avis contesté' END
FROM rent_ledger_rentdemand d
JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
JOIN rent_ledger_posting p ON p.entry_id = e.id JOIN rent_ledger_debthold k ON k.posting_id = p.id
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = 'ISSUED'
"""
_WRITTEN_OFF = """
SELECT DISTINCT h.id, h.name, 'Perte passée sur cet avis'
FROM rent_ledger_rentdemand d
JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
JOIN rent_ledger_posting p ON p.entry_id = e.id
JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id AND c.debit_id = %(write_off)s
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = 'ISSUED'
"""
_SENT = """
SELECT DISTINCT h.id, h.name, 'Avis envoyé le ' || to_char(d.sent_at AT TIME ZONE 'Europe/Paris', 'DD/MM/YYYY')
FROM rent_ledger_rentdemand d
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = 'ISSUED' AND d.sent_at IS NOT NULL
"""
_RECEIPTED = """
SELECT DISTINCT h.id, h.name, 'Quittance ou reçu établi pour cet avis'
FROM rent_ledger_rentdemand d JOIN rent_ledger_receipt r ON r.demand_id = d.id
JOIN rent_ledger_account ac ON ac.id = d.account_id JOIN leases_household h ON h.id = ac.household_id
WHERE d.run_id = %(run)s AND d.state = 'ISSUED'
"""


def obstacles(run: RentRun) -> list[Obstacle]:
    """All that stands in the way of an undo, by name; empty: it can be undone."""
    found: list[Obstacle] = []
    if LedgerMonth.objects.filter(month=run.month, closed_at__isnull=False).exists():
        found.append(Obstacle(None, "", f"Le mois {run.month:%m/%Y} est clôturé."))
    params = {"run": run.pk, "write_off": int(General.WRITE_OFF)}
    with connection.cursor() as cursor:
        for sql in (_SENT, _MONEY_SINCE, _BENEFIT_CAME, _RECEIPTED, _HELD, _WRITTEN_OFF):
            cursor.execute(sql, params)
            found += [Obstacle(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda o: (o.household_name, o.what))


def undo_run(*, run: RentRun, actor: Actor) -> RentRun:
    """Cancel all demands of a finished run, as one job. `Conflict` names what stands in the way."""
    require(actor, Role.RENTAL_MANAGER)
    with transaction.atomic():
        run = RentRun.objects.select_for_update().get(pk=run.pk)
        if run.state != RunState.DONE:
            raise Conflict("Ce quittancement n’est pas terminé, ou il est déjà annulé. Rechargez la page.")
        refuse_if_stuck(run)
        RentRun.objects.filter(pk=run.pk).update(state=RunState.UNDOING)
        job = start_job(
            kind=KIND_UNDO,
            key=f"{KIND_UNDO}:{run.pk}",
            title=f"Annulation du quittancement de {run.month:%m/%Y}",
            payload={"run": run.pk},
            chunks=[({}, run.demands.filter(state=DemandState.ISSUED).count() or 1)],
            actor=actor,
        )
        RentRun.objects.filter(pk=run.pk).update(job=job)
    run.refresh_from_db()
    return run


def refuse_if_stuck(run: RentRun) -> None:
    found = obstacles(run)
    if found:
        names = "; ".join(f"{o.household_name} : {o.what}" if o.household_name else o.what for o in found[:10])
        more = f" et {len(found) - 10} autres" if len(found) > 10 else ""
        raise Conflict(f"Ce quittancement ne peut pas être annulé. {names}{more}.", code="run_stuck")


@transaction.atomic
def cancel(*, run_id: int, actor: Actor) -> int:
    """The whole undo in one transaction: it happened or it did not. Returns the number of demands cancelled."""
    run = RentRun.objects.select_for_update().get(pk=run_id)
    lock_month(Month.of(run.month))
    demands = list(
        RentDemand.objects.filter(run=run, state=DemandState.ISSUED).order_by("pk").values_list("pk", "account_id")
    )
    # Money that arrives from here on waits for these locks; what arrived before is seen by the check below.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM rent_ledger_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [sorted({account for _, account in demands})],
        )
    refuse_if_stuck(run)
    keys = [f"demand:{pk}" for pk, _ in demands]
    entry_ids = list(Entry.objects.filter(idempotency_key__in=keys).order_by("pk").values_list("pk", flat=True))
    RentDemand.objects.filter(pk__in=[pk for pk, _ in demands]).update(
        state=DemandState.CANCELLED, cancelled_at=clock.now()
    )
    references = [d.reference for d in RentDemand.objects.filter(pk__in=[pk for pk, _ in demands])]
    Document.objects.filter(kind="rent_demand", number__in=references).update(cancelled_at=clock.now())
    if entry_ids:
        reverse(entry_ids=entry_ids, actor=actor, booked_on=run.month)
    RentRun.objects.filter(pk=run.pk).update(state=RunState.UNDONE, undone_at=clock.now())
    return len(demands)


@transaction.atomic
def mark_sent(*, run: RentRun, actor: Actor) -> int:
    """The demands of the run went out (batch printed, mailed): from now on the run can't be undone."""
    require(actor, Role.RENTAL_MANAGER)
    unsent = RentDemand.objects.filter(run=run, state=DemandState.ISSUED, sent_at__isnull=True)
    return unsent.update(sent_at=clock.now())
