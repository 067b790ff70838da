"""Users: accounts, dated roles, teams. For the administrator.

Nobody gives a role to himself, and somebody always remains who can administer. What opens an account that reads or
writes what the administration does not, or is a witness, waits for a second person: else the one would do it by
another's account (ADR 24, 25). What is done to an account is in the log of accesses, and its person is told.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from common import clock, typography
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import contains, period
from office.access.actor import Actor
from office.access.codes import Role
from office.access.matrix import WITNESS, Data, Write, guarded_roles, roles_with
from office.access.models import AccessLog
from office.access.people import people_who, witnesses_of
from office.access.permissions import needs
from office.access.services.access_log import log_access
from office.access.services.tokens import end_tokens
from office.house.models import Organisation
from office.notices.services import NewNotice, notify, over
from office.staff.codes import StaffAct
from office.staff.models import RoleGrant, StaffRequest, Team, TeamMember, User
from office.staff.notices import ASKED, CHANGED
from office.staff.queries import ever_guarded, is_guarded, may_confirm, witnessed

NO_SECOND = (
    "C’est à une autre personne de confirmer : ni à qui l’a demandé, ni à la personne concernée, ni à qui a ouvert "
    "seul le compte de l’autre."
)


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
    """Create (without `user_id`) or change an account. A new one has no password: give its `password_path`.

    The address of one that is guarded stays as it is until a second person confirms the new one.
    """
    user = User.objects.select_for_update().get(pk=user_id) if user_id else User()
    former, user.email = user.email, User.objects.normalize_email(email.strip()).lower()
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.job_title, user.phone = job_title.strip(), phone.strip()
    if user_id is None:
        user.set_unusable_password()
    checked(user)
    moves = user_id is not None and former != user.email
    if moves and _waits(user, actor):
        _ask(StaffAct.EMAIL, user, actor, email=user.email)
        user.email, moves = former, False
    with french_refusals(user):
        user.save()
    if user_id is None:
        _alone(StaffRequest(act=StaffAct.OPEN, user=user), actor)
        _log(user, actor, "compte ouvert")
    if moves:
        _alone(StaffRequest(act=StaffAct.EMAIL, user=user, email=user.email, former=former), actor)
        _tell(user, actor, f"adresse de connexion changée pour {user.email}, avant : {former}")
    # allauth keeps each address that one signed in with, and would still take the former one.
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    return user


@needs(Write(Data.STAFF))
@transaction.atomic
def set_active(*, user_id: int, is_active: bool, actor: Actor) -> User:
    """Open or close an account. A closed one can't sign in; its password, sessions and tokens end for good, so one that
    is opened again needs a link. Its history is kept."""
    if not is_active and user_id == actor.user_id:
        raise Conflict("On ne ferme pas son propre compte. Demandez à une autre personne de l’administration.")
    _lock_administrators()
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = is_active
    had = witnessed(actor, lasting=False)
    if not is_active:
        _drop_requests(user)
        # So that no session of before serves again when the account is opened once more.
        user.set_unusable_password()
        end_tokens(user_id=user.pk)
    user.save(update_fields=["is_active", "password"])
    _keep_an_administrator()
    if not is_active:
        _keep_a_witness(had, set(user.grants.in_force().values_list("role", flat=True)), actor)
    _tell(user, actor, "compte rouvert" if is_active else "compte fermé")
    return user


@needs(Write(Data.STAFF))
@transaction.atomic
def password_path(*, user: User, actor: Actor) -> str | None:
    """The path of a page where this person chooses a password: it works once, for three days.

    To be given by the administrator, by hand or by mail; a new sign-in or a new password ends it. `None` where a second
    person is asked first: it is she who gets it, then.
    """
    if user.pk == actor.user_id:
        raise Conflict("Pour votre propre compte, utilisez « Changer mon mot de passe ».")
    if _waits(user, actor):
        _ask(StaffAct.LINK, user, actor)
        return None
    _alone(StaffRequest(act=StaffAct.LINK, user=user), actor)
    return _path(user, actor)


def _path(user: User, actor: Actor) -> str:
    _tell(user, actor, "lien pour choisir un mot de passe donné")
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
) -> RoleGrant | None:
    """Give a role from `since` to `last_day` (included), for a funder on behalf of its organisation.

    `None` where a second person is asked first.
    """
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
    if _waits(grant.user, actor, grant.role):
        checked(grant)
        _ask(StaffAct.ROLE, grant.user, actor, role=grant.role, period=grant.period, organisation=organisation)
        return None
    asked = StaffRequest(act=StaffAct.ROLE, user=grant.user, role=grant.role, period=grant.period)
    asked.organisation = organisation
    _grant(grant, actor)
    _alone(asked, actor)
    return grant


def _grant(grant: RoleGrant, actor: Actor) -> RoleGrant:
    checked(grant)
    with french_refusals(grant):
        grant.save()
    _tell(grant.user, actor, f"rôle {grant.get_role_display()} donné")
    return grant


@needs(Write(Data.STAFF))
@transaction.atomic
def end_role(*, grant_id: int, last_day: date, actor: Actor) -> None:
    """End a role on `last_day` (included). One that never began is removed."""
    _lock_administrators()
    grant = RoleGrant.objects.select_for_update().get(pk=grant_id)
    end = last_day + timedelta(days=1)
    had = witnessed(actor, lasting=False)
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
    _keep_a_witness(had, {grant.role}, actor)
    _tell(grant.user, actor, f"rôle {grant.get_role_display()} terminé")


def _administrators() -> tuple[Role, ...]:
    """The roles that may grant roles. At least one user must always have one of them."""
    return roles_with(Write(Data.STAFF))


def _lock_administrators() -> None:
    """Lock the administrators and who confirms, so that two can't be removed at the same moment."""
    roles = {*_administrators(), *roles_with(*(Write(data) for data in WITNESS))}
    list(User.objects.select_for_update().filter(grants__role__in=roles).order_by("pk").values_list("pk"))


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


