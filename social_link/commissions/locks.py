"""What each write of a commission begins with: its row under lock, and what refuses it.

The commission comes first, then its item, then what the decision changes: every service takes them in this order.
"""

from common.errors import Conflict
from office.access.actor import Actor
from social_link.commissions.models import Commission, CommissionItem
from social_link.contacts.perms import require_follows

CLOSED = "Cette commission est close : rien n’y change plus. Qui la tient peut la rouvrir tant que rien n’est parti."


def opened(commission: Commission | int) -> Commission:
    """The commission under lock. `Conflict` where it is closed or withdrawn."""
    pk = commission if isinstance(commission, int) else commission.pk
    row = Commission.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.closed_at is not None:
        raise Conflict(CLOSED, code="wrong_state")
    if row.withdrawn_at is not None:
        raise Conflict("Cette commission est retirée : remettez-la d’abord.", code="wrong_state")
    return row


def item_of(item: CommissionItem, actor: Actor) -> CommissionItem:
    """The item under lock, its open commission too, if the actor follows its household."""
    commission = opened(item.commission_id)
    rows = CommissionItem.objects.select_for_update(of=("self",))
    row = rows.select_related("household", "measure", "renewal", "referent", "funder").filter(pk=item.pk).first()
    if row is None:
        raise Conflict("Cette demande n’est plus à l’ordre du jour.", code="wrong_state")
    row.commission = commission
    if not actor.is_system and row.referent_id != actor.user_id:
        require_follows(actor, row.household)
    return row
