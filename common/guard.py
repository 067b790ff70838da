"""The guard of free texts: a form that asks to read again what touches health, offences, opinions or judges."""

from hashlib import sha256
from typing import Any

from django import forms
from django.http import QueryDict

from common.cautions import Caution, cautions


class GuardedForm(forms.Form):
    """A form with the free texts `guarded`. Words that touch health, offences, opinions or judge are shown back once;
    sent again unchanged, the text is kept: the guard warns, it does not block. Its template shows
    `common/includes/cautions.html` and `form.confirmed`."""

    guarded: tuple[str, ...] = ("note",)

    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)
    cautions: list[Caution]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cautions = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        confirmed = data.pop("confirmed", "")
        texts = {name: (data.get(name) or "").strip() for name in self.guarded}
        digest = sha256("\0".join(texts.values()).encode()).hexdigest()[:16]
        found = {name: cautions(text) for name, text in texts.items()} if confirmed != digest else {}
        self.cautions = [caution for of in found.values() for caution in of]
        if self.cautions:
            shown = QueryDict(mutable=True)
            shown.update(self.data)
            shown[self.add_prefix("confirmed")] = digest
            self.data = shown
            for name in (name for name, of in found.items() if of):
                self.add_error(name, "Relisez ce texte, puis envoyez de nouveau : rien n’est encore enregistré.")
        return data
