"""A person asks to read her file: each note is answered by who may, what is decided is handed over and nothing else."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from leases.models import Household, Person
from office.access.actor import Actor
from office.access.codes import Role
from office.documents import services as documents
from office.models import AccessLog, Document, Task
from social_link.contacts.codes import ContactKind
from social_link.contacts.services import edit_note, show_notes, withdraw_note, write_note
from social_link.file_requests import services
from social_link.file_requests.duties import ANSWER
from social_link.file_requests.models import FileRequest
from social_link.file_requests.queries import to_answer, unanswered
from social_link.models import Contact, Note
from tests.factories import make_alert, make_association, make_let, make_note, make_referent, make_user
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
PRIVATE = "Venue avec son fils. Il a perdu son emploi. Elle paiera le 6."


@pytest.fixture
def referent(db: None) -> Actor:
    return Actor.of(make_user(role=Role.SOCIAL_WORKER))


@pytest.fixture
def head(db: None) -> Actor:
    return Actor.of(make_user(role=Role.HEAD_OF_SOCIAL))


@pytest.fixture
def household(referent: Actor) -> Household:
    make_association()
    household = make_let().household
    make_referent(household=household, user=referent.user)
    return household


@pytest.fixture
def asked(household: Household, referent: Actor) -> FileRequest:
    person = Person.objects.get(memberships__household=household)
    return services.note_request(household=household, person=person, asked_on=TODAY, actor=referent)


def said(monkeypatch: pytest.MonkeyPatch, request: FileRequest, actor: Actor) -> dict[str, Any]:
    """What goes into the paper."""
    told: list[dict[str, Any]] = []
    compiled = documents._compile

    def remembered(papers: Any, title: str) -> bytes:
        told.append(papers[0].data)
        return compiled(papers, title)

    with monkeypatch.context() as patch:
        patch.setattr(documents, "_compile", remembered)
        name, pdf = services.print_file(request=request, actor=actor)
    assert name == f"Ce-que-le-service-social-a-note-{request.pk}.pdf"
    assert pdf.startswith(b"%PDF")
    return told[0]


def test_each_author_is_asked_until_his_notes_are_answered(household: Household, referent: Actor, head: Actor) -> None:
    """Who follows the household no more can answer nothing: his notes fall to the head."""
    mine = [write_note(household=household, text=text, actor=referent) for text in ("Venue", "Revenue")]
    make_note(author=make_user(role=Role.SOCIAL_WORKER), household=household)
    person = Person.objects.get(memberships__household=household)
    asked = services.note_request(household=household, person=person, asked_on=TODAY, actor=head)

    def tasks() -> list[tuple[int | None, str]]:
        rows = Task.objects.filter(kind="FILE_ANSWER", household_id=household.pk)
        assert {row.due_on for row in rows} == {asked.answer_by}
        return sorted(rows.values_list("assignee_id", "state"), key=lambda one: one[0] or 0)

    assert tasks() == [(None, "TODO"), (referent.user_id, "TODO")]
    [(_, line)] = ANSWER.show([mine[0].pk], referent).items()
    assert line.text.replace("\u00a0", " ") == "2 notes à remettre ou à garder"
    for note, state in zip(mine, ("TODO", "DONE"), strict=True):
        services.answer_note(request=asked, note=note, version=note.version, actor=referent)
        assert tasks()[1] == (referent.user_id, state)
    services.withdraw_request(request=asked, actor=head)
    assert tasks() == [(None, "DROPPED"), (referent.user_id, "DONE")]
    services.bring_back_request(request=asked, actor=head)
    assert tasks() == [(None, "TODO"), (referent.user_id, "DONE")]


def test_what_is_decided_is_handed_over_and_nothing_else(
    household: Household, referent: Actor, head: Actor, asked: FileRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = write_note(household=household, text=PRIVATE, actor=referent)
    team = write_note(household=household, text="Vu en équipe", level="TEAM", actor=referent)
    for note, actor, how in ((private, referent, {"struck": [1]}), (team, head, {"why": "OTHERS"})):
        with pytest.raises(Conflict, match=r"notes? attend"):
            services.print_file(request=asked, actor=head)
        services.answer_note(request=asked, note=note, version=1, actor=actor, **how)
    data = said(monkeypatch, asked, head)
    assert data["notes"] == [
        {"on": "2026-11-05", "by": str(referent.user), "said": ["Venue avec son fils.", None, "Elle paiera le 6."]}
    ]
    assert data["kept"] == [
        {"why": "Ce qui est écrit parle d’autres personnes et ne se lit pas sans elles", "count": 1}
    ]
    assert not Document.objects.exists()
    read = AccessLog.objects.get(user=head.user, object_id=private.pk)
    assert (read.subject, read.reason) == ("PRIVATE_NOTE", "Demande de lecture du dossier, reçue le 05/11/2026")
    # Handed over, it stays what it was, whatever becomes of the notes.
    for _ in range(2):
        services.hand_over(request=asked, actor=head)
    edit_note(note=private, text="Tout autre chose", actor=referent)
    withdraw_note(note_id=private.pk, actor=referent)
    write_note(household=household, text="Plus tard", actor=referent)
    assert said(monkeypatch, asked, head)["notes"] == data["notes"]
    with pytest.raises(Conflict, match="close"):
        services.answer_note(request=asked, note=team, version=1, actor=head)
    services.take_back_hand_over(request=asked, actor=head)
    assert len(unanswered(asked)) == 1


def test_who_decides_has_read_the_note_as_it_stands(
    household: Household, referent: Actor, head: Actor, asked: FileRequest
) -> None:
    note = write_note(household=household, text=PRIVATE, actor=referent)
    colleague = Actor.of(make_user(role=Role.SOCIAL_WORKER))
    make_referent(household=make_let().household, user=colleague.user)
    with pytest.raises(NotAllowed):
        services.answer_note(request=asked, note=note, version=1, actor=colleague)
    with pytest.raises(NotAllowed, match="Lisez"):
        services.answer_note(request=asked, note=note, version=1, actor=head)
    assert services.read_for(request=asked, note=note, actor=head).text == PRIVATE
    services.answer_note(request=asked, note=note, version=1, actor=head)
    edit_note(note=note, text=f"{PRIVATE} Bien.", actor=referent)
    assert unanswered(asked) == [note.pk]
    with pytest.raises(Conflict, match="corrigée"):
        services.answer_note(request=asked, note=note, version=1, actor=head)
    for how, field in (({"why": "X"}, "why"), ({"struck": [4]}, "struck"), ({"struck": range(4)}, "struck")):
        with pytest.raises(InvalidInput) as refused:
            services.answer_note(request=asked, note=note, version=2, actor=referent, **how)
        assert refused.value.field == field
    # Kept, nothing is struck; handed over after all, the same row says so.
    kept = services.answer_note(request=asked, note=note, version=2, why="DANGER", struck=[1], actor=referent)
    assert (kept.struck, kept.words) == ([], "Gardée")
    services.answer_note(request=asked, note=note, version=2, struck=[1, 1], actor=referent)
    assert asked.answers.get().words.replace("\u00a0", " ") == "Remise, 1 passage rayé"


def test_one_request_waits_at_a_time(household: Household, referent: Actor, head: Actor, asked: FileRequest) -> None:
    again = {"household": household, "person": asked.person, "actor": referent}
    with pytest.raises(Conflict, match="attend déjà"):
        services.note_request(asked_on=TODAY, **again)
    for _ in range(2):
        services.withdraw_request(request=asked, actor=referent)
    with pytest.raises(Conflict, match="close"):
        services.hand_over(request=asked, actor=head)
    second = services.note_request(asked_on=date(2026, 10, 31), **again)
    assert second.answer_by == date(2026, 11, 30)
    with pytest.raises(Conflict, match="attend déjà"):
        services.bring_back_request(request=asked, actor=referent)
    for wrong, field in (({"asked_on": date(2026, 11, 6)}, "asked_on"), ({"person": make_person()}, "person")):
        with pytest.raises(InvalidInput) as refused:
            services.note_request(**{"asked_on": TODAY, **again, **wrong})
        assert refused.value.field == field


def test_who_has_left_is_not_told_of_the_life_of_who_stays(
    household: Household, referent: Actor, head: Actor, asked: FileRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her last day in the household is 3 November: the visit of the 3rd is hers, that of the 4th is not, and a note of
    the 5th is shown as not of her time to who decides of it."""
    for day in (3, 4):
        contact = {"happened_on": date(2026, 11, day), "author": referent.user, "request_key": uuid4()}
        Contact.objects.create(household=household, kind=ContactKind.HOME_VISIT, **contact)
    group = {"kind": ContactKind.WORKSHOP, "happened_on": date(2026, 11, 2), "theme": "SOLVENCY", "by_partner": True}
    Contact.objects.create(household=household, author=referent.user, request_key=uuid4(), **group)
    note = write_note(household=household, text=PRIVATE, actor=referent)
    lines = show_notes(household=household, actor=referent)
    assert [one.is_of_stay for one in to_answer(asked, lines, referent)] == [True]
    asked.person.memberships.update(period=period(date(2020, 1, 1), date(2026, 11, 4)))
    assert [one.is_of_stay for one in to_answer(asked, lines, referent)] == [False]
    services.answer_note(request=asked, note=note, version=1, actor=referent, why="OTHERS")
    assert [(met["on"], met["kind"]) for met in said(monkeypatch, asked, head)["contacts"]] == [
        ("2026-11-02", "Atelier collectif, solvabilité et situation personnelle, par un partenaire"),
        ("2026-11-03", "Visite à domicile"),
    ]
    shown = plain(signed_in(referent.user).get(reverse("social_link:file_request", args=[household.pk])))
    assert "Hors de sa présence au ménage" in shown


