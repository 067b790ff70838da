"""The schemes, typed and corrected. Nothing of one is lost: its history keeps each version."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction

from common.db import checked, french_refusals
from office.access.actor import Actor
from office.access.permissions import needs as needs_one_of
from office.house.models import Organisation
from office.schemes.codes import Need
from office.schemes.models import AidScheme
from office.schemes.perms import WRITERS


@needs_one_of(*WRITERS)
@transaction.atomic
def save_scheme(
    *,
    organisation: Organisation,
    name: str,
    needs: Collection[str],
    gives: str,
    from_day: date,
    source: str,
    actor: Actor,
    amount_most: Decimal | None = None,
    income_most: Decimal | None = None,
    conditions: str = "",
    last_day: date | None = None,
    is_verified: bool = False,
    scheme_id: int | None = None,
) -> AidScheme:
    """Create a scheme or change it (`scheme_id`). Amounts in euros, `income_most` a month.

    `InvalidInput` on the field, `Conflict` where the same one is there already.
    """
    row = AidScheme.objects.select_for_update(of=("self",)).get(pk=scheme_id) if scheme_id else AidScheme()
    row.organisation, row.name, row.source = organisation, name.strip(), source.strip()
    row.needs = [need.value for need in Need if need.value in set(needs)]
    row.gives, row.amount_most, row.income_most = gives, amount_most, income_most
    row.conditions, row.from_day, row.last_day = conditions.strip(), from_day, last_day
    row.is_verified, row.author = is_verified, actor.user
    checked(row)
    with french_refusals(row):
        row.save()
    return row
