"""How somebody wants to be told."""

from datetime import date

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import InvalidInput, NotAllowed
from common.identifiers import french_mobile
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.digests.models import NoticeChoice
from office.staff.models import User


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def save_choice(
    *,
    actor: Actor,
    wants_digest: bool,
    urgent_by_mail: bool,
    urgent_by_sms: bool,
    phone: str = "",
    away_until: date | None = None,
) -> NoticeChoice:
    """The actor's own choice. Saved again, it takes the place of the one before.

    Raises `NotAllowed` and `InvalidInput` (`phone`, `away_until`).
    """
    if actor.user is None:
        raise NotAllowed("Ce choix est celui d’une personne.")
    mobile = french_mobile(phone)
    if phone.strip() and not mobile:
        raise InvalidInput("Écrivez un numéro de mobile, par exemple 06 12 34 56 78.", field="phone")
    if urgent_by_sms and not mobile:
        raise InvalidInput("Donnez le numéro de mobile où vous prévenir.", field="phone")
    if away_until is not None and away_until < clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour à venir, ou laissez vide.", field="away_until")
    User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)  # Sent twice at once, it is one row.
    row = NoticeChoice.objects.filter(user=actor.user).first() or NoticeChoice(user_id=actor.user.pk)
    row.wants_digest, row.urgent_by_mail, row.urgent_by_sms = wants_digest, urgent_by_mail, urgent_by_sms
    row.phone, row.away_until = mobile, away_until
    checked(row)
    with french_refusals(row):
        row.save()
    return row
