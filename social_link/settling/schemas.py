"""What the API gives of an installation: not where it is."""

from datetime import date

from ninja import Schema

from office.api_base import Amount, Ref
from social_link.settling.codes import Furniture, SettlingStep


class SettlingStepShown(Schema):
    """A point of the list: open while `on` is null, of no use here where `is_needless`."""

    step: SettlingStep
    on: date | None
    is_needless: bool


class FurnitureShown(Schema):
    """A piece of furniture, and the money of it: its own, or that of its file (`aid_file_id`)."""

    id: int
    kind: Furniture
    quantity: int
    scheme: str
    aid_file_id: int | None
    asked: Amount | None
    obtained: Amount | None
    received_on: date | None


class SettlingShown(Schema):
    """`is_running`: in its first months. `asked` and `obtained`: of all the furniture, a file that pays for several
    pieces counted once."""

    household: Ref
    entered_on: date
    is_running: bool
    steps: list[SettlingStepShown]
    furniture: list[FurnitureShown]
    asked: Amount
    obtained: Amount
