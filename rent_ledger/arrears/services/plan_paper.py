"""The agreement on a plan, to be signed on paper."""

from datetime import date
from itertools import accumulate
from operator import sub

from common import clock
from common.errors import InvalidInput
from common.money import ZERO
from common.typography import month
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import make_document
from office.models import Document
from rent_ledger.billing.services.papers import amount, lease_facts
from rent_ledger.books.models import AccountState
from rent_ledger.books.plans import RepaymentPlan

AGREEMENT = "repayment_plan"


@needs(Write(Data.ARREARS))
def plan_document(*, plan: RepaymentPlan, actor: Actor) -> Document:
    """The agreement of a plan, made once: a plan never changes, another has its own paper. `InvalidInput` for a debt
    of before any contract, and for a plan without instalments."""
    lease_id = plan.account.lease_id
    if lease_id is None:
        raise InvalidInput("Cette dette est d’avant le contrat : son accord s’écrit à la main.", code="no_lease")
    today = clock.today()
    # What was agreed, whatever was paid or cancelled since.
    instalments = list(plan.instalments.values_list("due_on", "amount"))
    if not instalments:
        raise InvalidInput("Ce plan n’a pas de mensualités : préparez-le de nouveau.", code="empty_plan")
    total = sum((asked for _, asked in instalments), ZERO)
    left = list(accumulate((asked for _, asked in instalments), sub, initial=total))
    lease = lease_facts({lease_id: today})[lease_id]
    state = AccountState.objects.filter(pk=plan.account_id).first()
    debts = plan.debts.select_related("posting").order_by("posting__due_on", "posting_id")
    return make_document(
        kind=AGREEMENT,
        number=f"PLAN-{plan.pk}",
        title="Mon plan pour le loyer",
        data={
            "recipient": lease.recipient,
            "lease": lease.reference,
            "total": amount(left[0]),
            "debts": [{"label": _label(debt.posting.nature, debt.posting.for_month or debt.posting.due_on),
                       "amount": amount(debt.amount)} for debt in debts],
            "instalments": [
                {"on": due_on.isoformat(), "amount": amount(asked), "left": amount(after)}
                for (due_on, asked), after in zip(instalments, left[1:], strict=True)
            ],
            "term": amount(state.net_term) if state and state.net_term else None,
            "payment_reference": lease.payment_reference,
            "bank": dict(lease.bank),
        },
        actor=actor,
    )  # fmt: skip


def _label(nature: str, about: date) -> str:
    return f"{Nature(nature).label}, {month(about)}"
