"""A field that names one row among thousands by what people know of it, in place of a bare reference or a long list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


@dataclass(frozen=True, slots=True)
class Found:
    """A row that answers to what was typed. `text` is what the field then says: it finds this row and no other."""

    text: str
    row: Any


class PickField(forms.CharField):
    """A row by what was typed of it. Several that answer are shown under the field, to choose one (`found`).

    `find` gives what answers to a text, the best first, or the one whose `text` it is. `url` is the name of the page
    that shows them while one types (`pick.js`), with `asks` behind it; `none` is said where nothing answers.
    """

    found: Sequence[Found] = ()

    def __init__(
        self, *, find: Callable[[str], list[Found]], url: str, none: str, asks: str = "", **kwargs: Any
    ) -> None:
        self.find, self.url, self.none, self.asks = find, url, none, asks
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = self.find(text)
        if not found:
            raise ValidationError(self.none, code="invalid")
        if len(found) > 1:
            self.found = found
            raise ValidationError("Plusieurs répondent à ces mots : choisissez.", code="several")
        return found[0].row
