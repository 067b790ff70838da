"""Papers of a commission: the files for its members, who have no account, and its record. Nothing keeps them."""

from collections.abc import Sequence

from django.db import transaction

from common.errors import InvalidInput
from common.typography import counted, long_date
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read
from office.access.permissions import needs
from office.documents.services import file_name, identity, new_document, render_copy, render_together
from social_link.commissions.codes import Ask
from social_link.commissions.files import File, files_of
from social_link.commissions.models import Commission
from social_link.commissions.rules.decisions import ANSWERS

FILE, MINUTES = "commission_file", "commission_minutes"


@needs(Read(Data.COMMISSION, OWN))
@transaction.atomic
def print_files(*, commission: Commission, actor: Actor, item: int | None = None) -> tuple[str, bytes]:
    """The files that the actor reads, a page each, in the order of the agenda; or that of one item.

    `InvalidInput` where there is none.
    """
    files = files_of(commission, actor, item=item)
    if not files:
        raise InvalidInput("Aucun dossier à imprimer : l’ordre du jour est vide.", code="nothing_to_print")
    house = identity()
    title = str(commission.get_kind_display())
    papers = [
        new_document(
            kind=FILE, number=f"{commission.pk}-{place}", title=f"{title}, dossier {place}", house=house, actor=actor,
            data={
                "commission": f"{title} du {long_date(commission.held_on)}",
                "household": file.label,
                "asked": file.asked,
                "facts": file.facts,
                "opinion": file.item.get_opinion_display() or "Non donné",
                "words": file.item.words,
                "answers": [answer.label for answer in ANSWERS[Ask(file.item.ask)]],
            },
        )
        for place, file in enumerate(files, start=1)
    ]  # fmt: skip
    name = f"Dossiers, commission du {long_date(commission.held_on)}.pdf"
    return name, render_together(papers, title=f"{title} du {long_date(commission.held_on)}")


@needs(Read(Data.COMMISSION))
@transaction.atomic
def print_minutes(*, commission: Commission, actor: Actor) -> tuple[str, bytes]:
    """The record of what was decided, as it stands; before it is closed it says that it is not final."""
    files = files_of(commission, actor)
    present = [seat.is_present for seat in commission.members.all()]
    facts = [
        ("Séance", f"{long_date(commission.held_on)}{_at(commission)}"),
        ("Lieu", commission.place or "non noté"),
    ]
    if present:
        facts.append(("Présents", f"{sum(present)} sur {len(present)}"))
    if commission.quorum:
        facts.append(("Quorum", counted(commission.quorum, "membre")))
    paper = new_document(
        kind=MINUTES,
        number=str(commission.pk),
        title=f"Procès-verbal, {commission.get_kind_display()}",
        data={
            "facts": facts,
            "closed": commission.closed_at is not None,
            "members": [
                {
                    "words": f"{seat.function}, {seat.organisation or 'notre association'}",
                    "present": seat.is_present,
                }
                for seat in commission.members.select_related("organisation")
            ],
            "decisions": _decisions(files),
        },
        actor=actor,
    )
    return file_name(paper), render_copy(paper)


def _at(commission: Commission) -> str:
    return f", {commission.at_time:%Hh%M}" if commission.at_time else ""


def _decisions(files: Sequence[File]) -> list[dict[str, str]]:
    return [
        {
            "household": file.label,
            "asked": file.asked,
            "decision": file.item.get_decision_display() or "à prendre",
            "terms": file.item.terms,
        }
        for file in files
    ]
