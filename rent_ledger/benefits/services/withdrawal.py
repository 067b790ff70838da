"""A bordereau that was wrong is taken out whole: of another payer, of another month, brought twice under two names.

Its lines and the differences that they moved to the households are reversed at their own days, as if it had never
come; its months await their aid again, and what earlier bordereaux paid of them is settled anew. Twice or from two
places: the row of the payer, as an import takes it, then that of the bordereau. Killed half-way: one transaction. The
same file may come again: that is the way back.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from common import clock, typography
from common.errors import Conflict, InvalidInput
from common.periods import Month
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import Organisation
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.benefits.models import BenefitLine, BenefitStatement
from rent_ledger.billing.services.settlement import settle_received_months
from rent_ledger.books.codes import AccountKind, EntryKind
from rent_ledger.books.models import Account, Entry, LedgerMonth
from rent_ledger.books.queries.standing import standing
from rent_ledger.books.services.accounts import locked_accounts
from rent_ledger.books.services.posting import JointAllocation, reverse

LABEL = "Bordereau d’aides retiré"
_IN_WORDS = 3


@needs(Write(Data.BENEFIT))
@transaction.atomic
def withdraw_benefit_statement(*, statement_id: int, reason: str, actor: Actor) -> BenefitStatement:
    """Take out a bordereau and all that it brought; `reason` says what was wrong with it.

    `Conflict` (code `statement_stands`) names what stands on it; `Conflict` where somebody took it out before.

    Raises `InvalidInput` (`reason`).
    """
    why = reason.strip()[:200]
    if not why:
        raise InvalidInput("Dites ce qui n’allait pas dans ce bordereau.", field="reason")
    payer = BenefitStatement.objects.filter(pk=statement_id).values_list("payer_id", flat=True).first()
    if payer is None:
        raise InvalidInput("Ce bordereau n’existe pas.")
    Organisation.objects.select_for_update(no_key=True).get(pk=payer)
    statement = BenefitStatement.objects.select_for_update(of=("self",)).get(pk=statement_id)
    if statement.is_withdrawn:
        who = f" par {statement.withdrawn_by}" if statement.withdrawn_by else ""
        raise Conflict(f"Ce bordereau est déjà retiré{who}. Rechargez la page.")
    lines = list(statement.lines.select_for_update(of=("self",)).select_related("right").order_by("pk"))
    if obstacles := stands_on_benefits(statement):
        raise Conflict(f"Ce bordereau ne peut pas encore être retiré. {' '.join(obstacles)}", code="statement_stands")
    statement.withdrawn_by, statement.withdrawn_at, statement.withdrawn_why = actor.user, clock.now(), why
    statement.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    statement.lines.update(state=BenefitLineState.WITHDRAWN)
    _take_out(statement, lines, actor)
    return statement


def stands_on_benefits(statement: BenefitStatement) -> list[str]:
    """Why a bordereau can't be taken out yet, one French sentence each; empty: nothing stands on it. A fixed number of
    queries."""
    found = []
    if (line := statement.bank_line) is not None:
        found.append(
            f"Son virement du {line.booking_day:%d/%m/%Y} est rapproché : annulez d’abord ce rapprochement à la banque."
        )
    own = statement.lines.filter(right__lease=OuterRef("right__lease"), month=OuterRef("month"))
    later = (
        BenefitStatement.objects.filter(payer=statement.payer_id, withdrawn_at=None, pk__gt=statement.pk)
        .filter(Exists(BenefitLine.objects.filter(Exists(own), statement=OuterRef("pk"), right__isnull=False)))
        .order_by("-pk")
    )
    found += [
        f"Le bordereau du {other.paid_on:%d/%m/%Y} (« {other.file_name} »), importé depuis, paie aussi de ses mois : "
        "retirez-le d’abord."
        for other in later[:_IN_WORDS]
    ]
    months = Entry.objects.filter(pk__in=statement.lines.values("entry")).values("month")
    closed = LedgerMonth.objects.filter(month__in=months, closed_at__isnull=False).order_by("month")
    found += [
        f"Le mois {typography.month(row.month, 'de')} est clôturé avec ses montants : "
        "demandez une correction à l’organisme."
        for row in closed[:_IN_WORDS]
    ]
    return found


def _take_out(statement: BenefitStatement, lines: Sequence[BenefitLine], actor: Actor) -> None:
    """Reverse the lines and what they moved, then settle anew the months that earlier bordereaux had paid."""
    paid = [(line.right.lease_id, Month.of(line.month).first) for line in lines if line.right is not None]
    leases = {lease for lease, _ in paid}
    locked_accounts(lease_ids=leases, pairs=())
    accounts = dict(
        Account.objects.filter(kind=AccountKind.BENEFIT, lease__in=leases, organisation=statement.payer_id).values_list(
            "lease_id", "pk"
        )
    )
    settled = Q(pk__in=[])
    for lease, month in sorted(set(paid)):
        settled |= Q(idempotency_key__startswith=f"benefit_settled:{accounts[lease]}:{Month.of(month)}:")
    entries = [line.entry_id for line in lines if line.entry_id is not None]
    moved = Entry.objects.filter(
        settled, kind=EntryKind.BENEFIT_SETTLED, recorded_at__gte=statement.imported_at
    ).values_list("pk", flat=True)
    joint = JointAllocation()
    stand = standing({*entries, *moved})
    if stand:
        reverse(entry_ids=sorted(stand.values()), actor=actor, label=LABEL, joint=joint)
    settle_received_months(lease_ids=leases, actor=actor, joint=joint)
    joint.finish(actor=actor)