def _keep_a_witness(had: set[Data], roles: set[str], actor: Actor) -> None:
    """Refuse to take these `roles` from the last who may confirm what the actor asks: alone, he would need nobody."""
    if actor.is_system:
        return
    lost = had - witnessed(actor, lasting=True)
    if any(roles & set(roles_with(Write(data))) for data in lost):
        raise Conflict(
            "Il ne resterait personne d’autre que vous pour confirmer les accès ou les IBAN. Donnez d’abord ce rôle à "
            "une autre personne, sans date de fin.",
            code="last_witness",
        )


# -- the second person -------------------------------------------------------------------------------------------------


def _waits(user: User, actor: Actor, role: str = "") -> bool:
    """Whether a second person must confirm what opens this account, or gives it `role`: where there is one to do it.

    In a house that has nobody beside the actor and those whom he let in alone, nobody can; what he does is in the log.
    """
    if actor.is_system or not (role in guarded_roles() if role else ever_guarded(user)):
        return False
    somebody, another = may_confirm(user=user, actor=actor)
    if somebody and not another:
        raise Conflict(
            f"Seul le compte {typography.of(str(user))} peut confirmer, et pas pour lui-même. "
            "Donnez d’abord le rôle Direction ou Responsable du service social à une autre personne : "
            f"{user} le confirme. Mot de passe perdu : « Mot de passe oublié » sur la page de connexion, "
            "ou la personne qui tient le serveur.",
            code="no_second",
        )
    return somebody


def _alone(done: StaffRequest, actor: Actor) -> None:
    """Keep that one person did this alone: she is no witness together with the account (`one_witness`)."""
    if actor.user is not None:
        done.asked_by, done.decided_at, done.is_granted = actor.user, clock.now(), True
        done.save()


def _ask(act: StaffAct, user: User, actor: Actor, **what: Any) -> StaffRequest:
    """Write what waits for a second person; asked again, it is what was asked last.

    Another request is another row: who confirms confirms what he read.
    """
    assert actor.user is not None, "what the house does by itself waits for nobody"
    role = what.pop("role", "")
    waiting = StaffRequest.objects.waiting().select_for_update().filter(user=user, act=act, role=role)
    same = waiting.filter(**what, asked_by=actor.user).first()
    if same is not None:
        return same
    over(ASKED, about_ids=list(waiting.values_list("pk", flat=True)))
    waiting.delete()
    request = StaffRequest(user=user, act=act, role=role, asked_by=actor.user, **what)
    with french_refusals(request):
        request.save()
    people = witnesses_of(actor.user_id, Write(Data.STAFF_SECOND)).exclude(pk=user.pk).values_list("pk", flat=True)
    key = f"{request.pk}:{request.asked_at.isoformat()}"
    notify(new=[NewNotice(ASKED, pk, request.pk, key, is_urgent=True) for pk in people], actor=actor)
    return request


