"""Referrals: what waits, one of them with its steps, who it is about, who follows it."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import Attempt, attempt, paper, status_of, tell_done
from common.links import household_page, link
from common.sheets import sheet
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, TOTALS, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.messages.queries import messages_about
from office.requests.pages import form_sent_once
from social_link.contacts.perms import can_follow
from social_link.funding.views import asked_year
from social_link.measures.codes import Exclusion
from social_link.measures.queries import measures_for
from social_link.referrals.codes import ABOUT_PARTNER, STEPS, WAITING, LinkKind, ReferralState, ReferrerKind
from social_link.referrals.forms import AssignForm, LinkForm, PersonForm, ReferralForm, StepForm
from social_link.referrals.looks import STATES
from social_link.referrals.models import NAMED, Referral, ReferralLink, ReferralStep
from social_link.referrals.perms import can_give
from social_link.referrals.queries import double_of, referrals_on
from social_link.referrals.services import referrals as services
from social_link.referrals.services import sheets
from social_link.referrals.services.links import close_link, open_intake, open_state
from social_link.referrals.services.referrals import FACTS
from social_link.referrals.services.steps import note_step
from social_link.referrals.services.telling import acknowledge, take_back
from social_link.referrals.totals import SHEET_HEAD, sheet_rows, totals_of

PER_PAGE = 50
FILTERS = (("", "En attente"), ("miennes", "À moi"), ("libres", "À prendre"), ("finies", "Orientées"))
FOUND = 6
"""How many households are proposed for a name."""
Many = QuerySet[Referral]


@require_GET
@allow(Read(Data.REFERRAL, OWN))
def referrals(request: HouseRequest) -> HttpResponse:
    """Those that wait, the oldest first; mine, nobody's; those of which one knows where they went, the last first."""
    asked = request.GET.get("etat", "")
    wanted = asked if asked in dict(FILTERS) else ""
    rows = Referral.objects.visible_to(request.actor)
    shown: Many = rows.waiting().order_by("received_on", "id")
    if wanted == "miennes":
        shown = shown.filter(assignee=request.actor.user_id)
    elif wanted == "libres":
        shown = shown.filter(assignee=None)
    elif wanted == "finies":
        shown = rows.counted().exclude(state__in=WAITING).order_by("-received_on", "-id")
    page: Page[Any] = Paginator(shown, PER_PAGE).get_page(request.GET.get("p"))
    on_page = shown.filter(pk__in=[row.pk for row in page])
    context = {
        "page": page, "rows": [(now, STATES[now.referral.state]) for now in referrals_on(on_page, day=clock.today())],
        "tabs": [(link("social_link:referrals", etat=word), label, word == wanted) for word, label in FILTERS],
        "may_count": can(request.actor, Read(Data.REFERRAL, TOTALS)),
    }  # fmt: skip
    return render(request, "social_link/referrals/list.html", context)


@require_GET
@allow(Read(Data.REFERRAL, TOTALS))
def referral_totals(request: HouseRequest) -> HttpResponse:
    """Those of a year by quarter, without any name."""
    start, end, day = asked_year(request.GET.get("annee", ""), clock.today())
    totals = totals_of(start, end, day=clock.today())
    if request.GET.get("export"):
        return sheet(f"saisines-{start.year}", SHEET_HEAD, sheet_rows(totals))
    context = {
        "totals": totals, "year": start.year, "day": day, "last_year": start.year - 1,
        "next_year": start.year + 1 if start.year < clock.today().year else None,
        "may_read": can(request.actor, Read(Data.REFERRAL, OWN)),
    }  # fmt: skip
    return render(request, "social_link/referrals/totals.html", context)


