"""The paper that a household keeps of the end of its support."""

from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.documents.services import HAND_DELIVERED, file_name, new_document, render_copy
from social_link.measures.codes import OutcomeDomain
from social_link.measures.locks import ended
from social_link.measures.models import Measure


@needs(Write(Data.MEASURE, OWN))
def print_end(*, measure: Measure, actor: Actor) -> tuple[str, bytes]:
    """The record of the end: days, what was gained, advice, services, when news is taken; its name and its PDF. Nothing
    keeps it: it is made again from what is noted. It says neither why the measure ended nor what is found later.

    Raises `Conflict` (`wrong_state`) while the measure runs.
    """
    row, last = ended(measure, actor)
    paper = new_document(
        kind="support_end",
        number=str(row.pk),
        title="La fin de votre accompagnement",
        data={
            "recipient": [row.household.name, HAND_DELIVERED],
            "made_on": last.isoformat(),
            "first": row.period.lower.isoformat(),
            "last": last.isoformat(),
            "by": row.referent.get_full_name(),
            "gained": [str(OutcomeDomain(code).label) for code in row.domains],
            "advice": row.advice,
            "services": [
                {
                    "name": str(one),
                    "lines": [line for line in one.organisation.address.splitlines() if line]
                    if one.organisation
                    else [],
                    "phone": one.organisation.phone if one.organisation else "",
                }
                for one in row.orientations.select_related("organisation")
            ],
            "news": [step.due_on.isoformat() for step in row.watches.all()],
        },
        actor=actor,
    )
    return file_name(paper), render_copy(paper)
