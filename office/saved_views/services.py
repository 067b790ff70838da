"""Keep the filters of a list under a name, rename them, take them out and put them back. One's own only."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.saved_views.models import QUERY_LENGTH, SavedView, SavedViewQuerySet
from office.staff.models import User

NOT_KEPT = ("q", "p", "retour", "menage", "montant")
"""Whom one searched or looked at, and where one stood."""
MOST = 12
"""Views of one list: more would fill its head."""


def kept_query(query: str) -> str:
    """What a view keeps of the query of an address: filters and order that say something.

    >>> kept_query("etat=tous&q=sarr&p=2&tri=-solde&zone=")
    'etat=tous&tri=-solde'
    """
    return urlencode([(name, value) for name, value in parse_qsl(query) if name not in NOT_KEPT])


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def save_view(*, actor: Actor, list: str, name: str, query: str) -> SavedView:
    """Keep the filters of `query` under `name`. The same name with the same filters again changes nothing.

    `InvalidInput` (`name`) where nothing is filtered, another view of the list has the name, or it has `MOST` of them.
    """
    user = _locked(actor)
    mine = SavedView.objects.filter(user=user, list=list).in_use()
    name, kept = " ".join(name.split()), kept_query(query)
    if len(kept) > QUERY_LENGTH:
        raise InvalidInput("Ces filtres sont trop longs pour être gardés : enlevez-en.", field="name")
    if not kept:
        raise InvalidInput("Filtrez ou triez d’abord la liste : il n’y a rien à garder.", field="name")
    if (same := mine.filter(name__iexact=name).first()) is not None and same.query == kept:
        return same
    _must_have_room(mine)
    return _written(SavedView(user=user, list=list, name=name, query=kept))


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def rename_view(*, actor: Actor, view: SavedView, name: str) -> SavedView:
    """Another name for a view. `InvalidInput` (`name`) where another view of the list has it."""
    found = SavedView.objects.visible_to(actor).select_for_update().get(pk=view.pk)
    found.name = " ".join(name.split())
    return _written(found)


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def remove_view(*, actor: Actor, view: SavedView) -> SavedView:
    """Take a view out of its list. Again changes nothing."""
    found = SavedView.objects.visible_to(actor).select_for_update().get(pk=view.pk)
    if found.removed_at is None:
        found.removed_at = clock.now()
        found.save(update_fields=["removed_at"])
    return found


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def put_back_view(*, actor: Actor, view: SavedView) -> SavedView:
    """Take back `remove_view`. Again changes nothing; `InvalidInput` where another view has its name since, or the list
    has `MOST` others."""
    user = _locked(actor)
    found = SavedView.objects.visible_to(actor).select_for_update().get(pk=view.pk)
    if found.removed_at is not None:
        _must_have_room(SavedView.objects.filter(user=user, list=found.list).in_use())
    found.removed_at = None
    return _written(found)


def _locked(actor: Actor) -> User:
    """The person first: two views kept at once would each count the others only."""
    return User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)


def _must_have_room(mine: SavedViewQuerySet) -> None:
    if mine.count() >= MOST:
        raise InvalidInput(f"Cette liste a déjà {MOST} vues : retirez-en une d’abord.", field="name")


def _written(view: SavedView) -> SavedView:
    checked(view)
    with french_refusals(view):
        view.save()
    return view
