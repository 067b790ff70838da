"""The files of an owner: each kept once, as many as its kind takes, taken back.

Who calls asks for the capability, reads the file before it locks the owner (`clean_file` takes time), and keeps it in
the transaction that holds the owner.
"""

from typing import Any, TypeVar

from common.errors import InvalidInput
from office.access.actor import Actor
from office.files.models import Attachment
from office.files.services.blobs import forget, store
from office.files.services.cleaning import CleanFile

A = TypeVar("A", bound=Attachment)


def keep_file(model: type[A], clean: CleanFile, *, actor: Actor, field: str, of: str, **owner: Any) -> A:
    """Keep a file with its owner, which is locked. The same file again is the first.

    `owner`: the foreign key of the model and its row; `of`: what it is, after « au plus par ». `InvalidInput` (`field`,
    `too_many`) where the owner has as many as it may.
    """
    [blob] = store([clean])
    row, is_new = model._default_manager.get_or_create(
        blob=blob, **owner, defaults={"name": clean.name, "author": actor.user}
    )
    limit = model.kind.per_owner
    if is_new and model._default_manager.filter(**owner).count() > limit:
        raise InvalidInput(
            f"{limit} fichiers au plus par {of} : « {clean.name} » est de trop.", field=field, code="too_many"
        )
    return row


def drop_file(row: Attachment | None) -> None:
    """Take a file back; gone already, it stays gone."""
    if row is None:
        return
    row.delete()
    forget(row.blob_id)
