"""What somebody chooses of how to be told."""

from django import forms

from common.forms import DayField
from common.quick import end_of_month, in_weeks
from common.typography import phone
from office.digests.models import NoticeChoice


class ChoiceForm(forms.Form):
    wants_digest = forms.BooleanField(
        label="Un récapitulatif par courriel le matin, les jours ouvrés, quand quelque chose m’attend", required=False
    )
    urgent_by_mail = forms.BooleanField(label="Les urgences aussitôt par courriel", required=False)
    urgent_by_sms = forms.BooleanField(label="Les urgences aussitôt par SMS", required=False)
    phone = forms.CharField(
        label="Mobile",
        max_length=20,
        required=False,
        help_text="Pour les SMS seulement",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "a-w-m"}),
    )
    away_until = DayField(
        label="Absent jusqu’au",
        required=False,
        help_text="Rien ne vous est envoyé jusqu’à ce jour inclus",
        quick=(in_weeks(1), in_weeks(2), end_of_month),
    )

    @classmethod
    def of(cls, choice: NoticeChoice) -> "ChoiceForm":
        given = {name: getattr(choice, name) for name in cls.base_fields}
        return cls(initial=given | {"phone": phone(choice.phone)})
