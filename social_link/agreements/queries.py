"""What pages read of the contracts of support."""

from dataclasses import dataclass

from social_link.agreements import wording
from social_link.agreements.models import Agreement, AgreementSignature, AgreementText
from social_link.measures.codes import MeasureKind, Party
from social_link.measures.models import Measure
from social_link.measures.rules.kinds import KINDS


def text_in_use() -> tuple[str, str, int]:
    """Aim, rights, version."""
    row = AgreementText.objects.order_by("-version").first()
    return (row.aim, row.rights, row.version) if row else (wording.AIM, wording.RIGHTS, 0)


@dataclass(frozen=True, slots=True)
class Signer:
    """A party of a contract, and how it signed: None where it did not yet."""

    party: Party
    signature: AgreementSignature | None


def parties_of(measure: Measure) -> tuple[Party, ...]:
    return KINDS[MeasureKind(measure.kind)].parties


def signers(agreement: Agreement) -> list[Signer]:
    """In the order of the parties. `agreement.signatures` are read once."""
    signed = {row.party: row for row in agreement.signatures.all()}
    return [Signer(party, signed.get(party)) for party in parties_of(agreement.measure)]


def agreements_of(measure: Measure) -> list[tuple[Agreement, list[Signer]]]:
    """The contract of a measure and its amendments, each with its parties. Two queries."""
    rows = Agreement.objects.filter(measure=measure).defer("pdf", "data").prefetch_related("signatures")
    for row in (found := list(rows.select_related("renewal"))):
        row.measure = measure
    return [(row, signers(row)) for row in found]