def make_person() -> Person:
    return Person.objects.get(memberships__household=make_let(name="Mme Ailleurs Autre").household)


def test_the_pages(household: Household, referent: Actor, head: Actor) -> None:
    note = write_note(household=household, text=PRIVATE, actor=referent)
    worker, boss = signed_in(referent.user), signed_in(head.user)
    url = reverse("social_link:file_request", args=[household.pk])
    person = Person.objects.get(memberships__household=household)
    sent = {"asked_on": "05/11/2026", "request_key": str(uuid4())}
    assert worker.post(url, sent | {"person": person.pk}).status_code == 302
    asked = FileRequest.objects.get()
    shown = plain(boss.get(url))
    assert "5 déc." in shown
    assert "1 note attend une décision" in shown
    assert "perdu son emploi" not in shown
    decide = reverse("social_link:file_request_note", args=[asked.pk, note.pk])
    assert "perdu son emploi" in plain(boss.post(decide, {"lire": "1"}))
    assert "Remise, 1 passage rayé" in plain(
        worker.post(decide, {"version": "1", "why": "", "struck": ["1", "x"]}, follow=True)
    )
    paper = boss.get(reverse("social_link:file_request_paper", args=[asked.pk]))
    assert (paper["Content-Type"], paper["Cache-Control"]) == ("application/pdf", "private, no-store")
    given = plain(boss.post(reverse("social_link:file_request_give", args=[asked.pk]), follow=True))
    assert "Dossier remis à" in given
    assert "Déjà remis" in given
    # A colleague who follows the household by an alert learns of no private note, nor that one is decided.
    colleague = make_user(role=Role.SOCIAL_WORKER)
    make_alert(household=household, to=colleague)
    assert signed_in(colleague).post(decide, {"lire": "1"}).status_code == 404
    assert Note.objects.get().text == PRIVATE
