"""What the API gives of the months of aid that a payer keeps."""

from datetime import date

from ninja import Schema

from office.api_base import Amount, Span
from rent_ledger.rights.codes import RetentionEnd


class RetentionShown(Schema):
    """`period`: the months that are kept, without a last day while it runs. `told_on`: the day of the payer's letter;
    `extensions`: how often he kept on; `lapses_on`: the last day on which what is `kept` can still be had."""

    id: int
    period: Span
    told_on: date
    extensions: int
    outcome: RetentionEnd | None
    lapses_on: date
    kept: Amount
