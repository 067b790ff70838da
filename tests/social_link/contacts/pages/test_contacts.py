"""Contacts in four taps, planned ones noted in one, notes by level with reads that are logged."""

from datetime import date, time
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from leases.models import Household, Person
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog, User
from social_link.contacts import services
from social_link.contacts.queries import doors_of
from social_link.models import Contact, Note
from tests.factories import make_let, make_referent, make_user
from tests.pages import plain, signed_in
from tests.pages import text as text_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def household() -> Household:
    return make_let(name="Mme Fatou Sarr").household


@pytest.fixture
def referent(household: Household) -> User:
    return make_referent(household=household)


@pytest.fixture
def client(referent: User) -> Client:
    return signed_in(referent)


def new(name: str, household: Household) -> str:
    return reverse(f"social_link:{name}", args=[household.pk])


def test_name_kind_save(client: Client, household: Household) -> None:
    other = make_let(name="M. Alain Briand").household
    names = client.get(reverse("social_link:contact_new")).content.decode()
    assert new("contact_new", household) in names
    assert other.name not in names
    part = client.get(reverse("social_link:contact_new"), {"q": "sarr"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    form = client.get(new("contact_new", household))
    text = form.content.decode()
    assert 'value="05/11/2026"' in text  # today, already there
    key = form.context["form"]["request_key"].value()
    for _ in range(2):  # a double submit
        answer = client.post(new("contact_new", household), {"kind": "VISIT", "day": "05/11/2026", "request_key": key})
        assert answer.status_code == 302
    contact = Contact.objects.get()
    assert (contact.kind, contact.happened_on, contact.is_planned) == ("VISIT", TODAY, False)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "VISIT", "day": "06/11/2026"}, "pas encore eu lieu"),
        ({"kind": "VISIT", "day": "32/11/2026"}, "Novembre a 30 jours"),
        ({"kind": "", "day": "05/11/2026"}, "obligatoire"),
        ({"kind": "CALL", "day": "05/11/2026", "note": "Il ment"}, "À relire"),
    ],
)
def test_what_is_refused_is_said(client: Client, household: Household, sent: dict[str, str], words: str) -> None:
    answer = client.post(new("contact_new", household), sent | {"request_key": uuid4()})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("name", ["contact_new", "visit_new"])
def test_one_is_back_where_one_came_from(client: Client, household: Household, name: str) -> None:
    """From an alert, it was the agenda."""
    origin = "/social/alertes/12/"
    page = client.get(new(name, household), {"retour": origin}).content.decode()
    assert f'name="retour" value="{origin}"' in page
    sent = {"kind": "CALL", "day": "05/11/2026"}
    for wanted, led in ((origin, origin), ("//ailleurs.example/", reverse("social_link:contacts")), ("", None)):
        answer = client.post(new(name, household), sent | {"retour": wanted, "request_key": uuid4()})
        Contact.objects.all().delete()
        assert answer["Location"] == (led or reverse("social_link:contacts"))


def test_the_head_sees_what_the_team_plans(client: Client, household: Household, referent: User) -> None:
    """It said « Rien de prévu » while the team had visits."""
    sent = {"kind": "VISIT", "day": "06/11/2026", "at": "10:00", "request_key": uuid4()}
    client.post(new("visit_new", household), sent)
    agenda = reverse("social_link:contacts")
    page = plain(signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(agenda))
    assert "Rien de prévu" not in page
    assert f"· {referent}" in page
    assert f"· {referent}" not in plain(client.get(agenda))
    assert "Rien de prévu" in plain(signed_in(make_user(role=Role.SOCIAL_WORKER)).get(agenda))


def test_only_who_planned_a_visit_notes_it_from_the_agenda(
    client: Client, household: Household, referent: User
) -> None:
    """« Fait » stood on the visits of others too, and would have noted them for those who went."""
    client.post(new("visit_new", household), {"kind": "VISIT", "day": "05/11/2026", "request_key": uuid4()})
    visit = Contact.objects.get()
    agenda, done = reverse("social_link:contacts"), f'action="{reverse("social_link:contact_done", args=[visit.pk])}"'
    page = signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(agenda).content.decode()
    assert done not in page
    assert reverse("social_link:contact_edit", args=[visit.pk]) in page
    assert done in client.get(agenda).content.decode()


