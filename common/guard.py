"""The guard of free texts: a form that asks to read again what touches health, offences, opinions or judges."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from common.cautions import TOPICS, Caution, cautions

# What it is mixed into brings the rest; by itself it is no form.
if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    _Form = object


class Guarded(_Form):
    """A form, or a form of a model, with the free texts `guarded`. Words that touch health, offences, opinions or judge
    are shown back once; sent again unchanged, the text is kept: the guard warns, it does not block. `form_errors`
    shows them, and what confirms the text. For a page that shows the form again: one that only tells what was refused
    would refuse for ever."""

    guarded: tuple[str, ...] = ("note",)
    cautions: list[Caution]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmed"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.cautions = []

    def topics(self, data: dict[str, Any]) -> frozenset[str]:
        """What is warned of. All of it, where the text is read by others than who writes it."""
        return TOPICS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        confirmed = data.pop("confirmed", "")
        texts = {name: (data.get(name) or "").strip() for name in self.guarded}
        digest = sha256("\0".join(texts.values()).encode()).hexdigest()[:16]
        topics = self.topics(data)
        asked = texts if confirmed != digest else {}
        found = {name: [c for c in cautions(text) if c.topic in topics] for name, text in asked.items()}
        self.cautions = [caution for of in found.values() for caution in of]
        if self.cautions:
            shown = QueryDict(mutable=True)
            shown.update(self.data)
            shown[self.add_prefix("confirmed")] = digest
            self.data = shown
            for name in (name for name, of in found.items() if of):
                self.add_error(name, "Relisez ce texte, puis envoyez de nouveau : rien n’est encore enregistré.")
        return data


class GuardedForm(Guarded, forms.Form):
    """A plain form that is guarded."""
