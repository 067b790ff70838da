"""Printed documents: the row is created at once, its PDF/UA-1 when first opened, then the bytes never change.

An app puts `<kind>.typ` in its `documents/` folder; it exports `body(data)` and imports
`/office/documents/paper.typ`. A later version of a template is a new file `<kind>_2.typ`: a document made with an older
one keeps it. `Document.data` holds everything printed, the identity of the association on that day included. Its key
`credit_transfer` asks for a QR code (`transfer.payload` names what it holds); what was cancelled has none.

The bytes of a document that was cancelled stay as they were given; who asks for it then gets a copy that says ANNULÉ.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst
from django.apps import apps
from django.conf import settings
from django.db import transaction

from common import clock, typography
from common.errors import DomainError, InvalidInput
from office.access.actor import Actor
from office.documents.models import Document
from office.documents.transfer import drawing
from office.house.queries import this_association

STANDARD: Final = "ua-1"
HERE = Path(__file__).parent
HAND_DELIVERED: Final = "Remis en main propre"
"""Instead of an address that no paper shows."""
OWN = {"paper", "main"}


class CantRender(DomainError):
    """The template can't render the data: a bug, not a mistake of the user."""

    code = "cant_render"


# -- templates ------------------------------------------------------------------------------------------------------


@cache
def _templates() -> dict[tuple[str, int], str]:
    """Path from the project's root by (kind, version)."""
    found: dict[tuple[str, int], str] = {}
    root = Path(settings.BASE_DIR)
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("documents/*.typ")):
            kind, _, version = path.stem.rpartition("_")
            key = (kind, int(version)) if kind and version.isdigit() else (path.stem, 1)
            if path.stem not in OWN and path.is_relative_to(root):
                found[key] = path.relative_to(root).as_posix()
    return found


def current_version(kind: str) -> int:
    """The newest version of a kind's template; `InvalidInput` where there is none."""
    versions = [version for name, version in _templates() if name == kind]
    if not versions:
        raise InvalidInput(f"Aucun modèle de document « {kind} ».", code="unknown_document")
    return max(versions)


# -- making ---------------------------------------------------------------------------------------------------------


def identity() -> dict[str, Any]:
    """The association as printed today. `InvalidInput` before it is set up."""
    association = this_association()
    if association is None:
        raise InvalidInput(
            "Renseignez d’abord l’identité de l’association (Réglages) : elle figure sur chaque document.",
            code="no_association",
        )
    return {
        "name": association.name,
        "address": association.address.splitlines(),
        "phone": typography.phone(association.phone),
        "email": association.email,
        "siret": association.siret,
    }


def new_document(
    *, kind: str, number: str, title: str, data: Mapping[str, Any], actor: Actor, house: Mapping[str, Any] | None = None
) -> Document:
    """An unsaved document, for those who save many at once; give them the same `house` (`identity()`)."""
    return Document(
        kind=kind,
        number=number,
        title=title,
        data={"association": dict(house or identity()), **data},
        template_version=current_version(kind),
        author=actor.user,
        made_at=clock.now(),
    )


@transaction.atomic
def make_document(*, kind: str, number: str, title: str, data: Mapping[str, Any], actor: Actor) -> Document:
    """Record a document (JSON data: amounts as decimal texts, days as ISO texts). `number` is unique within `kind`:
    the same number gives the document that exists."""
    fresh = new_document(kind=kind, number=number, title=title, data=data, actor=actor)
    Document.objects.bulk_create([fresh], ignore_conflicts=True)
    return Document.objects.get(kind=kind, number=number)


# -- rendering ------------------------------------------------------------------------------------------------------


@cache
def _compiler(template: str) -> typst.Compiler:
    """One compiler per template, reused: it reads the fonts once and caches the layout of unchanged parts."""
    return typst.Compiler(
        str(HERE / "main.typ"),
        root=str(settings.BASE_DIR),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")]
        ),
    )


# A compiler is not thread-safe.
_one_at_a_time = Lock()


