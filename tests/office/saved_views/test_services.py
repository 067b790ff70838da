"""The filters of a list under a name: kept, renamed, taken out and put back, one's own only."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

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
    view = kept(make_actor(), query="etat=sortis&q=Sarr&p=3&menage=12&zone=&tri=-solde")
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
    for _ in range(2):
        remove_view(actor=actor, view=view)
    assert not SavedView.objects.visible_to(actor).in_use().exists()
    for _ in range(2):
        put_back_view(actor=actor, view=view)
    assert SavedView.objects.visible_to(actor).in_use().get() == view
    remove_view(actor=actor, view=view)
    kept(actor, query="etat=tous")
    with pytest.raises(InvalidInput, match="a déjà ce nom"):
        put_back_view(actor=actor, view=view)


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
