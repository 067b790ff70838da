"""Free texts that others read are shown back once: one guard for plain forms and forms of models."""

import pytest
from django import forms
from django.template import Context, Template

from common.guard import Guarded, GuardedForm
from leases.households.forms import LiftForm
from maintenance.tickets.forms import CloseForm, TicketForm
from social_link.alerts.forms import AnswerForm
from social_link.contacts.forms import ContactForm, NoteForm
from stock.dwellings.forms import DwellingForm

HEALTH, JUDGEMENT = "Suivi en psychiatrie", "Il ment"


class Plain(GuardedForm):
    note = forms.CharField()


def shown(form: forms.BaseForm) -> str:
    return Template("{% form_errors form %}{% fields form %}").render(Context({"form": form}))


def test_a_text_is_shown_back_once_with_what_confirms_it() -> None:
    form = Plain({"note": HEALTH})
    assert not form.is_valid()
    page = shown(form)
    assert "À relire" in page
    assert page.count('name="confirmed"') == 1
    again = Plain({"note": HEALTH, "confirmed": form["confirmed"].value()})
    assert again.is_valid()
    assert again.cleaned_data == {"note": HEALTH}
    # Another text is another question.
    assert not Plain({"note": f"{HEALTH}, {JUDGEMENT}", "confirmed": form["confirmed"].value()}).is_valid()


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        (TicketForm, ("title", "description")),
        (CloseForm, ("report",)),
        (DwellingForm, ("safety_notice", "access_notes")),
        (LiftForm, ("reason",)),
    ],
)
def test_what_crosses_from_one_trade_to_another_is_guarded(form: type[Guarded], texts: tuple[str, ...]) -> None:
    assert issubclass(form, Guarded)
    assert form.guarded == texts


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("level", "text", "asks"),
    [
        ("PRIVATE", HEALTH, False),
        ("SEALED", HEALTH, False),
        ("SHARED", HEALTH, True),
        ("PRIVATE", JUDGEMENT, True),
        ("SHARED", JUDGEMENT, True),
    ],
)
@pytest.mark.parametrize("form", [ContactForm, NoteForm])
def test_a_note_is_warned_of_by_who_reads_it(form: type[GuardedForm], level: str, text: str, asks: bool) -> None:
    found = form({"level": level, "note": text, "kind": "CALL"})
    found.is_valid()
    assert bool(found.cautions) == asks


@pytest.mark.django_db
def test_the_private_note_of_an_answer_is_warned_of_lightly() -> None:
    for text, asks in ((HEALTH, False), (JUDGEMENT, True)):
        form = AnswerForm({"contact_made": "oui", "note": text}, has_case=False, longest=30)
        form.is_valid()
        assert bool(form.cautions) == asks
