"""Users: accounts, dated roles, teams. For the administrator.

Nobody gives a role to himself, and somebody always remains who can administer.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import contains, period
from office.access.actor import Actor
from office.access.codes import Role
from office.access.matrix import Data, Write, roles_with
from office.access.permissions import needs
from office.house.models import Organisation
from office.staff.models import RoleGrant, Team, TeamMember, User


@needs(Write(Data.STAFF))
@transaction.atomic
def save_user(
    *,
    actor: Actor,
    user_id: int | None = None,
    email: str,
    first_name: str,
    last_name: str,
    job_title: str = "",
    phone: str = "",
) -> User:
    """Create (without `user_id`) or change an account. A new one has no password: give its `password_path`."""
    user = User.objects.select_for_update().get(pk=user_id) if user_id else User()
    user.email = User.objects.normalize_email(email.strip()).lower()
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.job_title, user.phone = job_title.strip(), phone.strip()
    if user_id is None:
        user.set_unusable_password()
    checked(user)
    with french_refusals(user):
        user.save()
    # allauth keeps each address that one signed in with, and would still take the former one.
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    return user


@needs(Write(Data.STAFF))
@transaction.atomic
def set_active(*, user_id: int, is_active: bool, actor: Actor) -> User:
    """Open or close an account. A closed one can't sign in and its sessions and tokens end; its history is kept."""
    if not is_active and user_id == actor.user_id:
        raise Conflict("On ne ferme pas son propre compte. Demandez à une autre personne de l’administration.")
    _lock_administrators()
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    _keep_an_administrator()
    return user


@needs(Write(Data.STAFF))
def password_path(*, user: User, actor: Actor) -> str:
    """The path of a page where this person chooses a password: it works once, for three days.

    To be given by the administrator, by hand or by mail; a new sign-in or a new password ends it.
    """
    if user.pk == actor.user_id:
        raise Conflict("Pour votre propre compte, utilisez « Changer mon mot de passe ».")
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


@needs(Write(Data.STAFF))
@transaction.atomic
def grant_role(
    *,
    user_id: int,
    role: str,
    since: date,
    actor: Actor,
    last_day: date | None = None,
    organisation: Organisation | None = None,
) -> RoleGrant:
    """Give a role from `since` to `last_day` (included), for a funder on behalf of its organisation."""
    if user_id == actor.user_id:
        raise NotAllowed("On ne se donne pas un rôle à soi-même. Demandez à une autre personne de l’administration.")
    if last_day and last_day < since:
        raise InvalidInput("Le dernier jour vient avant le premier.", field="last_day")
    grant = RoleGrant(
        user=User.objects.get(pk=user_id),
        role=Role(role),
        organisation=organisation,
        period=period(since, last_day + timedelta(days=1) if last_day else None),
    )
    checked(grant)
    with french_refusals(grant):
        grant.save()
    return grant


@needs(Write(Data.STAFF))
@transaction.atomic
def end_role(*, grant_id: int, last_day: date, actor: Actor) -> None:
    """End a role on `last_day` (included). One that never began is removed."""
    _lock_administrators()
    grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
    end = last_day + timedelta(days=1)
    if grant.period.upper is not None and grant.period.upper <= clock.today():
        raise Conflict("Ce rôle est déjà terminé.", code="wrong_state")
    if end <= grant.period.lower:
        grant.delete()
    else:
        grant.period = period(grant.period.lower, end)
        checked(grant)
        with french_refusals(grant):
            grant.save(update_fields=["period"])
    _keep_an_administrator()


def _administrators() -> tuple[Role, ...]:
    """The roles that may grant roles. At least one user must always have one of them."""
    return roles_with(Write(Data.STAFF))


def _lock_administrators() -> None:
    """Lock the administrators, so that two of them can't remove each other at the same moment."""
    list(User.objects.select_for_update().filter(grants__role__in=_administrators()).order_by("pk").values_list("pk"))


def _keep_an_administrator() -> None:
    """Refuse unless somebody can administer today, and somebody holds the role without an end."""
    grants = RoleGrant.objects.filter(role__in=_administrators(), user__is_active=True)
    lasting = [grant for grant in grants if grant.period.upper is None]
    if not lasting or not any(contains(grant.period, clock.today()) for grant in grants):
        raise Conflict(
            "Il ne resterait personne pour administrer Ancrage. "
            "Donnez d’abord ce rôle à quelqu’un d’autre, sans date de fin.",
            code="last_administrator",
        )


# -- teams ----------------------------------------------------------------------------------------------------------


@needs(Write(Data.STAFF))
@transaction.atomic
def save_team(*, name: str, member_ids: Iterable[int], actor: Actor, team_id: int | None = None) -> Team:
    """Create or rename a team and set its members."""
    team = Team.objects.select_for_update().get(pk=team_id) if team_id else Team()
    team.name = name.strip()
    checked(team)
    with french_refusals(team):
        team.save()
    wanted = set(member_ids)
    TeamMember.objects.filter(team=team).exclude(user_id__in=wanted).delete()
    TeamMember.objects.bulk_create(
        [TeamMember(team=team, user=user) for user in User.objects.filter(pk__in=wanted)], ignore_conflicts=True
    )
    return team


@transaction.atomic
def first_administrator(*, email: str, first_name: str, last_name: str, password: str) -> User:
    """The person who sets up an installation; refused once somebody administers it."""
    today = clock.today()
    if RoleGrant.objects.filter(Q(period__contains=today), role__in=_administrators(), user__is_active=True).exists():
        raise Conflict("Une personne administre déjà Ancrage : c’est elle qui crée les comptes.")
    system = Actor.system()
    user = save_user(actor=system, email=email, first_name=first_name, last_name=last_name)
    user.set_password(password)
    user.save(update_fields=["password"])
    grant_role(user_id=user.pk, role=Role.ADMINISTRATOR, since=today, actor=system)
    return user
