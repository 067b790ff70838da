"""Photos of a passage: added while it goes on, once each, taken back by who took them."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from common.errors import Conflict, InvalidInput, NotAllowed
from maintenance.models import Intervention, Photo
from maintenance.tickets.services import photos as services
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Blob
from tests.factories import make_actor, make_ticket, make_user

pytestmark = pytest.mark.django_db


def picture(shade: int = 0) -> BytesIO:
    out = BytesIO()
    Image.new("L", (8, 8), shade).save(out, "PNG")
    out.seek(0)
    out.name = f"mur {shade}.png"
    return out


@pytest.fixture
def yann() -> Actor:
    return Actor.of(make_user(role=Role.TECHNICIAN, first_name="Yann"))


@pytest.fixture
def passage(yann: Actor) -> Intervention:
    ticket = make_ticket(technician=yann.user)
    return tickets.start(ticket=ticket, actor=yann)


def add(passage: Intervention, actor: Actor, shade: int = 0, stage: str = "BEFORE") -> Photo:
    return services.add_photo(intervention=passage, file=picture(shade), stage=stage, actor=actor)


def end(passage: Intervention, actor: Actor, **more: object) -> Intervention:
    passage.ticket.refresh_from_db()
    return tickets.close(ticket=passage.ticket, paid_by="OPERATOR", actor=actor, **more)


def test_several_photos_with_their_moment_name_and_author(passage: Intervention, yann: Actor) -> None:
    add(passage, yann, 1)
    add(passage, yann, 2, "AFTER")
    assert list(passage.photos.values_list("stage", "name", "author")) == [
        ("BEFORE", "mur 1.jpg", yann.user_id), ("AFTER", "mur 2.jpg", yann.user_id),
    ]  # fmt: skip


def test_sent_twice_it_is_there_once(passage: Intervention, yann: Actor) -> None:
    first = add(passage, yann)
    assert add(passage, yann) == first
    assert passage.photos.count() == 1


def test_sent_again_after_the_end_it_is_the_first(passage: Intervention, yann: Actor) -> None:
    """The answer of the first send was lost, and the passage was closed meanwhile."""
    first = add(passage, yann)
    end(passage, yann)
    assert add(passage, yann) == first
    with pytest.raises(Conflict, match="terminé"):
        add(passage, yann, 2)


def test_the_end_brings_photos_or_does_not_happen(passage: Intervention, yann: Actor) -> None:
    with pytest.raises(InvalidInput, match="n’est pas lisible") as refusal:
        end(passage, yann, before=[picture(1)], after=[BytesIO(b"text")])
    assert refusal.value.field == "after"
    passage.refresh_from_db()
    assert (passage.ended_at, passage.photos.count()) == (None, 0)
    end(passage, yann, before=[picture(1), picture(2)], after=[picture(3), picture(1)])
    assert list(passage.photos.values_list("stage", flat=True).order_by("stage")) == ["AFTER", "BEFORE", "BEFORE"]


def test_no_more_than_a_passage_may_have(passage: Intervention, yann: Actor) -> None:
    for shade in range(Photo.kind.per_owner):
        add(passage, yann, shade)
    with pytest.raises(InvalidInput, match="20 photos au plus par passage : « mur 99.jpg » est de trop") as refusal:
        add(passage, yann, 99)
    assert refusal.value.code == "too_many"
    assert passage.photos.count() == Photo.kind.per_owner
    add(passage, yann, 0)  # it is there already
    with pytest.raises(InvalidInput, match="au plus"):
        end(passage, yann, after=[picture(99)])


def test_too_many_at_once_are_refused_before_any_is_read(passage: Intervention, yann: Actor) -> None:
    unread = [BytesIO(b"text") for _ in range(Photo.kind.per_owner)]
    with pytest.raises(InvalidInput, match="20 photos au plus par passage : vous en envoyez 21") as refusal:
        end(passage, yann, before=[picture()], after=unread)
    assert (refusal.value.code, refusal.value.field) == ("too_many", "after")
    assert {file.tell() for file in unread} == {0}


def test_taken_back_by_its_author_while_the_passage_goes_on(
    passage: Intervention, yann: Actor, django_capture_on_commit_callbacks: Callable
) -> None:
    photo = add(passage, yann)
    with pytest.raises(NotAllowed, match="quelqu’un d’autre"):
        services.remove_photo(intervention=passage, photo=photo.uuid, actor=make_actor())
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            services.remove_photo(intervention=passage, photo=photo.uuid, actor=yann)
        assert not Blob.objects.exists()
    kept = add(passage, yann)
    end(passage, yann)
    with pytest.raises(Conflict, match="terminé"):
        services.remove_photo(intervention=passage, photo=kept.uuid, actor=yann)


def test_a_photo_that_two_passages_share_stays_with_the_other(passage: Intervention, yann: Actor) -> None:
    other = tickets.start(ticket=make_ticket(technician=yann.user), actor=yann)
    photo, kept = add(passage, yann), add(other, yann)
    services.remove_photo(intervention=passage, photo=photo.uuid, actor=yann)
    assert Blob.objects.get() == kept.blob
    services.remove_photo(intervention=passage, photo=kept.uuid, actor=yann)
    assert other.photos.get() == kept


def test_the_job_of_another_is_not_ones_own(passage: Intervention, yann: Actor) -> None:
    photo, other = add(passage, yann), Actor.of(make_user(role=Role.TECHNICIAN))
    with pytest.raises(NotAllowed):
        add(passage, other)
    with pytest.raises(NotAllowed):
        services.remove_photo(intervention=passage, photo=photo.uuid, actor=other)
    with pytest.raises(InvalidInput, match="avant ou d’après"):
        add(passage, yann, stage="NOW")