def test_the_next_visit_is_planned_with_the_contact(client: Client, household: Household) -> None:
    sent = {"kind": "CALL", "day": "05/11/2026", "next_on": "19/11/2026", "request_key": uuid4()}
    assert "Prochaine visite le 19 nov." in plain(client.post(new("contact_new", household), sent, follow=True))
    client.post(new("contact_new", household), sent)  # a double submit
    call, visit = Contact.objects.order_by("happened_on")
    assert (call.kind, call.is_planned) == ("CALL", False)
    assert (visit.kind, visit.happened_on, visit.is_planned) == ("VISIT", date(2026, 11, 19), True)


def test_a_next_visit_in_the_past_notes_nothing(client: Client, household: Household) -> None:
    sent = {"kind": "CALL", "day": "05/11/2026", "next_on": "04/11/2026", "request_key": uuid4()}
    answer = client.post(new("contact_new", household), sent)
    assert answer.status_code == 422
    assert "Choisissez aujourd’hui ou un jour à venir." in plain(answer)
    assert not Contact.objects.exists()


def test_a_sealed_note_names_its_readers(client: Client, household: Household) -> None:
    colleague = make_user(role=Role.SOCIAL_WORKER)
    client.post(
        new("contact_new", household),
        {
            "kind": "OFFICE", "day": "05/11/2026", "request_key": uuid4(), "note": "Entretien", "level": "SEALED",
            "readers": [colleague.pk],
        },
    )  # fmt: skip
    note = Note.objects.get()
    assert note.level == "SEALED"
    assert note.readers.get().user == colleague


def test_a_visit_is_planned_then_noted(client: Client, household: Household, referent: User) -> None:
    key = uuid4()
    client.post(new("visit_new", household), {"kind": "VISIT", "day": "05/11/2026", "at": "10:00", "request_key": key})
    contact = Contact.objects.get()
    assert contact.is_planned
    agenda = client.get(reverse("social_link:contacts")).content.decode()
    assert "Mme Fatou Sarr" in agenda
    done = reverse("social_link:contact_done", args=[contact.pk])
    sent = {"absent": "", "request_key": str(uuid4())}
    assert "Noté : Mme Fatou Sarr, absence." in plain(client.post(done, sent, follow=True))
    contact.refresh_from_db()
    assert (contact.kind, contact.is_planned) == ("ABSENCE", False)
    # What a phone sends again leads where it led; another tap is refused.
    assert "déjà reçu" in plain(client.post(done, sent, follow=True))
    again = client.post(done, {"fait": "", "request_key": str(uuid4())}, follow=True)
    assert "déjà noté" in plain(again)
    past = client.post(new("visit_new", household), {"kind": "VISIT", "day": "01/11/2026", "request_key": uuid4()})
    assert past.status_code == 422


def test_a_slip_is_taken_back_once_as_it_was(client: Client, household: Household, referent: User) -> None:
    contact = services.plan_contact(
        household=household, kind="OFFICE", day=TODAY, request_key=uuid4(), actor=Actor.of(referent)
    )
    agenda = reverse("social_link:contacts")
    assert f'id="c{contact.pk}"' in client.get(agenda).content.decode()
    sent = {"absent": "", "request_key": str(uuid4())}
    done = client.post(reverse("social_link:contact_done", args=[contact.pk]), sent, follow=True)
    assert done.redirect_chain == [(agenda, 302)]
    back = reverse("social_link:contact_again", args=[contact.pk])
    assert f'action="{back}?genre=OFFICE"' in done.content.decode()
    assert "Annuler" not in client.get(agenda).content.decode()
    again = client.post(f"{back}?genre=OFFICE", {"retour": agenda}, follow=True)
    assert "De nouveau prévu pour Mme Fatou Sarr." in plain(again)
    contact.refresh_from_db()
    assert (contact.kind, contact.is_planned) == ("OFFICE", True)
    assert "Choisissez le genre" in client.post(f"{back}?genre=ABSENCE", follow=True).content.decode()


