"""The letters of a support: written, told, taken back."""

from datetime import date
from hashlib import sha256

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.documents.models import Document
from office.documents.services import HAND_DELIVERED, file_name, new_document, render_copy
from social_link.informing.codes import Told
from social_link.informing.models import LetterText, SupportLetter
from social_link.informing.queries import day_of, text_in_use
from social_link.measures.locks import changeable
from social_link.measures.models import Measure
from social_link.objectives.codes import Moment
from social_link.objectives.models import Objective

TITLES = {
    Moment.START: "Votre accompagnement commence",
    Moment.MIDDLE: "Votre accompagnement est à mi-chemin",
    Moment.END: "Votre accompagnement se termine",
}


@needs(Write(Data.MEASURE))
@transaction.atomic
def write_letter_text(*, moment: str, body: str, seen_version: int, actor: Actor) -> LetterText:
    """The words of the letters of a moment from now on; those that are written keep theirs. `Conflict` where somebody
    wrote others since `seen_version`."""
    if moment not in Moment.values:
        raise InvalidInput("Choisissez la lettre : début, milieu ou fin.", field="moment")
    now = text_in_use(Moment(moment))
    if now[1] != seen_version:
        raise Conflict("Quelqu’un vient d’enregistrer un autre texte. Rechargez la page.", code="changed")
    row = LetterText(moment=moment, version=seen_version + 1, body=body.strip(), author=actor.user)
    if row.body == now[0]:
        raise InvalidInput("Ce texte est celui qui sert déjà : rien n’a changé.", code="same_text")
    checked(row)
    with french_refusals():
        row.save(force_insert=True)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def write_letter(*, measure: Measure, moment: str, actor: Actor) -> SupportLetter:
    """The letter of this moment, as things stand today; its PDF is kept. Again gives the one that is there, or writes
    it anew where the day of which it tells has moved.

    `Conflict` where the moment has not come (the end of a measure that runs), or the household was told another day.
    """
    row = changeable(measure, actor)
    if moment not in Moment.values:
        raise InvalidInput("Choisissez la lettre : début, milieu ou fin.", field="moment")
    day = day_of(row, Moment(moment))
    if day is None:
        raise Conflict("La mesure court encore : terminez-la, puis écrivez la lettre de fin.", code="wrong_state")
    if moment != Moment.END and row.ended_on is not None and row.ended_on < day:
        raise Conflict("La mesure était finie avant son milieu : écrivez la lettre de fin.", code="wrong_state")
    letter = SupportLetter.objects.filter(measure=row, moment=moment).first()
    if letter is not None and letter.day == day:
        return letter
    if letter is not None and letter.told_on is not None:
        raise Conflict(
            f"Le ménage a eu cette lettre le {letter.told_on:%d/%m/%Y}, pour un autre jour : reprenez d’abord cela.",
            code="in_use",
        )
    letter = letter or SupportLetter(measure=row, moment=moment)
    paper = _paper(row, Moment(moment), day, actor)
    letter.day, letter.author, letter.made_at = day, actor.user, paper.made_at
    letter.data = {"title": paper.title, **paper.data}
    letter.pdf = render_copy(paper)
    letter.sha256 = sha256(letter.pdf).hexdigest()
    with french_refusals(letter):
        letter.save()
    return letter


def _paper(row: Measure, moment: Moment, day: date, actor: Actor) -> Document:
    """No address: it is handed over, or put into an envelope."""
    body, version = text_in_use(moment)
    return new_document(
        kind="support_letter",
        number=f"M-{row.pk:05d}",
        title=TITLES[moment],
        data={
            "recipient": [row.household.name, HAND_DELIVERED],
            "body": body,
            "text_version": version,
            "first": row.period.lower.isoformat(),
            "last": (row.ended_on or row.planned_end).isoformat(),
            "day": day.isoformat(),
            "by": row.referent.get_full_name(),
            "is_end": moment == Moment.END,
            "objectives": []
            if moment == Moment.END
            else [one.text for one in Objective.objects.open().filter(measure=row)],
        },
        actor=actor,
    )


def printed(letter: SupportLetter) -> tuple[str, bytes]:
    """Name of the file and PDF, as it was made. The caller has seen to it that the measure may be read."""
    name = file_name(Document(title=letter.data["title"], number=f"M-{letter.measure_id:05d}"))
    return name, bytes(letter.pdf)


def _locked(letter: SupportLetter, actor: Actor) -> SupportLetter:
    changeable(letter.measure, actor)
    row = SupportLetter.objects.select_for_update().filter(pk=letter.pk).first()
    if row is None:
        raise Conflict("Cette lettre a été retirée.", code="wrong_state")
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def tell_letter(*, letter: SupportLetter, on: date, how: str, actor: Actor) -> SupportLetter:
    """The household had the letter on this day. Another answer corrects it; `untell_letter` takes it back.

    Raises `InvalidInput` (`on`, `how`), `Conflict` (`wrong_state`).
    """
    row = _locked(letter, actor)
    if how not in Told.values:
        raise InvalidInput("Dites comment le ménage a eu la lettre.", field="how")
    if not row.made_at.astimezone(clock.PARIS).date() <= on <= clock.today():
        raise InvalidInput("Ce jour suit l’écriture de la lettre, et est aujourd’hui ou plus tôt.", field="on")
    row.told_on, row.told_how = on, how
    row.save(update_fields=["told_on", "told_how"])
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def untell_letter(*, letter: SupportLetter, actor: Actor) -> SupportLetter:
    """It was noted by mistake. Again changes nothing."""
    row = _locked(letter, actor)
    row.told_on, row.told_how = None, ""
    row.save(update_fields=["told_on", "told_how"])
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_letter(*, letter_id: int, actor: Actor) -> None:
    """A letter that the household never had goes; writing it again makes it again. Again changes nothing. `Conflict`
    where it had it."""
    found = SupportLetter.objects.filter(pk=letter_id).select_related("measure").first()
    if found is None:
        return
    row = _locked(found, actor)
    if row.told_on is not None:
        raise Conflict("Le ménage a eu cette lettre : reprenez d’abord cela.", code="in_use")
    row.delete()
