"""The rent run of a month (quittancement): launch, produce chunk by chunk, undo.

Twice or from two places: one run of a month at a time (partial unique index), one demand per lease, month and kind
(partial unique index), an advisory lock per month while a chunk selects. Killed half-way: a chunk is one transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction

from common import clock
from common.copy import copy_lines, draw_ids
from common.errors import Conflict, InvalidInput
from common.periods import Month
from leases.rules.billing import BilledLine
from office.actor import Actor
from office.enums import Role
from office.models import Document
from office.permissions import require
from office.services.jobs import start_job
from rent_ledger.enums import DemandKind, DemandState, EntryKind, General, Nature, RunState
from rent_ledger.models import Entry, LedgerMonth, RentDemand, RentRun
from rent_ledger.parameters import benefit_params
from rent_ledger.services.accounts import benefit_accounts, mandant_accounts, tenant_accounts
from rent_ledger.services.drafting import Draft, billable_leases, draft
from rent_ledger.services.posting import NewEntry, NewPosting, post, reverse

CHUNK = 1000
KIND_RUN, KIND_UNDO = "rent_run", "rent_run_undo"

# (kind of demand, nature of the term) → (nature in the books, income account)
BOOKED: dict[tuple[str, str], tuple[str, int]] = {
    (DemandKind.TERM, "RENT"): (Nature.RENT, General.RENT_INCOME),
    (DemandKind.TERM, "CHARGES"): (Nature.CHARGES, General.CHARGES_INCOME),
    (DemandKind.TERM, "PARKING"): (Nature.PARKING, General.PARKING_INCOME),
    (DemandKind.TERM, "SERVICES"): (Nature.SERVICES, General.SERVICES_INCOME),
    (DemandKind.INDEMNITY, "RENT"): (Nature.INDEMNITY, General.INDEMNITY_INCOME),
    (DemandKind.INDEMNITY, "CHARGES"): (Nature.INDEMNITY_CHARGES, General.CHARGES_INCOME),
    (DemandKind.INDEMNITY, "PARKING"): (Nature.PARKING, General.PARKING_INCOME),
    (DemandKind.INDEMNITY, "SERVICES"): (Nature.SERVICES, General.SERVICES_INCOME),
}


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
    _lock_month(month)
    drafts, _ = draft(month=month, lease_ids=lease_ids, params=benefit_params(month.first))
    if not drafts:
        return 0
    tenants = tenant_accounts({d.lease_id for d in drafts})
    aids = benefit_accounts(
        {(d.lease_id, d.expected.payer_id) for d in drafts if d.benefit and d.expected.payer_id is not None}
    )
    owners = mandant_accounts({d.owner_id for d in drafts if d.owner_id is not None})
    first_number = draw_numbers(f"AVIS-{month}", len(drafts))
    ids = draw_ids(RentDemand, len(drafts))
    issued, issued_at = DemandState.ISSUED.value, clock.now().isoformat()
    try:
        with transaction.atomic():
            copy_lines(
                "rent_ledger_rentdemand",
                ("id", "run_id", "lease_id", "account_id", "month", "kind", "state", "number", "due_on", "gross",
                 "benefit", "net", "inputs", "issued_at"),
                [
                    f"{pk}\t{run.pk}\t{d.lease_id}\t{tenants[d.lease_id]}\t{month.first}\t{d.kind}\t{issued}\t"
                    f"{first_number + i}\t{d.due_on}\t{d.gross!s}\t{d.benefit!s}\t{d.net!s}\t{_json(d)}\t{issued_at}"
                    for i, (pk, d) in enumerate(zip(ids, drafts, strict=True))
                ],
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("Un autre quittancement vient de produire certains de ces avis. Rechargez la page.") from error
    post(
        entries=[_entry(pk, d, month, tenants, aids, owners) for pk, d in zip(ids, drafts, strict=True)],
        actor=actor,
    )
    return len(drafts)


def _lock_month(month: Month) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rent_run'), %s)", [month.year * 12 + month.month])


def _json(d: Draft) -> str:
    """What rebuilds the demand (decision 8): the terms and their days, the right, the other part of the month."""
    right = f', "right": {d.expected.right_id}' if d.expected.right_id is not None else ""
    other = f', "other": {{{_part(d.other.start, d.other.end, d.other.lines)}}}' if d.other is not None else ""
    return f'{{"v": 1, {_part(d.start, d.end, d.lines)}{right}{other}}}'


def _part(start: date, end: date, lines: Sequence[BilledLine]) -> str:
    terms, days = ", ".join(str(line.term_id) for line in lines), ", ".join(str(line.days) for line in lines)
    return f'"from": "{start}", "to": "{end}", "terms": [{terms}], "days": [{days}]'


def _entry(
    demand_id: int,
    d: Draft,
    month: Month,
    tenants: dict[int, int],
    aids: dict[tuple[int, int], int],
    owners: dict[int, int],
) -> NewEntry:
    tenant = tenants[d.lease_id]
    postings = []
    for line in d.lines:
        nature, income = BOOKED[d.kind, line.nature]
        credit = income if d.owner_id is None else owners[d.owner_id]
        postings.append(NewPosting(tenant, credit, line.amount, nature, d.due_on, month.first))
    if d.benefit and d.expected.payer_id is not None and d.expected.due_on is not None:
        aid = aids[d.lease_id, d.expected.payer_id]
        postings.append(NewPosting(aid, tenant, d.benefit, Nature.BENEFIT, d.expected.due_on, month.first))
    word = "Avis" if d.kind == DemandKind.TERM else "Indemnité d’occupation"
    return NewEntry(
        kind=EntryKind.DEMAND,
        key=f"demand:{demand_id}",
        effective_on=d.due_on,
        booked_on=month.first,
        label=f"{word} {month.month:02d}/{month.year}",
        postings=tuple(postings),
    )


def draw_numbers(series: str, count: int) -> int:
    """First of `count` consecutive numbers of a series, gapless: the counter's row stays locked to the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rent_ledger_counter AS c (series, last) VALUES (%s, %s)
            ON CONFLICT (series) DO UPDATE SET last = c.last + excluded.last RETURNING c.last
            """,
            [series, count],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]) - count + 1


_MONEY_SINCE = """
SELECT DISTINCT h.id, h.name, 'Paiement reçu depuis le lancement, imputé sur cet avis'
FROM rent_ledger_rentdemand d
JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
JOIN rent_ledger_posting p ON p.entry_id = e.id
JOIN (SELECT debit_posting_id, credit_posting_id FROM rent_ledger_allocation
      GROUP BY 1, 2 HAVING sum(amount) > 0) a ON a.debit_posting_id = p.id
-- Ids are drawn under the account's lock: a later payment has a larger one, whatever the clocks say.
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id AND c.nature = 'PAYMENT' AND c.entry_id > e.id
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
    _lock_month(Month.of(run.month))
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
