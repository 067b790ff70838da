"""The filters of a list under a name: kept, renamed, taken out and put back, one's own only."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from django.db import connection

from common import clock
from common.errors import InvalidInput
from office.access.actor import Actor
from office.models import SavedView
from office.saved_views import services
from office.saved_views.services import put_back_view, remove_view, rename_view, save_view
from tests.factories import make_actor

HOUSEHOLDS = "leases:households"
pytestmark = pytest.mark.django_db


def kept(actor: Actor, name: str = "Mes sortis", query: str = "etat=sortis&tri=-solde", list: str = HOUSEHOLDS):
    return save_view(actor=actor, list=list, name=name, query=query)


def test_a_view_keeps_filters_and_order_and_nothing_of_whom_one_searched() -> None:
    said = "etat=sortis&q=Sarr&p=3&menage=12&zone=&tri=-solde&retour=%2Fmenages%2F12%2F&montant=120"
    view = kept(make_actor(), query=said)
    assert view.query == "etat=sortis&tri=-solde"
    with pytest.raises(InvalidInput, match="rien à garder"):
        kept(make_actor(), query="q=Sarr&p=2")


def test_a_name_is_of_one_view_of_a_list_and_person_whatever_its_case() -> None:
    actor = make_actor()
    first = kept(actor)
    assert kept(actor) == first
    with pytest.raises(InvalidInput, match="a déjà ce nom") as refused:
        kept(actor, name="  mes  SORTIS ", query="etat=tous")
    assert "choisissez-en un autre" in refused.value.message
    kept(actor, list="leases:leases")
    kept(make_actor())
    assert SavedView.objects.count() == 3


def test_a_view_is_taken_out_and_put_back() -> None:
    actor = make_actor()
    view = kept(actor)
    first = remove_view(actor=actor, view=view).removed_at
    with clock.travel(clock.now() + timedelta(days=1)):
        assert remove_view(actor=actor, view=view).removed_at == first
    assert not SavedView.objects.visible_to(actor).in_use().exists()
    for _ in range(2):
        put_back_view(actor=actor, view=view)
    assert SavedView.objects.visible_to(actor).in_use().get() == view
    remove_view(actor=actor, view=view)
    kept(actor, query="etat=tous")
    with pytest.raises(InvalidInput, match="a déjà ce nom"):
        put_back_view(actor=actor, view=view)


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput):
        kept(make_actor(), name="x" * 41)


@pytest.mark.parametrize("count", [30, 60])
def test_filters_that_are_too_long_are_refused_in_words(count: int) -> None:
    """More than forty were a server error."""
    with pytest.raises(InvalidInput, match="trop longs") as refused:
        kept(make_actor(), query="&".join(f"filtre_{n:02d}=valeur" for n in range(count)))
    assert refused.value.field == "name"


def test_what_was_taken_out_leaves_its_room_and_finds_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back beside as many as a list may have, it was one more."""
    monkeypatch.setattr(services, "MOST", 2)
    actor = make_actor()
    first, second = kept(actor, name="Une"), kept(actor, name="Deux")
    remove_view(actor=actor, view=first)
    third = kept(actor, name="Trois")
    with pytest.raises(InvalidInput, match="déjà 2 vues"):
        put_back_view(actor=actor, view=first)
    # One that is there stays, however full the list.
    assert put_back_view(actor=actor, view=third) == third
    remove_view(actor=actor, view=second)
    assert put_back_view(actor=actor, view=first).removed_at is None


def test_a_view_is_renamed_but_not_to_the_name_of_another() -> None:
    actor = make_actor()
    view, other = kept(actor), kept(actor, name="Autre")
    assert rename_view(actor=actor, view=view, name="Les sortis").name == "Les sortis"
    with pytest.raises(InvalidInput, match="a déjà ce nom"):
        rename_view(actor=actor, view=other, name="les sortis")


def test_nobody_writes_the_view_of_another() -> None:
    view, other = kept(make_actor()), make_actor()
    for change in (remove_view, put_back_view):
        with pytest.raises(SavedView.DoesNotExist):
            change(actor=other, view=view)
    with pytest.raises(SavedView.DoesNotExist):
        rename_view(actor=other, view=view, name="x")


@pytest.mark.django_db(transaction=True)
def test_a_list_has_so_many_views_though_two_are_kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 3)
    actor = make_actor()
    kept(actor, name="Une")
    write = services._written
    # Between the count and the row of one, the others would count too few.
    monkeypatch.setattr(services, "_written", lambda view: sleep(0.2) or write(view))

    def keep(n: int) -> str:
        try:
            return kept(actor, name=f"Vue {n}").name
        except InvalidInput as refused:
            return refused.message
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(keep, range(4)))
    assert sum(word.startswith("Cette liste a déjà 3 vues") for word in said) == 2
    assert SavedView.objects.count() == 3
