"""A long list of choices says what an ordinary one says."""

import re

import pytest
from django import forms

from common.forms import LongSelect

CHOICES = [("", "Choisissez"), (1, "Mme d’Aubigné & fils"), (2, "<b>M. Deux</b>"), ("x", "Trois")]


class _Form(forms.Form):
    plain = forms.ChoiceField(choices=CHOICES, required=False)
    long = forms.ChoiceField(choices=CHOICES, required=False, widget=LongSelect)
    asked = forms.ChoiceField(choices=CHOICES, widget=LongSelect)


def _options(written: str) -> list[tuple[str, ...]]:
    return re.findall(r'<option value="([^"]*)"( selected)?>([^\n]*?)</option>', written)


@pytest.mark.parametrize("value", ["", "1", 2, "x", None, "<"])
def test_the_same_choices_with_the_same_one_chosen(value: object) -> None:
    form = _Form(initial={"plain": value, "long": value})
    assert _options(str(form["long"])) == _options(str(form["plain"]))
    assert len(_options(str(form["long"]))) == len(CHOICES)


def test_its_attributes_are_those_of_a_field() -> None:
    written = _Form()["asked"].as_widget(attrs={"class": "form-select"})
    opening = written.split(">", 1)[0]
    for attribute in ('name="asked"', 'class="form-select"', 'id="id_asked"', "required"):
        assert attribute in opening
    assert " required" not in str(_Form()["long"]).split(">", 1)[0]
