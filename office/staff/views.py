"""The people of the house, their roles and teams."""

from typing import cast

from allauth.account.views import password_reset
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of
from common.periods import contains, last_day
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow, must
from office.access.requests import HouseRequest
from office.staff import services as users
from office.staff.forms import EndRoleForm, RoleForm, TeamForm, UserForm
from office.staff.models import RoleGrant, StaffRequest, Team, User
from office.staff.queries import acts_on

SHOWN = 20
OPENED = "Compte rouvert. Donnez à cette personne un lien pour choisir un mot de passe."
CLOSED = "Compte fermé. Les sessions et les jetons de cette personne ne servent plus."
WAITS = "une deuxième personne (direction ou service social) doit d’abord confirmer."


def _with_grants() -> Prefetch:
    grants = RoleGrant.objects.select_related("organisation").order_by("-period", "role")
    return Prefetch("grants", queryset=grants, to_attr="all_grants")


@login_not_required
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """allauth's page; where no mail leaves the house, whom to ask."""
    if settings.MAIL_PROVIDER == "file":
        return render(request, "account/password_ask.html")
    return cast(HttpResponse, password_reset(request))


@require_GET
@allow(Read(Data.STAFF))
def staff(request: HouseRequest) -> HttpResponse:
    """Everybody, with the roles of today; who left at the end."""
    today = clock.today()
    rows = list(User.objects.prefetch_related(_with_grants(), "teams").order_by("-is_active", "sort_key", "id"))
    for user in rows:
        user.roles_today = [g for g in user.all_grants if contains(g.period, today)]  # type: ignore[attr-defined]
    return render(
        request,
        "office/staff/list.html",
        {
            "people": rows,
            "active": sum(user.is_active for user in rows),
            "teams": Team.objects.prefetch_related("members"),
            "may_edit": can(request.actor, Write(Data.STAFF)),
            "may_confirm": can(request.actor, Write(Data.STAFF_SECOND)),
        },
    )


