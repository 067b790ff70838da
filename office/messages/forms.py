"""What is typed about messages: a text, the address for another try."""

from typing import Any

from django import forms

from common.errors import InvalidInput
from common.identifiers import french_mobile, french_phone
from office.messages.codes import SUBJECTED, Channel, MessageState
from office.messages.models import Message
from office.messages.rules.merge import MAX_SUBJECT


class TextForm(forms.Form):
    """A text of one kind and channel. Fields of the text are checked by the service."""

    subject = forms.CharField(
        label="Objet", max_length=MAX_SUBJECT, error_messages={"required": "Donnez un objet au message."}
    )
    body = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Écrivez le texte du message."},
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel not in SUBJECTED:
            del self.fields["subject"]


class AgainForm(forms.Form):
    """To which address a message that did not arrive is sent again."""

    address = forms.CharField(label="Envoyer à", max_length=254)

    def __init__(self, *args: Any, message: Message, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = message.channel
        self.fields["address"].initial = message.address
        if self.channel == Channel.CALL:
            self.fields["address"].label = "Appeler au"
        if message.state == MessageState.RETURNED:
            widget = forms.Textarea(attrs={"rows": 3})
            self.fields["address"] = forms.CharField(label="Nouvelle adresse", max_length=300, widget=widget)
        elif self.channel == Channel.PAPER:
            del self.fields["address"]
        elif self.channel == Channel.EMAIL:
            self.fields["address"] = forms.EmailField(label="Envoyer à", max_length=254, initial=message.address)

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"]
        if self.channel in (Channel.EMAIL, Channel.PAPER):
            return typed
        if self.channel == Channel.CALL:
            number = french_phone(typed)
            if not number:
                raise forms.ValidationError("Écrivez un numéro de téléphone, par exemple 02 40 00 00 00.")
            return number
        mobile = french_mobile(typed)
        if not mobile:
            raise forms.ValidationError("Écrivez un numéro de mobile, par exemple 06 12 34 56 78.")
        return mobile

    @classmethod
    def read(cls, message: Message, address: str) -> str:
        """An address that a caller of the API gives, as it is kept; `InvalidInput` where nothing can be sent there."""
        form = cls({"address": address}, message=message)
        if not form.is_valid():
            raise InvalidInput(" ".join(str(one) for one in form.errors.get("address", [])), field="address")
        return str(form.cleaned_data.get("address", ""))
