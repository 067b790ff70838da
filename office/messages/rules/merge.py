"""Merge fields of a text: `Bonjour {nom},`. What may be written is checked when a text is saved, not when it leaves.
Usage of the house; the length of an SMS is that of GSM 03.38.

A field that tells of money or of a person's affairs is private: a subject line and an SMS are read by whoever sees the
screen, so they may not have it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from office.messages.codes import SUBJECTED, Channel

_FIELD = re.compile(r"\{([^{}\n]*)\}")
_SUM = re.compile(r"\d\s*(?:€|euros?\b|eur\b)|€\s*\d|\d,\d\d(?!\d)", re.IGNORECASE)
MAX_SMS = 459
"""Characters of three SMS of 153, after which they cost more than a stamp."""
MAX_SUBJECT = 120
MAX_BODY = 5000


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field that a text may have. `name` is what is typed between braces; `example` stands in for a real value."""

    name: str
    label: str
    example: str
    is_private: bool = False


def names_in(text: str) -> list[str]:
    """The fields that a text names, in order, each once."""
    return list(dict.fromkeys(_FIELD.findall(text)))


def names_a_sum(text: str) -> bool:
    """Whether `text` has an amount in it: `480,00`, `480 €`, `480 euros`."""
    return _SUM.search(text) is not None


def merged(text: str, values: Mapping[str, str]) -> str:
    """`text` with its fields filled. A field without a value is a `KeyError`: it was checked at save.

    A value is put in as it is: braces in a name are no field.
    """
    return _FIELD.sub(lambda found: values[found[1]], text)


def problems(*, channel: Channel, subject: str, body: str, fields: Iterable[MergeField]) -> list[tuple[str, str]]:
    """(form field, French sentence) of all that stands against this text; empty: it may be saved."""
    known = {field.name: field for field in fields}
    found = [("subject", text) for text in _wrong(subject, known, is_open=True)]
    found += [("body", text) for text in _wrong(body, known, is_open=channel == Channel.SMS)]
    if channel in SUBJECTED and not subject.strip():
        found.append(("subject", "Donnez un objet au message."))
    if channel not in SUBJECTED and subject.strip():
        found.append(("subject", "Un SMS ou un appel n’a pas d’objet."))
    if "\n" in subject or "\r" in subject:
        found.append(("subject", "L’objet tient sur une ligne."))
    if len(subject) > MAX_SUBJECT:
        found.append(("subject", f"L’objet tient en {MAX_SUBJECT} caractères."))
    if not body.strip():
        found.append(("body", "Écrivez le texte du message."))
    limit = MAX_SMS if channel == Channel.SMS else MAX_BODY
    if len(body) > limit:
        found.append(("body", f"Le texte tient en {limit} caractères : il en a {len(body)}."))
    return found


def _wrong(text: str, known: Mapping[str, MergeField], *, is_open: bool) -> list[str]:
    """`is_open`: whoever sees the screen reads it."""
    said = []
    for name in names_in(text):
        if name not in known:
            choices = ", ".join(f"{{{one}}}" for one in known)
            said.append(f"« {{{name}}} » n’est pas un champ de ce message. Ceux qui existent : {choices}.")
        elif is_open and known[name].is_private:
            said.append(
                f"« {{{name}}} » ne se met ni dans un objet ni dans un SMS : l’écran d’un téléphone se lit par-dessus "
                "l’épaule."
            )
    if "{" in _FIELD.sub("", text) or "}" in _FIELD.sub("", text):
        said.append("Une accolade est seule : un champ s’écrit {nom}.")
    return said
