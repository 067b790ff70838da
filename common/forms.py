"""Form fields that parse amounts, days and months typed in French, with error messages that give an example."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from common import typography
from common.periods import YEARS, Month
from common.quick import Proposed

_SPACES = re.compile(r"[\s\u00a0\u202f]")


class AmountField(forms.DecimalField):
    """Euros typed by hand: `1 204,70`, `1204.70 €`, `−12,00`. Two decimals at most. `quick`: the chips beside it."""

    widget = forms.TextInput

    def __init__(self, *, quick: Sequence[Proposed] = (), **kwargs: Any) -> None:
        self.quick = quick
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values or isinstance(value, Decimal):
            return None if value in self.empty_values else value
        text = _SPACES.sub("", str(value)).replace("€", "").replace(typography.MINUS, "-")
        match = re.fullmatch(r"(-?\d+)(?:[.,](\d+))?", text)
        if not match:
            cure = "Écrivez un nombre, par exemple 120,00."
            if re.search(r"\d[oO]|[oO]\d", text):
                cure += " Une lettre O s’y trouve."
            raise ValidationError(cure, code="invalid")
        if len(match[2] or "") > 2:
            raise ValidationError("Deux chiffres au plus après la virgule.", code="max_decimal_places")
        try:
            return Decimal(text.replace(",", "."))
        except InvalidOperation as error:
            raise ValidationError("Écrivez un nombre, par exemple 120,00.", code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return typography.number(value, 2) if isinstance(value, Decimal) else value


class DayField(forms.DateField):
    """A day typed `05/11/2026` (or `5/11/26`, `5.11.2026`, `2026-11-05`). `quick`: the chips beside its calendar."""

    widget = forms.DateInput(format="%d/%m/%Y")

    def __init__(self, *, quick: Sequence[Proposed] = (), **kwargs: Any) -> None:
        self.quick = quick
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return super().to_python(value)
        text = str(value).strip()
        match = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})", text)
        iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
        if match:
            day, month, year = int(match[1]), int(match[2]), int(match[3])
            year += 2000 if len(match[3]) == 2 else 0
        elif iso:
            year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
        else:
            raise ValidationError("Écrivez une date comme 05/11/2026.", code="invalid")
        if not 1 <= month <= 12 or year not in YEARS:
            raise ValidationError("Écrivez une date comme 05/11/2026 : le jour, le mois, l’année.", code="invalid")
        last = monthrange(year, month)[1]
        if not 1 <= day <= last:
            name = typography.MONTHS[month - 1].capitalize()
            raise ValidationError(
                f"{name} a {last} jours. Choisissez une date entre le 1er et le {last}.", code="invalid"
            )
        return date(year, month, day)


class HourField(forms.TimeField):
    """An hour typed `9h30`, `9 h 30`, `9:30`, `9h`, `0930` or `9`. `quick`: the chips beside it."""

    widget = forms.TimeInput(format="%H:%M", attrs={"placeholder": "HH:MM", "inputmode": "text", "class": "a-w-s"})

    def __init__(self, *, quick: Sequence[Proposed] = (), **kwargs: Any) -> None:
        self.quick = quick
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return value or None
        text = _SPACES.sub("", str(value)).lower()
        match = re.fullmatch(r"(\d{1,2})(?:[h:.](\d{2})?(?::00)?|(?<=\d\d)(\d{2}))?(?:min|mn)?", text)
        if not match or int(match[1]) > 23 or int(match[2] or match[3] or 0) > 59:
            raise ValidationError("Écrivez une heure comme 9 h 30.", code="invalid")
        return time(int(match[1]), int(match[2] or match[3] or 0))


class MonthField(forms.CharField):
    """A month typed `11/2026` (or `2026-11`), or a day of it as other pages ask (`01/11/2026`); gives a `Month`."""

    widget = forms.TextInput(attrs={"placeholder": "MM/AAAA", "inputmode": "numeric", "class": "a-w-s"})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, Month):
            return value or None
        text = str(value).strip()
        match = re.fullmatch(r"(?:\d{1,2}[/. -])?(\d{1,2})[/. -](\d{4})", text)
        try:
            return Month.parse(f"{match[2]}-{int(match[1]):02d}" if match else text)
        except ValueError as error:
            raise ValidationError("Écrivez un mois comme 11/2026.", code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return f"{value.month:02d}/{value.year}" if isinstance(value, Month) else value


# What it is mixed into brings the rest; by itself it is no form.
if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    _Form = object


class AskingForm(_Form):
    """A form with questions that come only where a service asks them, by a refusal that names their field (`asked`).

    Until then they are hidden, and unanswered. Beside `forms.Form` or `forms.ModelForm`, before it.
    """

    asked: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._questions = {}
        for name in self.asked:
            if not (self.is_bound and self.data.get(self.add_prefix(name))):
                self._questions[name] = self.fields[name].widget
                self.fields[name].widget = forms.HiddenInput()

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field in self._questions:
            self.fields[field].widget = self._questions.pop(field)


class AnsweringForm(forms.Form):
    """A form whose service may ask a question before something unusual (`common.errors.Asked`).

    Asked, it shows one field more: why it is right. `answers` is for the service. What a later send asks anew (another
    amount was typed) has no answer yet, and is asked.
    """

    because = forms.CharField(
        label="Pourquoi est-ce juste ?",
        max_length=200,
        required=False,
        widget=forms.HiddenInput,
        help_text="Gardé avec ce que vous enregistrez.",
        error_messages={"required": "Dites en quelques mots pourquoi c’est juste, ou corrigez."},
    )
    questions = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get(self.add_prefix("questions")):
            self._show()

    @property
    def answers(self) -> dict[str, str]:
        """By question, why it is right."""
        because = self.cleaned_data["because"].strip()
        return dict.fromkeys(self.cleaned_data["questions"].split(), because) if because else {}

    @property
    def asks(self) -> bool:
        """Whether the reason is to be typed."""
        return not self.fields["because"].widget.is_hidden

    def typed(self) -> dict[str, Any]:
        """What was typed besides the answer."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("because", "questions")}

    def ask(self, questions: Sequence[str]) -> None:
        """Show the field of the reason: these are asked."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        name = self.add_prefix("questions")
        self.data[name] = " ".join(dict.fromkeys([*self.data.get(name, "").split(), *questions]))  # type: ignore[index]
        self._show()
        # Said so where it is shown only: without a reason the service asks again, in its own words.
        self.fields["because"].required = True

    def _show(self) -> None:
        self.fields["because"].widget = forms.TextInput(attrs={"class": "a-w-l", "autocomplete": "off"})


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once; gives a list. What they are is the affair of the service that takes them."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = list(data or ())
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return files