def test_what_one_send_wrote_is_taken_back_by_one_gesture(client: Client, household: Household) -> None:
    """A contact noted by mistake had to be found again in the agenda, and the visit planned with it a second time."""
    origin = f"/menages/{household.pk}/social/"
    sent = {"kind": "CALL", "day": "05/11/2026", "note": "Vu", "next_on": "19/11/2026", "request_key": uuid4()}
    told = text_of(client.post(new("contact_new", household), sent, follow=True))
    call, visit = Contact.objects.order_by("happened_on")
    undo = f"{reverse('social_link:contact_withdraw', args=[call.pk])}?suite={visit.pk}"
    assert f'action="{undo}"' in told
    gone = client.post(undo, {"retour": origin})
    assert gone["Location"] == origin
    assert not Contact.objects.exists()
    assert not Note.objects.exists()
    again = f"{reverse('social_link:contact_back', args=[call.pk])}?suite={visit.pk}"
    assert f'action="{again}"' in text_of(client.get(reverse("social_link:contacts")))
    client.post(again)
    assert set(Contact.objects.values_list("pk", flat=True)) == {call.pk, visit.pk}
    assert Note.objects.get().text == "Vu"


def test_with_a_contact_only_what_is_ones_own_is_taken_back(client: Client, household: Household) -> None:
    client.post(new("contact_new", household), {"kind": "CALL", "day": "05/11/2026", "request_key": uuid4()})
    own = Contact.objects.get()
    elsewhere = make_let().household
    other = services.plan_contact(
        household=elsewhere, kind="VISIT", day=TODAY, request_key=uuid4(),
        actor=Actor.of(make_referent(household=elsewhere)),
    )  # fmt: skip
    undo = reverse("social_link:contact_withdraw", args=[own.pk])
    for following in (other.pk, 10**17, "9" * 40):
        assert client.post(f"{undo}?suite={following}").status_code in (302, 404)
        assert Contact.objects.filter(pk=other.pk).exists()
    assert not Contact.objects.filter(pk=own.pk).exists()  # a number too long names nothing


def test_a_planned_visit_and_a_note_are_taken_back_too(client: Client, household: Household, referent: User) -> None:
    sent = {"kind": "VISIT", "day": "12/11/2026", "request_key": uuid4()}
    told = text_of(client.post(new("visit_new", household), sent, follow=True))
    visit = Contact.objects.get()
    assert f'action="{reverse("social_link:contact_withdraw", args=[visit.pk])}"' in told
    contact = services.log_contact(
        household=household, kind="CALL", day=TODAY, request_key=uuid4(), actor=Actor.of(referent)
    )
    note = reverse("social_link:note_new", args=[contact.pk])
    told = text_of(client.post(note, {"note": "Vu", "level": "PRIVATE", "request_key": uuid4()}, follow=True))
    assert f'action="{reverse("social_link:note_withdraw", args=[Note.objects.get().pk])}"' in told


def test_a_row_of_the_agenda_leads_to_the_door(client: Client, household: Household, referent: User) -> None:
    """It had a name and an hour: no street, no phone, and its page could not be opened."""
    dwelling = household.occupancies.get().dwelling
    member = household.memberships.get()
    Person.objects.filter(pk=member.person_id).update(phone="0612345678")
    for day in (TODAY, date(2026, 11, 12)):
        services.plan_contact(household=household, kind="VISIT", day=day, request_key=uuid4(), actor=Actor.of(referent))
    page = text_of(client.get(reverse("social_link:contacts")))
    assert page.count(f'href="/menages/{household.pk}/social/"') == 2
    assert page.count('href="tel:0612345678"') == 2
    assert page.count(dwelling.building.street) == 2
    assert page.count('href="geo:0,0?q=') == 1
    Person.objects.filter(pk=member.person_id).update(is_address_protected=True)
    assert dwelling.building.street not in text_of(client.get(reverse("social_link:contacts")))


