"""The texts of the association: each change is a new version."""

from django.db import transaction
from django.db.models import Max

from common.db import french_refusals
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.messages.codes import SUBJECTED, Channel
from office.messages.kinds import Text, declared
from office.messages.models import MessageText
from office.messages.queries import text_in_use
from office.messages.rules.merge import problems


@needs(Write(Data.MESSAGE_TEXT))
@transaction.atomic
def save_text(*, kind: str, channel: str, subject: str, body: str, seen_version: int, actor: Actor) -> MessageText:
    """The text that a kind uses from now on. `InvalidInput` for a field that its kind doesn't have. `Conflict` if
    somebody wrote another since `seen_version`. Messages already written keep theirs."""
    found = declared().get(kind)
    if found is None or channel not in found.texts:
        raise InvalidInput("Ce message n’existe pas.", code="unknown_message")
    channel = Channel(channel)
    subject = subject.strip() if channel in SUBJECTED else ""
    body = body.replace("\r\n", "\n").strip()
    wrong = problems(channel=channel, subject=subject, body=body, fields=found.fields)
    if wrong:
        raise InvalidInput(wrong[0][1], field=wrong[0][0])
    rows = MessageText.objects.filter(kind=kind, channel=channel)
    latest = rows.aggregate(n=Max("version"))["n"] or 0
    if latest != seen_version:
        raise Conflict("Quelqu’un vient d’enregistrer un autre texte. Rechargez la page.", code="changed")
    if text_in_use(kind, channel)[0] == Text(subject, body):
        raise InvalidInput("Ce texte est celui qui sert déjà : rien n’a changé.", code="same_text")
    row = MessageText(
        kind=kind, channel=channel, version=latest + 1, subject=subject, body=body, author_id=actor.user_id
    )
    with french_refusals():
        row.save(force_insert=True)
    return row
