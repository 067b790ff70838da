"""What each write of a measure begins with: the row under lock, and what refuses it."""

from datetime import date

from common import clock
from common.errors import Conflict
from common.periods import ONE_DAY
from leases.models import Household
from office.access.actor import Actor
from social_link.contacts.perms import require_follows
from social_link.measures.models import Measure


def changeable(measure: Measure, actor: Actor) -> Measure:
    """The measure under lock, if the actor may change it."""
    rows = Measure.objects.select_for_update(of=("self",)).select_related("household", "referent")
    row = rows.filter(pk=measure.pk).first()
    if row is None:
        raise Conflict("Cette mesure a été retirée.", code="wrong_state")
    if not actor.is_system and row.referent_id != actor.user_id:
        require_follows(actor, row.household)
    return row


def ended(measure: Measure, actor: Actor) -> tuple[Measure, date]:
    """The measure under lock, if the actor may change it, and the day of its end; `Conflict` while it runs."""
    row = changeable(measure, actor)
    if row.ended_on is None:
        raise Conflict("Cette mesure court encore : ceci se note une fois qu’elle est terminée.", code="wrong_state")
    return row, row.ended_on


def must_not_be_ended(row: Measure) -> None:
    if row.ended_on is None:
        return
    if row.ended_on >= clock.today():
        raise Conflict(f"Cette mesure est déjà renouvelée, ou close au {row.ended_on:%d/%m/%Y}.", code="wrong_state")
    raise Conflict(f"Cette mesure est terminée depuis le {row.ended_on:%d/%m/%Y}.", code="wrong_state")


def second_lead(household: Household, start: date, end: date, but: Measure | None = None) -> Conflict:
    leads = Measure.objects.filter(household=household, is_lead=True, period__overlap=(start, end + ONE_DAY))
    other = (leads.exclude(pk=but.pk) if but else leads).first()
    which = f" : {other.get_kind_display()} jusqu’au {other.period.upper - ONE_DAY:%d/%m/%Y}" if other else ""
    return Conflict(
        f"Ce ménage a déjà un accompagnement principal sur cette période{which}. Terminez-le d’abord, ou ouvrez "
        "celui-ci en complément.",
        code="second_lead",
    )