@allow(Write(Data.REFERRAL, OWN))
@form_sent_once
def referral_new(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    """A referral that came in: for a household that was chosen (`pk`), or for a person named."""
    actor = request.actor
    household = None if pk is None else get_object_or_404(Household.objects.visible_to(actor), pk=pk)
    form = ReferralForm(request.POST or None, has_household=household is not None)
    made = attempt(
        lambda: services.receive(household=household, is_mine=not can_give(actor), actor=actor, **form.cleaned_data),
        form,
    )
    if made:
        told = f"Saisine {made.value.number} notée."
        if made.value.joined_to:
            told += f" Elle est jointe à la {made.value.joined_to.number}, qui attend déjà."
        tell_done(request, told, undo=link("social_link:referral_withdraw", made.value.pk))
        return redirect("social_link:referral", made.value.pk)
    context = {"form": form, "household": household, "double": double_of(pk) if pk else None, "referral": None}
    return render(request, "social_link/referrals/form.html", context, status=status_of(form))


@allow(Write(Data.REFERRAL, OWN))
def referral_correct(request: HouseRequest, pk: int) -> HttpResponse:
    """Other facts of a referral."""
    row = _found(pk, request.actor)
    names = (*FACTS, *NAMED, "aims", "exclusions")
    initial = {name: getattr(row, name) for name in names}
    form = ReferralForm(request.POST or None, has_household=row.household_id is not None, initial=initial)
    done = attempt(lambda: services.correct(referral=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        done.tell(request, "La saisine est à jour.")
        return redirect("social_link:referral", pk)
    context = {"form": form, "household": row.household, "referral": row}
    return render(request, "social_link/referrals/form.html", context, status=status_of(form))


def _found(pk: int, actor: Actor) -> Referral:
    rows = Referral.objects.visible_to(actor).select_related("household", "organisation", "assignee", "joined_to")
    return get_object_or_404(rows, pk=pk)


@require_GET
@allow(Read(Data.REFERRAL, OWN))
def referral(request: HouseRequest, pk: int) -> HttpResponse:
    """One: what it asks, what it waits for, its steps, and what may follow."""
    return _page(request, _found(pk, request.actor))


def _page(
    request: HouseRequest,
    row: Referral,
    *,
    refused: tuple[str, StepForm] | None = None,
    person: PersonForm | None = None,
    address: str = "",
) -> HttpResponse:
    actor, day = request.actor, clock.today()
    [now] = referrals_on(Referral.objects.filter(pk=row.pk), day=day)
    stands = row.withdrawn_at is None
    following = [
        kind
        for kind in ReferralState
        if stands and row.joined_to_id is None and STEPS.allows(row.state, kind)
        and (kind != ReferralState.MEASURE or row.household_id)
    ]  # fmt: skip
    forms = [
        (kind, refused[1] if refused and refused[0] == kind else StepForm(kind=kind, referral=row))
        for kind in following
    ]
    steps = list(row.steps.select_related("organisation", "author").order_by("-id"))
    text = request.GET.get("q", f"{row.last_name} {row.first_name}" if row.household_id is None else "").strip()
    proposed: Any = []
    if row.household_id is None and stands and text:
        proposed = Household.objects.visible_to(actor).matching(text)[:FOUND]
    initial = {"first_name": row.first_name, "last_name": row.last_name, "phone": row.phone}
    context = {
        "referral": row, "now": now, "look": STATES[row.state], "is_out": stands and row.state == ReferralState.OUTSIDE,
        "forms": forms, "steps": steps, "is_of_household": row.referrer == ReferrerKind.HOUSEHOLD,
        "in_commission": stands and row.state == ReferralState.COMMISSION and row.household is not None
        and can_follow(actor, [row.household]),
        "last_pk": steps[0].pk if len(steps) > 1 and stands else None,
        "household_url": household_page(row.household_id) if row.household_id else "",
        "q": text, "proposed": proposed, "person": person or PersonForm(initial=initial),
        "assign": AssignForm(initial={"to": row.assignee_id}) if can_give(actor) else None,
        "may_take": row.assignee_id is None and not can_give(actor),
        "may_give_back": row.assignee_id is not None and row.assignee_id == actor.user_id and not can_give(actor),
        "exclusions": [Exclusion(code).label for code in row.exclusions],
        "joined": row.joined.filter(withdrawn_at=None).select_related("organisation"),
        "stands": stands, "address": address,
        "link": row.links.open_on(day).first(),
        "messages_told": messages_about(ABOUT_PARTNER, [row.pk]).get(row.pk, []),
    }  # fmt: skip
    shown = refused[1] if refused else person
    return render(request, "social_link/referrals/referral.html", context, status=status_of(shown))


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_step(request: HouseRequest, pk: int, kind: str) -> HttpResponse:
    """Note what happened."""
    row, actor = _found(pk, request.actor), request.actor
    if kind not in ReferralState.values:
        return redirect("social_link:referral", pk)
    form = StepForm(request.POST, kind=ReferralState(kind), referral=row)

    def note() -> ReferralStep:
        if kind == ReferralState.ACKNOWLEDGED:
            acknowledge(referral=row, actor=actor, **form.cleaned_data)
            return row.steps.latest("pk")
        return note_step(referral=row, state=kind, actor=actor, **form.cleaned_data)

    noted = attempt(note, form)
    if not noted:
        if not STEPS.allows(row.state, kind):
            noted.tell(request)
        return _page(request, row, refused=(kind, form))
    undo = link("social_link:referral_step_back", pk, noted.value.pk)
    tell_done(request, f"{row.name} : {noted.value.get_kind_display()}.", undo=undo)
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_step_back(request: HouseRequest, pk: int, step: int) -> HttpResponse:
    """The last step was a mistake."""
    row = _found(pk, request.actor)
    known = ReferralStep.objects.filter(pk=step, referral=row).exists()
    if known:
        back = attempt(lambda: take_back(referral=row, step_id=step, actor=request.actor))
        back.tell(request, "L’étape est reprise.")
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_match(request: HouseRequest, pk: int) -> HttpResponse:
    """It is about this household (`menage`), or about somebody whom nobody knows."""
    row, actor = _found(pk, request.actor), request.actor
    undo = link("social_link:referral_unmatch", pk)
    chosen = request.POST.get("menage", "")
    if chosen:
        number = int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0
        household = get_object_or_404(Household.objects.visible_to(actor), pk=number)
        done = attempt(lambda: services.match(referral=row, household=household, actor=actor))
        done.tell(request)
    else:
        form = PersonForm(request.POST)
        done = attempt(lambda: services.match_new(referral=row, person=form.person, actor=actor), form)
        if not done:
            return _page(request, row, person=form)
    if done:
        told = f"Saisine rattachée à {done.value.household}."
        if done.value.joined_to:
            told += f" Elle est jointe à la {done.value.joined_to.number}, qui attend déjà."
        tell_done(request, told, undo=undo)
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_unmatch(request: HouseRequest, pk: int) -> HttpResponse:
    """It was another household."""
    row = _found(pk, request.actor)
    attempt(lambda: services.unmatch(referral=row, actor=request.actor)).tell(
        request, "La saisine n’est plus rattachée à ce ménage."
    )
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_assign(request: HouseRequest, pk: int) -> HttpResponse:
    """Give it to somebody; a social worker takes it (`prendre`) or gives it back."""
    row, actor = _found(pk, request.actor), request.actor
    if not can_give(actor):
        to = actor.user if "prendre" in request.POST else None
        done = attempt(lambda: services.assign(referral=row, to=to, actor=actor))
    else:
        form = AssignForm(request.POST)
        done = attempt(lambda: services.assign(referral=row, to=form.cleaned_data["to"], actor=actor), form)
    done.tell(request, lambda one: f"Suivie par {one.assignee}." if one.assignee else "Elle n’est plus à personne.")
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_separate(request: HouseRequest, pk: int) -> HttpResponse:
    """It goes its own way again."""
    row = _found(pk, request.actor)
    attempt(lambda: services.separate(referral=row, actor=request.actor)).tell(request, "Elle avance seule.")
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    row = _found(pk, request.actor)
    gone = attempt(lambda: services.withdraw(referral=row, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, f"Saisine {row.number} retirée.", undo=link("social_link:referral_back", pk))
        return redirect("social_link:referrals")
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The one that was withdrawn is there again."""
    row = _found(pk, request.actor)
    attempt(lambda: services.bring_back(referral=row, actor=request.actor)).tell(
        request, "La saisine est de nouveau là."
    )
    return redirect("social_link:referral", pk)


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_follow(request: HouseRequest, pk: int) -> HttpResponse:
    """An address that tells who refers how far it is, shown once."""
    row = _found(pk, request.actor)
    made = attempt(lambda: open_state(referral=row, actor=request.actor))
    if not made:
        made.tell(request)
        return redirect("social_link:referral", pk)
    return _page(request, row, address=_address(request, made.value[1]))


def _address(request: HouseRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("referral_link", args=[secret]))


@require_GET
@allow(Read(Data.REFERRAL, OWN))
def referral_blank(request: HouseRequest) -> HttpResponse:
    """The sheet that a partner fills in by hand, for the printer."""
    return _printed(request, attempt(lambda: sheets.print_blank(actor=request.actor)), link("social_link:referrals"))


@require_GET
@allow(Read(Data.REFERRAL, OWN))
def referral_sheet(request: HouseRequest, pk: int) -> HttpResponse:
    """What was asked and how far it is, for who referred."""
    row = _found(pk, request.actor)
    printed = attempt(lambda: sheets.print_back(referral=row, actor=request.actor))
    return _printed(request, printed, link("social_link:referral", pk))


@require_GET
@allow(Read(Data.REFERRAL, OWN))
def referral_out(request: HouseRequest, pk: int) -> HttpResponse:
    """The sheet that follows the household to the service outside."""
    row = _found(pk, request.actor)
    printed = attempt(lambda: sheets.print_out(referral=row, actor=request.actor))
    return _printed(request, printed, link("social_link:referral", pk))


@require_GET
@allow(Write(Data.MEASURE, OWN))
def orientation_sheet(request: HouseRequest, pk: int, orientation: int) -> HttpResponse:
    """The sheet that the household carries to a service of which it was told at the end of its support."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    printed = attempt(lambda: sheets.print_orientation(measure=row, orientation_id=orientation, actor=request.actor))
    return _printed(request, printed, link("social_link:measure", pk))


def _printed(request: HouseRequest, printed: Attempt[tuple[str, bytes]], back: str) -> HttpResponse:
    if not printed:
        printed.tell(request)
        return redirect(back)
    return paper(*printed.value, is_saved=False)


@allow(Write(Data.REFERRAL))
def referral_links(request: HouseRequest) -> HttpResponse:
    """The addresses of partners that are open, and a new one, shown once."""
    form = LinkForm(request.POST or None)
    made = attempt(lambda: open_intake(actor=request.actor, **form.cleaned_data), form)
    rows = ReferralLink.objects.open_on(clock.today()).filter(kind=LinkKind.INTAKE).select_related("organisation")
    context: dict[str, Any] = {"form": LinkForm() if made else form, "links": rows}
    if made:
        context |= {"link": made.value[0], "address": _address(request, made.value[1])}
    return render(request, "social_link/referrals/links.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.REFERRAL, OWN))
def referral_link_close(request: HouseRequest, pk: int) -> HttpResponse:
    """It opens nothing any more."""
    mine = Q(referral__in=Referral.objects.visible_to(request.actor).values("pk"))
    wanted = mine | Q(referral=None) if can_give(request.actor) else mine
    row = get_object_or_404(ReferralLink.objects.filter(wanted), pk=pk)
    attempt(lambda: close_link(link=row, actor=request.actor)).tell(request, "Cette adresse n’ouvre plus rien.")
    if row.referral_id:
        return redirect("social_link:referral", row.referral_id)
    return redirect("social_link:referral_links")
