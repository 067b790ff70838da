"""Forms of the rights: the twelve gone through, and one with its days and amounts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField

from common import clock
from common.forms import AmountField, DayField
from common.quick import PAST
from leases.models import Person
from social_link.rights.codes import Due, Per, RightKind, RightRefusal, RightState
from social_link.rights.models import RightFact
from social_link.rights.queries import RightNow
from social_link.rights.rules.days import proposed_renewal
from social_link.rights.services import Said

GONE_THROUGH = (RightState.OPEN, RightState.ASKED, RightState.REFUSED, RightState.NONE, RightState.UNKNOWN)
"""What is offered as one goes through the twelve: a refusal is contested on the page of the right."""
DAY = {"required": "Dites quel jour, par exemple 05/11/2026."}


class RowFields:
    """The fields of one right in the form that goes through all."""

    def __init__(self, form: forms.Form, row: RightNow) -> None:
        self.row = row
        self._form = form

    def _field(self, name: str) -> BoundField:
        return self._form[f"{row_name(self.row)}-{name}"]

    @property
    def state(self) -> BoundField:
        return self._field("etat")

    @property
    def seen(self) -> BoundField:
        return self._field("vu")

    @property
    def renew_on(self) -> BoundField:
        return self._field("fin")

    @property
    def received_on(self) -> BoundField:
        return self._field("recu")

    @property
    def refusal(self) -> BoundField:
        return self._field("motif")


def row_name(row: RightNow) -> str:
    return row.key


class RunThroughForm(forms.Form):
    """A row for each right: how it stands. Only what was changed is said; `seen` is what the row stood on."""

    def __init__(self, *args: Any, rows: Sequence[RightNow], months: Mapping[RightKind, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows_now, self.today = rows, clock.today()
        for row in rows:
            name, fact = row_name(row), row.fact
            states = [*GONE_THROUGH, RightState.APPEALED] if row.state == RightState.APPEALED else GONE_THROUGH
            usual = proposed_renewal(self.today, months.get(row.kind))
            if fact is not None and fact.said == RightState.OPEN:
                usual = fact.renew_on
            self.fields |= {
                f"{name}-etat": forms.ChoiceField(
                    label=row.label, choices=[(state.value, state.label) for state in states], widget=forms.RadioSelect,
                    initial=row.state.value,
                ),
                f"{name}-vu": forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=fact.pk if fact else 0),
                f"{name}-fin": DayField(label="À renouveler le", required=False, initial=usual),
                f"{name}-recu": DayField(
                    label="Refus reçu le", required=False,
                    initial=fact.on if fact and fact.said == RightState.REFUSED else None,
                ),
                f"{name}-motif": forms.ChoiceField(
                    label="Motif", choices=RightRefusal.choices, required=False,
                    initial=fact.refusal if fact and fact.refusal else RightRefusal.UNSAID,
                ),
            }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The time to contest runs from the day on which the refusal came: it is told, not supposed."""
        data = super().clean() or self.cleaned_data
        unsaid = "Dites quel jour le refus est arrivé : le délai pour contester en part."
        for name in map(row_name, self.rows_now):
            received = f"{name}-recu"
            if data.get(f"{name}-etat") == RightState.REFUSED and received in data and data[received] is None:
                self.add_error(received, unsaid)
        return data

    @property
    def rows(self) -> list[RowFields]:
        return [RowFields(self, row) for row in self.rows_now]

    @property
    def said(self) -> list[Said]:
        """What was changed on the page, whatever somebody else has noted since."""
        data = self.cleaned_data
        seen = RightFact.objects.in_bulk({data[f"{row_name(row)}-vu"] for row in self.rows_now} - {0})
        found = []
        for row in self.rows_now:
            name = row_name(row)
            was, one = seen.get(data[f"{name}-vu"]), self._row(row, name)
            if was is not None and (was.kind, was.person_id) != (row.kind, row.person.pk if row.person else None):
                was = None
            if not _says_the_same(was, one):
                found.append(one if was is None else _kept(was, one))
        return found

    def _row(self, row: RightNow, name: str) -> Said:
        data = self.cleaned_data
        state = data[f"{name}-etat"]
        received = data[f"{name}-recu"] if state == RightState.REFUSED else self.today
        return Said(
            kind=row.kind, person=row.person, state=state, on=received,
            renew_on=data[f"{name}-fin"] if state == RightState.OPEN else None,
            refusal=data[f"{name}-motif"] if state == RightState.REFUSED else "", seen=data[f"{name}-vu"],
        )  # fmt: skip


def _says_the_same(was: RightFact | None, said: Said) -> bool:
    if was is None:
        return said.state == RightState.UNKNOWN
    if was.said != said.state:
        return False
    if said.state == RightState.REFUSED:
        return (was.on, was.refusal) == (said.on, said.refusal)
    return said.state != RightState.OPEN or was.renew_on == said.renew_on


def _kept(was: RightFact, said: Said) -> Said:
    """An open right that is renewed keeps its amount; anything else begins anew."""
    if was.said == said.state == RightState.OPEN:
        return Said(
            said.kind, said.person, said.state, said.on, said.renew_on, was.amount if was.per == Per.MONTH else None,
            was.per if was.per == Per.MONTH else "", seen=said.seen,
        )  # fmt: skip
    return said


class RightForm(forms.Form):
    """How one right stands, since when, until when, with its euros."""

    state = forms.ChoiceField(label="Où en est ce droit", choices=RightState.choices, widget=forms.RadioSelect)
    on = DayField(
        label="Le", quick=PAST, error_messages=DAY, help_text="Jour d’ouverture, de la demande, ou du refus reçu"
    )
    renew_on = DayField(label="À renouveler le", required=False, help_text="D’un droit ouvert")
    amount = AmountField(
        label="Montant", required=False, help_text="Demandé, ou obtenu si le droit est ouvert",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "a-w-s"}),
    )  # fmt: skip
    per = forms.ChoiceField(
        label="Versé", choices=Per.choices, widget=forms.RadioSelect, required=False, initial=Per.MONTH
    )
    refusal = forms.ChoiceField(label="Motif du refus", choices=RightRefusal.choices, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @classmethod
    def of(cls, row: RightNow, sent: Any, *, months: int | None, today: date) -> "RightForm":
        """As it was filled; else as it stands. One that has to be renewed is proposed anew from its day on."""
        fact = row.fact
        initial: dict[str, Any] = {"state": row.state, "on": today, "seen": fact.pk if fact else 0}
        if fact is not None:
            initial |= {"amount": fact.amount, "per": fact.per or Per.MONTH, "refusal": fact.refusal}
            if row.due in (Due.RENEW, Due.RENEW_LATE):
                initial["renew_on"] = proposed_renewal(fact.renew_on or today, months)
            else:
                initial |= {"on": fact.on, "renew_on": fact.renew_on}
        elif months is not None:
            initial["renew_on"] = proposed_renewal(today, months)
        return cls(sent or None, initial=initial)

    def said(self, kind: RightKind, person: Person | None) -> Said:
        return Said(kind=kind, person=person, **self.cleaned_data)