def _drop_requests(user: User) -> None:
    """Nothing that was asked for a closed account waits any more."""
    waiting = StaffRequest.objects.waiting().filter(user=user)
    over(ASKED, about_ids=list(waiting.values_list("pk", flat=True)))
    waiting.delete()


def _log(user: User, actor: Actor, what: str) -> AccessLog | None:
    return None if actor.is_system else log_access(actor=actor, subject=Data.STAFF, obj=user, reason=what)


def _tell(user: User, actor: Actor, what: str) -> None:
    """Log what was done to an account, and tell its person. What the house does by itself is no news."""
    row = _log(user, actor, what)
    if row is not None:
        notify(new=[NewNotice(CHANGED, user.pk, row.pk, str(row.pk), is_urgent=True)], actor=actor)


@needs(Write(Data.STAFF_SECOND))
@transaction.atomic
def confirm_request(*, request_id: int, actor: Actor) -> str | None:
    """The second person confirms: what was asked is done. Returns the path of a link, for her to give by hand.

    An account that holds no guarded role (yet, or any more) begins anew with this one: the administration may have
    given its password or a link to one alone, so these end.
    """
    request = _decided(request_id, actor, is_granted=True)
    user = User.objects.select_for_update().get(pk=request.user_id)
    if request.act == StaffAct.LINK:
        return _path(user, actor)
    if request.act == StaffAct.ROLE:
        was_guarded = is_guarded(user)
        role = RoleGrant(user=user, role=request.role, period=request.period, organisation=request.organisation)
        _grant(role, actor)
        return None if was_guarded else _begun_anew(request, user, actor)
    request.former, user.email = user.email, request.email
    request.save(update_fields=["former"])
    checked(user)
    with french_refusals(user):
        user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    _tell(user, actor, f"adresse de connexion changée pour {user.email}, avant : {request.former}")
    return None


def _begun_anew(role: StaffRequest, user: User, actor: Actor) -> str:
    """The path of the one link that opens the account from now on."""
    StaffRequest.objects.create(
        act=StaffAct.LINK, user=user, asked_by=role.asked_by, decided_by=actor.user, decided_at=clock.now(),
        is_granted=True,
    )  # fmt: skip
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_tokens(user_id=user.pk)
    return _path(user, actor)


@needs(Write(Data.STAFF_SECOND))
@transaction.atomic
def refuse_request(*, request_id: int, actor: Actor) -> None:
    """The second person refuses: nothing changes."""
    request = _decided(request_id, actor, is_granted=False)
    log_access(actor=actor, subject=Data.STAFF, obj=request.user, reason=f"refusé : {request.what}")


def _decided(request_id: int, actor: Actor, *, is_granted: bool) -> StaffRequest:
    request = StaffRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        raise Conflict("Cette demande a été remplacée par une autre, ou ne tient plus. Relisez la page.", code="gone")
    if not StaffRequest.objects.visible_to(actor).filter(pk=request.pk).exists():
        raise NotAllowed(NO_SECOND)
    if request.decided_at is not None:
        raise Conflict("C’est déjà décidé.", code="wrong_state")
    request.decided_by, request.decided_at, request.is_granted = actor.user, clock.now(), is_granted
    request.save(update_fields=["decided_by", "decided_at", "is_granted"])
    over(ASKED, about_ids=[request.pk])
    return request


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
def first_person(*, email: str, first_name: str, last_name: str, password: str, directs: bool = False) -> User:
    """Who sets up an installation, and who confirms what she asks, each with a password that she typed herself: neither
    is let in by the other. Refused once somebody administers, or two people confirm (one could do nothing for herself).
    """
    role, today = Role.DIRECTOR if directs else Role.ADMINISTRATOR, clock.today()
    able = people_who(Write(Data.STAFF) if role in _administrators() else Write(Data.STAFF_SECOND))
    if able.count() > (0 if role in _administrators() else 1):
        raise Conflict(f"Le rôle {role.label} est déjà tenu : l’administration crée les autres comptes sur le site.")
    system = Actor.system()
    user = save_user(actor=system, email=email, first_name=first_name, last_name=last_name)
    user.set_password(password)
    user.save(update_fields=["password"])
    grant_role(user_id=user.pk, role=role, since=today, actor=system)
    return user
