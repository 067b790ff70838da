"""The shuttle sheet (fiche navette, S1-04): blank for a partner to fill in, filled for who referred, or for the service
to which a household is sent. Nothing keeps it: it is made again from what is noted.

It goes to people outside: no address, no note, nothing of health, and the name only where the household agreed.
"""

from typing import Any

from common import clock
from common.errors import Conflict
from common.typography import phone
from leases.households.models import lives_protected
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import needs
from office.documents.services import HAND_DELIVERED, file_name, new_document, render_copy
from office.models import Organisation, User
from social_link.contacts.queries import phone_of
from social_link.measures.codes import Aim
from social_link.measures.locks import ended
from social_link.measures.models import Measure
from social_link.referrals.codes import ReferralService, ReferralState, ReferrerKind, Situation, Urgency
from social_link.referrals.models import Referral
from social_link.referrals.services.links import told_state

CALL_US = "par notre service"
"""How a person of whom the address is hidden is reached."""


@needs(Read(Data.REFERRAL, OWN))
def print_blank(*, actor: Actor) -> tuple[str, bytes]:
    """The sheet that a partner prints and fills in by hand: its name and its PDF."""
    data = {
        "referrers": [one.label for one in ReferrerKind if one != ReferrerKind.HOUSEHOLD],
        "situations": [one.label for one in Situation],
        "aims": [one.label for one in Aim],
        "urgencies": [one.label for one in Urgency],
    }
    document = new_document(
        kind="referral_blank", number="à remplir", title="Fiche navette : demander un accompagnement", data=data,
        actor=actor,
    )  # fmt: skip
    return file_name(document), render_copy(document)


@needs(Read(Data.REFERRAL, OWN))
def print_back(*, referral: Referral, actor: Actor) -> tuple[str, bytes]:
    """The sheet of a referral for who referred: what was asked, and how far it is. Where the household did not agree, a
    partner reads its number and that it is looked at, and not even the name, which we may have corrected since. The
    caller has seen to it that the referral may be read, as for `print_out`."""
    itself = referral.referrer == ReferrerKind.HOUSEHOLD
    knows = itself or referral.consented_on is not None
    last = (referral.joined_to or referral).steps.order_by("-id")[0]
    state = last.get_kind_display() if itself else told_state(referral)
    facts = [("Saisine", referral.number), ("Saisie par", referral.from_whom)]
    return _sheet(
        number=referral.number,
        title="Fiche navette : où en est votre demande",
        to=[referral.name, HAND_DELIVERED] if itself else _window(referral.organisation, referral.contact_name),
        by_hand=itself,
        facts=[*facts, *([("Personne", referral.name)] if knows else [])],
        asked=_asked(referral),
        answer=[
            ("Reçue le", referral.received_on.isoformat()), ("État", state),
            *([("Depuis le", last.on.isoformat())] if knows else []),
        ],
        contact=referral.assignee,
        actor=actor,
    )  # fmt: skip


@needs(Read(Data.REFERRAL, OWN))
def print_out(*, referral: Referral, actor: Actor) -> tuple[str, bytes]:
    """The sheet that follows a household to the service outside to which it is oriented: to the organisation where the
    household agreed, else into its own hands.

    Raises `Conflict` (`wrong_state`) where it is not oriented outside.
    """
    step = referral.steps.select_related("organisation").order_by("-id")[0]
    if step.kind != ReferralState.OUTSIDE:
        raise Conflict("Cette saisine n’est pas orientée ailleurs : il n’y a pas de fiche à transmettre.",
                       code="wrong_state")  # fmt: skip
    agreed = step.consented_on is not None and step.organisation is not None
    facts = [("Personne", referral.name), ("La joindre", _reach(referral.household, referral.phone))]
    if referral.situation:
        facts.append(("Elle est", str(referral.get_situation_display())))
    if step.consented_on is not None:
        facts.append(("Accord pour cette transmission", step.consented_on.isoformat()))
    return _sheet(
        number=referral.number,
        title="Fiche navette : orientation",
        to=_window(step.organisation, "") if agreed else [referral.name, HAND_DELIVERED],
        by_hand=not agreed,
        facts=facts,
        asked=_asked(referral),
        answer=[
            ("Orientée vers", str(step.organisation or _service(step.service))), ("Le", step.on.isoformat())
        ],
        contact=referral.assignee,
        actor=actor,
    )  # fmt: skip


@needs(Write(Data.MEASURE, OWN))
def print_orientation(*, measure: Measure, orientation_id: int, actor: Actor) -> tuple[str, bytes]:
    """The sheet that a household carries itself to a service of which it was told at the end of its support.

    Raises `Conflict` (`wrong_state`) while the measure runs, and where the orientation was removed.
    """
    row, last = ended(measure, actor)
    one = row.orientations.select_related("organisation").filter(pk=orientation_id).first()
    if one is None:
        raise Conflict("Cette orientation a été retirée.", code="wrong_state")
    return _sheet(
        number=f"M-{row.pk:05d}",
        title="Fiche navette : orientation",
        to=[row.household.name, HAND_DELIVERED],
        by_hand=True,
        facts=[("Personne", row.household.name), ("La joindre", _reach(row.household, ""))],
        asked=[],
        answer=[("Orientée vers", str(one)), ("À la fin de son accompagnement, le", last.isoformat())],
        contact=row.referent,
        actor=actor,
    )  # fmt: skip


def _service(code: str) -> str:
    """A service by its kind: that it heals says something of health."""
    return "un service que vous connaissez" if code == ReferralService.CARE else str(ReferralService(code).label)


def _sheet(
    *, number: str, title: str, to: list[str], actor: Actor, contact: User | None, **data: Any
) -> tuple[str, bytes]:
    by = contact.get_full_name() if contact else ""
    document = new_document(
        kind="referral_sheet", number=number, title=title, data={"recipient": to, "contact": by, **data}, actor=actor
    )
    return file_name(document), render_copy(document)


def _asked(referral: Referral) -> list[str]:
    return [*referral.aim_words, *([str(Urgency.URGENT.label)] if referral.is_urgent else [])]


def _window(organisation: Organisation | None, contact: str) -> list[str]:
    """The lines of the address window of a partner; none where only a name is known."""
    lines = [organisation.name, *organisation.address.splitlines()] if organisation else []
    named = [lines[0], contact, *lines[1:]] if lines else [contact]
    return [line for line in named if line]


def _reach(household: Household | None, given: str) -> str:
    """A number that may be given outside: none of who hides where it lives."""
    if household is None:
        return phone(given) or CALL_US
    day = clock.today()
    hides = Household.objects.filter(pk=household.pk).filter(lives_protected("pk", day)).exists()
    return CALL_US if hides else phone(phone_of(household, day)) or CALL_US
