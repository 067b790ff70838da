"""What is written of a decision: to the household, and to who is informed of it where the household agreed."""

from collections.abc import Sequence

from common.links import link
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from office.messages.codes import Channel
from office.messages.kinds import MessageKind, Sample, Text, declare
from office.messages.rules.merge import MergeField
from social_link.commissions.codes import ABOUT_DECISION, CommissionMessage

_TO_HOUSEHOLD = """Bonjour {nom},

La commission du {jour} a examiné votre accompagnement. {decision}

{referent} vous explique cette décision si vous le souhaitez. Vous pouvez aussi nous appeler au {telephone}.

Bien à vous,
{association}"""

_TO_BODY = """Bonjour,

La commission du {jour} a examiné l’accompagnement de {nom}, qui a accepté que vous en soyez informé. {decision}

Une question ? Appelez-nous au {telephone}.

Bien à vous,
{association}"""

_FIELDS = (
    MergeField("nom", "Le ménage", "Mme Fatou Sarr", is_private=True),
    MergeField("association", "Notre nom court", "Le Ponton"),
    MergeField("telephone", "Notre téléphone", "04 68 00 00 00"),
    MergeField("jour", "Le jour de la commission", "12 novembre 2026"),
    MergeField("decision", "Ce qui est décidé", "La mesure ASLL est renouvelée de 3 mois.", is_private=True),
    MergeField("referent", "Le référent", "Camille Rousseau"),
)


def _page(item_id: int) -> str:
    from social_link.commissions.models import CommissionItem

    found = CommissionItem.objects.filter(pk=item_id).values_list("commission_id", flat=True).first()
    return link("social_link:commission", found) if found else ""


def _samples(actor: Actor) -> Sequence[Sample]:
    """None to who does not read commissions: the texts are edited by others too."""
    from social_link.commissions.services.telling import some_letters

    return some_letters() if can(actor, Read(Data.COMMISSION)) else []


def _refresh(item_ids: Sequence[int]) -> None:
    from office.tasks.services.tasks import refresh_tasks
    from social_link.commissions.duties import TELL
    from social_link.commissions.models import Commission

    ids = Commission.objects.filter(items__in=item_ids).order_by("pk").values_list("pk", flat=True).distinct()
    refresh_tasks(TELL, ids=list(ids), actor=Actor.system())


def _kind(code: CommissionMessage, subject: str, body: str) -> MessageKind:
    return declare(
        MessageKind(
            code=code, about=ABOUT_DECISION, fields=_FIELDS,
            texts={Channel.PAPER: Text(subject, body), Channel.EMAIL: Text(subject, body)},
            page=_page, samples=_samples, left=_refresh, failed=_refresh,
        )
    )  # fmt: skip


HOUSEHOLD = _kind(CommissionMessage.HOUSEHOLD, "Décision de la commission du {jour}", _TO_HOUSEHOLD)
INFORMED = _kind(CommissionMessage.INFORMED, "Décision de la commission du {jour}", _TO_BODY)