@require_http_methods(["GET", "POST"])
@allow(Write(Data.STAFF))
def staff_new(request: HouseRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    made = attempt(lambda: users.save_user(actor=request.actor, **form.cleaned_data), form)
    if made:
        made.tell(request, lambda user: f"Compte créé pour {user}. Donnez-lui un rôle.")
        return redirect("office:staff_member", made.value.pk)
    context = {"form": form, "heading": "Nouvelle personne", "back": "office:staff", "parent": "Équipe et rôles"}
    return render(request, "office/form.html", context, status=status_of(form))


def _member_page(
    request: HouseRequest,
    person: User,
    *,
    form: UserForm | None = None,
    role_form: RoleForm | None = None,
    link: str = "",
) -> HttpResponse:
    today = clock.today()
    may_edit = can(request.actor, Write(Data.STAFF))
    grants = [
        {
            "grant": grant,
            "since": grant.period.lower,
            "last_day": last_day(grant.period),
            "state": "now" if contains(grant.period, today) else "past" if _is_past(grant) else "coming",
            "organisation": grant.organisation,
        }
        for grant in person.all_grants  # type: ignore[attr-defined]
    ]
    context = {
        "person": person,
        "waiting": person.requests.waiting().select_related("asked_by"),
        "form": form or UserForm.of(person),
        "role_form": role_form or RoleForm(initial={"since": today}),
        "grants": grants,
        "link": link,
        "may_edit": may_edit,
        "is_self": person.pk == request.user.pk,
    }
    return render(request, "office/staff/member.html", context, status=status_of(form, role_form))


def _is_past(grant: RoleGrant) -> bool:
    return grant.period.upper is not None and grant.period.upper <= clock.today()


def _person(pk: int) -> User:
    return get_object_or_404(User.objects.prefetch_related(_with_grants(), "teams"), pk=pk)


@require_http_methods(["GET", "POST"])
@allow(Read(Data.STAFF))
def staff_member(request: HouseRequest, pk: int) -> HttpResponse:
    """One person: identity, roles with their dates, access."""
    person = _person(pk)
    if request.method != "POST":
        return _member_page(request, person)
    must(request, Write(Data.STAFF))
    form = UserForm(request.POST)
    saved = attempt(lambda: users.save_user(actor=request.actor, user_id=pk, **form.cleaned_data), form)
    if saved:
        waits = saved.value.email != form.cleaned_data["email"].lower()
        saved.tell(request, f"Fiche enregistrée. La nouvelle adresse : {WAITS}" if waits else "Fiche enregistrée.")
        return redirect("office:staff_member", pk)
    return _member_page(request, person, form=form)


@require_POST
@allow(Write(Data.STAFF))
def staff_role(request: HouseRequest, pk: int) -> HttpResponse:
    person, form = _person(pk), RoleForm(request.POST)
    saved = attempt(lambda: users.grant_role(user_id=pk, actor=request.actor, **form.cleaned_data), form)
    if saved:
        saved.tell(request, lambda grant: "Rôle donné." if grant else f"Rôle demandé : {WAITS}")
        return redirect("office:staff_member", pk)
    return _member_page(request, person, role_form=form)


@require_POST
@allow(Write(Data.STAFF))
def staff_role_end(request: HouseRequest, pk: int) -> HttpResponse:
    grant, form = get_object_or_404(RoleGrant, pk=pk), EndRoleForm(request.POST)
    ended = attempt(lambda: users.end_role(grant_id=pk, actor=request.actor, **form.cleaned_data), form)
    ended.tell(request, "Fin du rôle enregistrée.")
    return redirect("office:staff_member", grant.user_id)


@require_POST
@allow(Write(Data.STAFF))
def staff_active(request: HouseRequest, pk: int) -> HttpResponse:
    get_object_or_404(User, pk=pk)
    opens = request.POST.get("active") == "1"
    attempt(lambda: users.set_active(user_id=pk, is_active=opens, actor=request.actor)).tell(
        request,
        OPENED if opens else CLOSED,
    )
    return redirect("office:staff_member", pk)


@require_POST
@never_cache
@allow(Write(Data.STAFF))
def staff_link(request: HouseRequest, pk: int) -> HttpResponse:
    """Shows once the address where this person chooses a password. In the answer, never in a message or a log."""
    person = _person(pk)
    made = attempt(lambda: users.password_path(user=person, actor=request.actor))
    if not made:
        made.tell(request)
        return redirect("office:staff_member", pk)
    if made.value is None:
        made.tell(request, f"Lien demandé : {WAITS} C’est elle qui le donnera.")
        return redirect("office:staff_member", pk)
    return _member_page(request, person, link=request.build_absolute_uri(made.value))


@require_GET
@allow(Write(Data.STAFF_SECOND))
def staff_requests(request: HouseRequest) -> HttpResponse:
    """What the administration asks about accounts, for a second person to confirm, and what happened to each before."""
    return _requests_page(request)


def _requests_page(request: HouseRequest, *, link: str = "", of: str = "") -> HttpResponse:
    rows = StaffRequest.objects.visible_to(request.actor).select_related(
        "user", "asked_by", "decided_by", "organisation"
    )
    waiting = list(rows.waiting())
    acts = acts_on([row.user_id for row in waiting])
    context = {
        "waiting": [{"row": row, "acts": acts[row.user_id]} for row in waiting],
        "decided": rows.filter(decided_at__isnull=False)[:SHOWN],
        "link": link,
        "of": of,
    }
    return render(request, "office/staff/requests.html", context)


@require_POST
@never_cache
@allow(Write(Data.STAFF_SECOND))
def staff_request_decide(request: HouseRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(StaffRequest.objects.visible_to(request.actor).select_related("user"), pk=pk)
    if request.POST.get("verb") != "confirm":
        refused = attempt(lambda: users.refuse_request(request_id=pk, actor=request.actor))
        refused.tell(request, "Refusé : rien n’a changé.")
        return redirect("office:staff_requests")
    confirmed = attempt(lambda: users.confirm_request(request_id=pk, actor=request.actor))
    if confirmed and confirmed.value:
        return _requests_page(request, link=request.build_absolute_uri(confirmed.value), of=str(row.user))
    confirmed.tell(request, "Confirmé. La personne en est avertie.")
    return redirect("office:staff_requests")


@require_http_methods(["GET", "POST"])
@allow(Write(Data.STAFF))
def team(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    row = get_object_or_404(Team, pk=pk) if pk else None
    if request.method == "POST":
        form = TeamForm(request.POST)
        saved = attempt(
            lambda: users.save_team(
                team_id=pk,
                name=form.cleaned_data["name"],
                member_ids=[user.pk for user in form.cleaned_data["members"]],
                actor=request.actor,
            ),
            form,
        )
        if saved:
            saved.tell(request, "Équipe enregistrée.")
            return redirect("office:staff")
    else:
        form = TeamForm.of(row) if row else TeamForm()
    context = {
        "form": form,
        "heading": row.name if row else "Nouvelle équipe",
        "back": "office:staff",
        "parent": "Équipe et rôles",
    }
    return render(request, "office/form.html", context, status=status_of(form))
