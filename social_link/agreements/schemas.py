"""What the API gives of the contracts of support: who signed what. Their text is the paper, on the site."""

from datetime import date

from ninja import Schema

from office.api_base import Instant, Ref
from social_link.measures.codes import Party


class SignerShown(Schema):
    """A party of a contract; `signed_on` is null where it has not signed."""

    party: Party
    signed_on: date | None
    name: str


class SupportContractShown(Schema):
    """The contract of a measure or, with a `renewal_id`, its amendment. `digest`: the SHA-256 of its text; `sha256`:
    that of the paper, once everybody signed."""

    id: int
    measure_id: int
    household: Ref
    renewal_id: int | None
    created_at: Instant
    digest: str
    sha256: str | None
    signers: list[SignerShown]