def _printed(document: Document) -> dict[str, Any]:
    made_on = document.made_at.astimezone(clock.PARIS).date()
    transfer = document.data.get("credit_transfer")
    return {
        **document.data,
        "title": document.title,
        "number": document.number,
        "made_on": document.data.get("made_on", made_on.isoformat()),
        "template": _template(document),
        "transfer_code": drawing(transfer) if transfer and document.cancelled_at is None else None,
        "cancelled_on": document.cancelled_at and document.cancelled_at.astimezone(clock.PARIS).date().isoformat(),
    }


def _template(document: Document) -> str:
    template = _templates().get((document.kind, document.template_version))
    if template is None:
        raise InvalidInput(f"Aucun modèle de document « {document.kind} ».", code="unknown_document")
    return "/" + template


def _compile(documents: Sequence[Document], title: str) -> bytes:
    first = documents[0]
    template = _template(first)
    inputs = {
        "documents": json.dumps([_printed(d) for d in documents], ensure_ascii=False),
        "title": title,
        "author": str(first.data["association"]["name"]),
    }
    try:
        with _one_at_a_time:
            pdf = _compiler(template).compile(
                format="pdf",
                pdf_standards=STANDARD,
                sys_inputs=inputs,
                # Use the creation time of the document, so that rendering it later gives the same bytes.
                timestamp=int(first.made_at.timestamp()),
            )
    except typst.TypstError as error:
        raise CantRender(f"Le document {first.number} n’a pas pu être mis en page : {error}") from error
    assert isinstance(pdf, bytes)
    return pdf


@transaction.atomic
def render(document: Document) -> bytes:
    """The PDF of a document: archived with its hash the first time, the archived bytes ever after. Cancelled, it is a
    copy that says so."""
    row = Document.objects.select_for_update(no_key=True).defer(None).get(pk=document.pk)
    if row.cancelled_at is not None:
        document.sha256 = row.sha256
        return _compile([row], row.title)
    if row.pdf is None:
        row.pdf = _compile([row], row.title)
        row.sha256 = hashlib.sha256(row.pdf).hexdigest()
        row.save(update_fields=["pdf", "sha256"])
    document.sha256 = row.sha256
    return bytes(row.pdf)


def without_address(document: Document) -> Document:
    """A copy, not saved, that doesn't tell where its household lives: of a paper made before the address was hidden.
    What is written to a body (`to_a_body`) keeps the body's own."""
    data = dict(document.data)
    if data.get("home"):
        data["home"] = type(data["home"])()
    if data.get("recipient") and not data.get("to_a_body"):
        data["recipient"] = [data["recipient"][0], HAND_DELIVERED]
    return Document(
        kind=document.kind, number=document.number, title=document.title, data=data, made_at=document.made_at,
        template_version=document.template_version, cancelled_at=document.cancelled_at,
    )  # fmt: skip


def render_copy(document: Document) -> bytes:
    """The PDF of a document as it stands in memory; nothing is archived."""
    return _compile([document], document.title)


def render_together(documents: Sequence[Document], *, title: str) -> bytes:
    """One file for the printer with documents of one kind in the given order, pages numbered per document. Each keeps
    the version of the template that it was made with.

    Raises `InvalidInput` (`nothing_to_print`, `mixed_documents`).
    """
    if not documents:
        raise InvalidInput("Aucun document à imprimer.", code="nothing_to_print")
    if len({d.kind for d in documents}) > 1:
        raise InvalidInput("On n’imprime ensemble que des documents du même modèle.", code="mixed_documents")
    return _compile(documents, title)


def file_name(document: Document) -> str:
    """A name for the download: its title and its number, in letters, figures and dashes."""
    plain = unicodedata.normalize("NFKD", f"{document.title} {document.number}")
    stem = re.sub(r"[^A-Za-z0-9]+", "-", re.sub(r"[\u0300-\u036f]", "", plain)).strip("-")
    return f"{stem}.pdf"
