"""A text as it leaves: its fields filled, perhaps edited by who decides."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import InvalidInput
from common.text import CONTROLS, has_controls
from office.messages.codes import SUBJECTED, Channel
from office.messages.kinds import Text
from office.messages.queries import text_in_use
from office.messages.rules.merge import MAX_BODY, MAX_SMS, MAX_SUBJECT, merged, names_a_sum, names_in

SUM_IN_OPEN = (
    "Une somme ne se met ni dans un objet ni dans un SMS : l’écran d’un téléphone se lit par-dessus l’épaule. Ôtez-la."
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with its values filled in, as it leaves."""

    subject: str
    body: str
    version: int
    is_edited: bool = False


def worded(kind: str, channel: Channel, values: Mapping[str, str]) -> Wording:
    """The text in use for a kind and a channel, filled with `values`."""
    return filled(*text_in_use(kind, channel), values)


def filled(text: Text, version: int, values: Mapping[str, str]) -> Wording:
    """`InvalidInput` where a field that the text names is empty: nothing leaves with a hole in it."""
    for name in names_in(text.subject + text.body):
        if not values[name]:
            raise InvalidInput(
                f"Le texte de ce message a besoin de « {name} », qui n’est pas renseigné : complétez-le, ou changez le "
                "texte.",
                code="empty_field",
            )
    return Wording(merged(text.subject, values), merged(text.body, values), version)


def edited(wording: Wording, *, channel: Channel, subject: str, body: str) -> Wording:
    """What a person made of a text before it leaves. `InvalidInput` where it can't leave so."""
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    if channel not in SUBJECTED:
        subject = ""
    if has_controls(body.replace("\n", "")):
        raise InvalidInput(CONTROLS, field="body")
    if not body:
        raise InvalidInput("Écrivez le texte du message.", field="body")
    limit = MAX_SMS if channel == Channel.SMS else MAX_BODY
    if len(body) > limit:
        raise InvalidInput(f"Le texte tient en {limit} caractères : il en a {len(body)}.", field="body")
    if channel in SUBJECTED and not subject:
        raise InvalidInput("Donnez un objet au message.", field="subject")
    if len(subject) > MAX_SUBJECT or has_controls(subject):
        raise InvalidInput(f"L’objet tient sur une ligne de {MAX_SUBJECT} caractères.", field="subject")
    if names_a_sum(subject):
        raise InvalidInput(SUM_IN_OPEN, field="subject")
    if channel == Channel.SMS and names_a_sum(body):
        raise InvalidInput(SUM_IN_OPEN, field="body")
    is_same = (subject, body) == (wording.subject, wording.body)
    return wording if is_same else Wording(subject, body, wording.version, is_edited=True)