@pytest.mark.parametrize("count", [1, 6])
def test_the_doors_of_the_agenda_cost_two_queries(count: int, django_assert_num_queries) -> None:
    homes = [make_let().household.pk for _ in range(count)]
    with django_assert_num_queries(2):
        assert len([door for door in doors_of(homes, TODAY).values() if door.address]) == count
    with django_assert_num_queries(0):
        assert doors_of([], TODAY) == {}


def test_who_is_expected_today_is_proposed_first(client: Client, household: Household, referent: User) -> None:
    """« Noter un contact » proposed the first names of the alphabet while somebody was expected at ten."""
    other = make_let(name="Mme Zoé Zola").household
    make_referent(household=other, user=referent)

    def names() -> list[int]:
        return [row.pk for row in client.get(reverse("social_link:contact_new")).context["households"]]

    assert names() == [household.pk, other.pk]
    services.plan_contact(
        household=other, kind="VISIT", day=TODAY, at=time(10), request_key=uuid4(), actor=Actor.of(referent)
    )
    assert names() == [other.pk, household.pk]
    assert plain(client.get(reverse("social_link:contact_new"))).count("prévu aujourd’hui") == 1
    form = plain(client.get(new("contact_new", other))).replace("&nbsp;", " ")
    assert "Visite à domicile prévue aujourd’hui à 10 h" in form
    assert "à noter dans l’agenda" not in plain(client.get(new("contact_new", household)))


@pytest.mark.parametrize("count", [2, 12])
def test_the_agenda_costs_a_constant_number_of_queries(
    client: Client, household: Household, referent: User, count: int, django_assert_max_num_queries
) -> None:
    for _ in range(count):
        services.log_contact(
            household=household, kind="CALL", day=TODAY, request_key=uuid4(), note="Vu", actor=Actor.of(referent)
        )
    with django_assert_max_num_queries(16):
        page = client.get(reverse("social_link:contacts"))
    assert len(page.context["page"]) == count


def test_other_peoples_households_do_not_exist(household: Household, referent: User) -> None:
    contact = services.plan_contact(
        household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=Actor.of(referent)
    )
    stranger = signed_in(make_user(role=Role.SOCIAL_WORKER))
    for name in ("contact_new", "visit_new", "notes"):
        assert stranger.get(new(name, household)).status_code == 404
    done = reverse("social_link:contact_done", args=[contact.pk])
    assert stranger.post(done, {"request_key": str(uuid4())}).status_code == 404


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL}])
def test_who_has_no_page(role: str, household: Household) -> None:
    client = signed_in(make_user(role=role))
    for address in (
        reverse("social_link:contacts"), reverse("social_link:contact_new"), new("contact_new", household),
        new("visit_new", household), new("notes", household),
    ):  # fmt: skip
        assert client.get(address).status_code == 403


def test_notes_by_level_and_what_is_logged(household: Household, referent: User) -> None:
    author = Actor.of(referent)
    texts = {"PRIVATE": "Mot privé", "SHARED": "Mot partagé", "SEALED": "Mot scellé"}
    notes = {
        level: services.write_note(
            household=household, text=text, level=level, readers=[referent] if level == "SEALED" else [], actor=author
        )
        for level, text in texts.items()
    }
    own = signed_in(referent).get(new("notes", household)).content.decode()
    assert all(text in own for text in texts.values())
    assert not AccessLog.objects.exists()
    head_user = make_user(role=Role.HEAD_OF_SOCIAL)
    head = signed_in(head_user)
    seen = head.get(new("notes", household)).content.decode()
    assert "Mot partagé" in seen
    assert "Mot privé" not in seen
    assert "Mot scellé" not in seen
    assert AccessLog.objects.get().object_id == notes["SHARED"].pk
    address = reverse("social_link:note_open", args=[notes["SEALED"].pk])
    refused = head.post(address, {"reason": ""})
    assert refused.status_code == 422
    assert "Mot scellé" not in refused.content.decode()
    opened = head.post(address, {"reason": "Plainte du ménage reçue ce jour"}).content.decode()
    assert "Mot scellé" in opened
    assert "Mot privé" not in opened
    entry = AccessLog.objects.get(object_id=notes["SEALED"].pk)
    assert (entry.user, entry.reason) == (head_user, "Plainte du ménage reçue ce jour")
    for role in (Role.SOCIAL_WORKER, Role.RENTAL_MANAGER):
        assert signed_in(make_user(role=role)).post(address, {"reason": "Je veux voir"}).status_code == 403


