"""What the API gives of the budgets of households."""

from datetime import date

from ninja import Schema

from office.api_base import Amount, Number, Ref
from social_link.budgets.codes import Paper, RentSource, Resource, Spending


class ResourceShown(Schema):
    kind: Resource
    amount: Amount


class SpendingShown(Schema):
    kind: Spending
    amount: Amount


class EffortShown(Schema):
    """What housing takes of the resources, in per cent: `gross` before the aid, `net` after it."""

    gross: Number
    net: Number


class LeftShown(Schema):
    """What the month leaves (euros): `left` to live on, `balance` once the food is paid; `by_person` and `by_unit`, by
    day. `effort`: null without resources."""

    resources: Amount
    net_rent: Amount
    charges: Amount
    left: Amount
    balance: Amount
    by_person: Amount
    by_unit: Amount
    units: Number
    effort: EffortShown | None


class BudgetShown(Schema):
    """A budget of one month; none ever changes. `older`, `younger`: who live on it, of 14 or more, and under 14.
    `rent`: rent and charges, before the housing `aid`; `source`: where both come from. `good_until`: the last day on
    which it says so; then it is to be done again."""

    id: int
    household: Ref
    on: date
    good_until: date
    older: int
    younger: int
    rent: Amount
    aid: Amount
    source: RentSource
    resources: list[ResourceShown]
    spending: list[SpendingShown]
    papers: list[Paper]
    left: LeftShown
    author: Ref | None
