"""A social evaluation is noted as a version of a day, and taken back."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs as asks
from social_link.contacts.codes import NoteLevel
from social_link.contacts.perms import require_follows
from social_link.contacts.services import write_note
from social_link.diagnoses.codes import DiagnosisNeed, DiagnosisTheme, Standing
from social_link.diagnoses.models import Diagnosis, DiagnosisLine


@asks(Write(Data.MEASURE, OWN))
@transaction.atomic
def diagnose(
    *,
    household: Household,
    on: date,
    levels: Mapping[str, str],
    needs: Sequence[str],
    actor: Actor,
    words: str = "",
) -> Diagnosis:
    """A version of the evaluation on a day: one theme at least. The same version again gives the one that stands.
    `words` become a note of the social team.

    Raises `InvalidInput` (`on`, `levels`, `needs`); `Conflict` where another version of that day stands.
    """
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    require_follows(actor, row)
    if actor.user is None:
        raise NotAllowed("Un diagnostic est posé par une personne.")
    if on > clock.today():
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field="on")
    told = {theme: level for theme, level in levels.items() if level}
    if not told or any(
        theme not in DiagnosisTheme.values or level not in Standing.values for theme, level in told.items()
    ):
        raise InvalidInput("Dites où en est un thème au moins.", field="levels")
    if any(code not in DiagnosisNeed.values for code in needs):
        raise InvalidInput("Choisissez parmi les besoins proposés.", field="needs")
    chosen = [code for code in DiagnosisNeed if code in needs]
    standing = Diagnosis.objects.filter(household=row, on=on, withdrawn_at=None).first()
    if standing is not None:
        if standing.needs == chosen and dict(standing.lines.values_list("theme", "standing")) == told:
            return standing
        raise Conflict(
            f"Un diagnostic du {on:%d/%m/%Y} est déjà noté : retirez-le d’abord, ou choisissez un autre jour.",
            code="wrong_state",
        )
    note = write_note(household=row, text=words, level=NoteLevel.TEAM, actor=actor) if words.strip() else None
    made = Diagnosis.objects.create(
        household=row, on=on, needs=chosen, note_id=note.pk if note else None, author=actor.user
    )
    DiagnosisLine.objects.bulk_create(
        DiagnosisLine(diagnosis=made, theme=theme, standing=told[theme]) for theme in DiagnosisTheme if theme in told
    )
    return made


@asks(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_diagnosis(*, diagnosis: Diagnosis, actor: Actor) -> Diagnosis:
    """A version that was a mistake; its note stays. Again changes nothing; `bring_back_diagnosis` undoes it."""
    require_follows(actor, diagnosis.household)
    row = Diagnosis.objects.select_for_update(of=("self",)).get(pk=diagnosis.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
    return row


@asks(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_diagnosis(*, diagnosis: Diagnosis, actor: Actor) -> Diagnosis:
    """Undo `withdraw_diagnosis`. Again changes nothing. `Conflict` where another version of that day stands."""
    require_follows(actor, diagnosis.household)
    row = Diagnosis.objects.select_for_update(of=("self",)).get(pk=diagnosis.pk)
    row.withdrawn_at = None
    with french_refusals():
        row.save(update_fields=["withdrawn_at"])
    return row