def test_a_colleague_in_charge_sees_no_trace_of_a_private_note(household: Household, referent: User) -> None:
    services.write_note(household=household, text="Mot privé", actor=Actor.of(referent))
    from tests.factories import make_alert

    colleague = make_user(role=Role.SOCIAL_WORKER)
    make_alert(household=household, to=colleague)
    page = signed_in(colleague).get(new("notes", household))
    assert page.context["lines"] == []
    assert "Mot privé" not in page.content.decode()


def test_a_contact_is_corrected_withdrawn_and_brought_back_on_the_pages(client: Client, household: Household) -> None:
    client.post(new("contact_new", household), {"kind": "ABSENCE", "day": "05/11/2026", "request_key": uuid4()})
    row = Contact.objects.get()
    edit = reverse("social_link:contact_edit", args=[row.pk])
    assert edit in client.get(reverse("social_link:contacts")).content.decode()
    assert client.get(edit).status_code == 200
    assert client.post(edit, {"kind": "VISIT", "day": "06/11/2026", "at": ""}).status_code == 422
    assert client.post(edit, {"kind": "VISIT", "day": "04/11/2026", "at": "9:30"}).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.happened_on) == ("VISIT", date(2026, 11, 4))
    page = client.post(reverse("social_link:contact_withdraw", args=[row.pk]), follow=True).content.decode()
    assert not Contact.objects.exists()
    back = reverse("social_link:contact_back", args=[row.pk])
    assert back in page
    client.post(back)
    assert Contact.objects.get().pk == row.pk


def test_a_colleague_opens_no_correction_of_a_contact(household: Household, referent: User, client: Client) -> None:
    client.post(new("contact_new", household), {"kind": "VISIT", "day": "05/11/2026", "request_key": uuid4()})
    colleague = make_user(role=Role.SOCIAL_WORKER)
    answer = signed_in(colleague).get(reverse("social_link:contact_edit", args=[Contact.objects.get().pk]))
    assert answer.status_code == 404


def test_a_note_is_corrected_withdrawn_and_brought_back_on_the_pages(client: Client, household: Household) -> None:
    sent = {"kind": "VISIT", "day": "05/11/2026", "note": "Premier texte", "level": "PRIVATE", "request_key": uuid4()}
    client.post(new("contact_new", household), sent)
    note = Note.objects.get()
    edit = reverse("social_link:note_edit", args=[note.pk])
    assert edit in client.get(new("notes", household)).content.decode()
    refused = client.post(edit, {"note": "Texte", "level": "SEALED"})
    assert (refused.status_code, "Nommez au moins une personne" in refused.content.decode()) == (422, True)
    guarded = client.post(edit, {"note": "Il ment", "level": "PRIVATE"})
    assert (guarded.status_code, "À relire" in guarded.content.decode()) == (422, True)
    client.post(edit, {"note": "Second texte", "level": "PRIVATE"})
    assert "1 texte précédent" in plain(client.get(new("notes", household)))
    page = client.post(reverse("social_link:note_withdraw", args=[note.pk]), follow=True).content.decode()
    assert "Second texte" not in page
    back = reverse("social_link:note_back", args=[note.pk])
    assert back in page
    assert "Second texte" in client.post(back, follow=True).content.decode()


def test_who_reads_a_sealed_note_is_asked_in_the_open(client: Client, household: Household) -> None:
    page = client.get(new("contact_new", household)).content.decode()
    assert "<details" not in page
