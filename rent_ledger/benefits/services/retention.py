"""The payer keeps the aid of a dwelling that is not decent: noted, extended, ended, each taken back.

The books move twice only: what was asked of the household for a month that is kept is reversed when that is noted, and
what is lost at the end is written off the account of the payer. Twice: the row of the lease's retention is locked, what
is said already changes nothing; two at once: the constraint refuses the second.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from common import clock, typography
from common.errors import Conflict, InvalidInput
from common.periods import Month, contains, period
from leases.models import Lease
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.jobs.wake import wake
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.benefits.duties import END
from rent_ledger.billing.services.settlement import settle_received_months
from rent_ledger.books.codes import AccountKind, EntryKind, General
from rent_ledger.books.models import Account, Entry, OpenItem, Posting
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import JointAllocation, NewEntry, NewPosting, lock_accounts, post, reverse
from rent_ledger.rights.codes import HOUSING_ALLOWANCES, RetentionEnd
from rent_ledger.rights.models import BenefitRetention, BenefitRight
from rent_ledger.rights.parameters import retention_params

LABEL = "Aide retenue par l’organisme : rien n’en est demandé au ménage"
LOST = "Aide retenue, perdue"
NO_ALLOWANCE = "Aucune ALF ni ALS n’est versée au bailleur pour ce mois : seule une allocation logement est retenue."
TAKEN = "Une retenue couvre déjà une partie de ces mois."
RUNS_NO_MORE = "Cette retenue est finie, ou annulée. Rechargez la page."
NO_MORE = "La retenue ne se prolonge pas plus de {times} fois."
ENDED = "Cette retenue est finie : annulez d’abord sa fin."


@needs(Write(Data.BENEFIT))
@transaction.atomic
def note_retention(*, lease: Lease, first: Month, told_on: date, actor: Actor) -> BenefitRetention:
    """The payer keeps the aid of `first` and of the months after. What was asked of the household for one of them since
    its aid did not come is taken back.

    `InvalidInput` (`first`: no allowance is paid to us; `told_on`: a day to come); `Conflict` (`retained`).
    """
    if told_on > clock.today():
        raise InvalidInput("Ce courrier est d’un jour à venir.", field="told_on")
    rights = BenefitRight.objects.filter(lease=lease, is_direct=True, kind__in=sorted(HOUSING_ALLOWANCES))
    if not rights.filter(period__contains=first.first).exists():
        raise InvalidInput(NO_ALLOWANCE, field="first")
    accounts = _lock(lease.pk)
    try:
        with transaction.atomic():
            row = BenefitRetention.objects.create(
                lease=lease, period=period(first.first), told_on=told_on, author_id=actor.user_id
            )
    except IntegrityError as error:
        if "benefit_retention_no_overlap" in str(error):
            raise Conflict(TAKEN, code="retained", field="first") from error
        raise
    _give_back(row, accounts, actor)
    _follow(row, actor)
    return row


@needs(Write(Data.BENEFIT))
@transaction.atomic
def extend_retention(*, retention: BenefitRetention, extensions: int, actor: Actor) -> BenefitRetention:
    """The payer keeps on: `extensions` in all, one more than the page showed. Said already: as it is."""
    row = _running(retention)
    if row.extensions == extensions:
        return row
    times = retention_params(clock.today()).times
    if not row.extensions < extensions <= times:
        raise Conflict(NO_MORE.format(times=times), code="no_more")
    return _save(row, actor, extensions=extensions)


@needs(Write(Data.BENEFIT))
@transaction.atomic
def shorten_retention(*, retention: BenefitRetention, extensions: int, actor: Actor) -> BenefitRetention:
    """The last extension was noted by mistake: `extensions` are left. Said already: as it is."""
    row = _running(retention)
    return _save(row, actor, extensions=extensions) if 0 <= extensions < row.extensions else row


@needs(Write(Data.BENEFIT))
@transaction.atomic
def end_retention(*, retention: BenefitRetention, again: Month, outcome: str, actor: Actor) -> BenefitRetention:
    """The aid is paid again from the month `again` on. `CONFORM`: the payer owes what he kept, by a bordereau. `LOST`:
    it is written off his account. Said already: as it is.

    `InvalidInput` (`again`, `outcome`).
    """
    if outcome not in RetentionEnd.values:
        raise InvalidInput("Dites comment la retenue a fini.", field="outcome")
    accounts = _lock(retention.lease_id)
    row = _locked(retention)
    if row.withdrawn_at is None and (row.outcome, row.period.upper) == (outcome, again.first):
        return row
    row = _running(retention)
    if again.first <= row.period.lower:
        said = typography.month(row.period.lower)
        raise InvalidInput(f"La retenue commence en {said} : sa fin vient après.", field="again")
    row.period, row.outcome = period(row.period.lower, again.first), outcome
    if outcome == RetentionEnd.LOST:
        row.loss_id = _write_off(row, accounts, actor)
    return _save(row, actor, "period", "outcome", "loss")


@needs(Write(Data.BENEFIT))
@transaction.atomic
def reopen_retention(*, retention: BenefitRetention, actor: Actor) -> BenefitRetention:
    """It did not end so: it runs again, and what was written off is awaited again."""
    _lock(retention.lease_id)
    row = _locked(retention)
    if row.withdrawn_at is not None:
        raise Conflict(RUNS_NO_MORE, code="wrong_state")
    if not row.outcome:
        return row
    loss, row.loss_id = row.loss_id, None
    row.outcome, row.period = "", period(row.period.lower)
    try:
        with transaction.atomic():
            _save(row, actor, "period", "outcome", "loss")
    except IntegrityError as error:
        if "benefit_retention_no_overlap" in str(error):
            raise Conflict("Une autre retenue a commencé depuis : annulez-la d’abord.", code="retained") from error
        raise
    if loss is not None:
        reverse(entry_ids=[loss], actor=actor)
    return row


@needs(Write(Data.BENEFIT))
@transaction.atomic
def withdraw_retention(*, retention: BenefitRetention, actor: Actor) -> BenefitRetention:
    """It was noted by mistake: its months are settled as any other."""
    _lock(retention.lease_id)
    row = _locked(retention)
    if row.withdrawn_at is not None:
        return row
    if row.outcome:
        raise Conflict(ENDED, code="wrong_state")
    row.withdrawn_at = clock.now()
    _save(row, actor, "withdrawn_at")
    settle_received_months(lease_ids=[row.lease_id], actor=actor)
    return row


def _lock(lease_id: int) -> list[int]:
    """The accounts of the payers of the lease; all of the lease are locked."""
    rows = dict(Account.objects.filter(lease=lease_id).values_list("pk", "kind"))
    lock_accounts(sorted(rows))
    return [pk for pk, kind in rows.items() if kind == AccountKind.BENEFIT]


def _locked(retention: BenefitRetention) -> BenefitRetention:
    return BenefitRetention.objects.select_for_update(of=("self",)).get(pk=retention.pk)


def _running(retention: BenefitRetention) -> BenefitRetention:
    row = _locked(retention)
    if row.withdrawn_at is not None or row.outcome:
        raise Conflict(RUNS_NO_MORE, code="wrong_state")
    return row


def _save(row: BenefitRetention, actor: Actor, *fields: str, **values: int) -> BenefitRetention:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*fields, *values])
    _follow(row, actor)
    return row


def _follow(row: BenefitRetention, actor: Actor) -> None:
    """The aid that is awaited explains the debt, or does not: the state of the account says so, whatever the books
    moved."""
    accounts = Account.objects.filter(lease=row.lease_id, kind=AccountKind.TENANT).values_list("pk", flat=True)
    projections.refresh(account_ids=list(accounts), day=clock.today())
    wake("arrears_changed")
    refresh_tasks(END, ids=[row.pk], actor=actor)


def _give_back(row: BenefitRetention, accounts: list[int], actor: Actor) -> None:
    """Reverse what settled months moved to the household, and settle again what the payer gave beyond."""
    moved = Posting.objects.filter(
        credit__in=accounts, debit__kind=AccountKind.TENANT, entry__kind=EntryKind.BENEFIT_SETTLED,
        for_month__gte=row.period.lower,
    )  # fmt: skip
    wrong = [
        entry for entry, month in moved.values_list("entry_id", "for_month") if month and contains(row.period, month)
    ]
    stand = set(wrong) - set(Entry.objects.filter(reverses__in=wrong).values_list("reverses_id", flat=True))
    if stand:
        joint = JointAllocation()
        reverse(entry_ids=sorted(stand), actor=actor, label=LABEL, joint=joint)
        settle_received_months(lease_ids=[row.lease_id], actor=actor, joint=joint)
        joint.finish(actor=actor)


def _write_off(row: BenefitRetention, accounts: list[int], actor: Actor) -> int | None:
    """The entry that takes what is awaited still for the months of the retention off the payer's account."""
    today = clock.today()
    left = OpenItem.objects.filter(
        Q(for_month__gte=row.period.lower, for_month__lt=row.period.upper), account__in=accounts, is_debit=True
    ).select_related("posting")
    items = list(left.order_by("due_on", "posting"))
    if not items:
        return None
    times = Entry.objects.filter(idempotency_key__startswith=f"benefit_lost:{row.pk}:").count()
    [entry] = post(
        entries=[
            NewEntry(
                kind=EntryKind.LOSS,
                key=f"benefit_lost:{row.pk}:{times + 1}",
                effective_on=today,
                label=LOST,
                postings=tuple(
                    NewPosting(General.LOSS, i.account_id, i.remaining, i.posting.nature, today, i.for_month)
                    for i in items
                ),
                designate=tuple(i.posting_id for i in items),
            )
        ],
        actor=actor,
    )
    return entry.id
