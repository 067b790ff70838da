"""The household page: rent, technical and social views of one household, and its thread."""

from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common import clock
from common.address import number_in
from common.links import link
from desk.queries import household as households
from desk.queries import social as social_side
from desk.queries.household_papers import papers_of
from desk.queries.social_budget import budget_card
from desk.queries.social_rights import rights_card
from desk.queries.social_visits import visits_card
from desk.queries.timeline import Thread, thread
from leases.models import Household
from maintenance.tickets.perms import can_open
from maintenance.tickets.queries import count_open_of, tickets_of
from office.access.actor import Actor
from office.access.matrix import FACTS, OWN, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.notices.services import mark_opened
from office.parameters.queries import params_on
from rent_ledger.aid_files.perms import can_write
from rent_ledger.aid_files.queries import files_on
from rent_ledger.books.queries.statement import Statement, statement
from rent_ledger.books.queries.statement_rows import StatementMonth, months_of, rows_of
from rent_ledger.books.views import printed_statement
from rent_ledger.models import AidFile, ArrearsCase
from social_link.budgets.queries import last_budgets
from social_link.contacts.services import show_notes
from social_link.difficulties.services import show_difficulties
from social_link.measures.notices import REFERENT
from social_link.objectives.queries import open_objectives
from social_link.partners.queries import links_of
from social_link.settling.queries import settling_of

# Lines of the statement shown before a year is chosen.
LINES = 10
# Files for an aid on the social view, the latest first.
AIDS = 5


@dataclass(slots=True)
class Frame:
    """What the three views share."""

    actor: Actor
    household: Household
    standing: social_side.Standing
    head: households.HouseholdHead
    cases: list[ArrearsCase]
    statement: Statement | None
    context: dict[str, Any]


def _frame(request: HouseRequest, pk: int, tab: str) -> Frame:
    """The head of the page, its tabs and its actions; 404 for a household that the actor may not see."""
    actor = request.actor
    day = clock.today()
    found = Household.objects.visible_to(actor).with_protection(day).select_related("manager")
    household = get_object_or_404(found, pk=pk)
    mark_opened(REFERENT, about_id=household.pk, actor=actor)
    standing = social_side.standing_of(household, actor, day)
    head = households.household_head(household=household, actor=actor, day=day, is_own_case=standing.is_own_case)
    current = head.current
    lines = statement(current.account.pk) if current else None
    cases = households.case_rows(head) if can(actor, Read(Data.ARREARS_CAUSE)) else []
    context = {
        "head": head,
        "household": household,
        "tab": tab,
        "standing": standing,
        "open_tickets": count_open_of(household, actor),
        "today": day,
        "sees_answers": social_side.reads_answers(actor, is_own_case=standing.is_own_case),
        "sees_social": actor.is_social,
        "shows_social_tab": can(actor, Read(Data.ALERT, OWN, FACTS)),
        "urls": _urls(actor, head, follows=standing.is_own_case or can(actor, Write(Data.CONTACT))),
        "thread": _thread(request, head, standing, cases, lines, actor),
    }
    return Frame(actor, household, standing, head, cases, lines, context)


_LINKS = ("cash", "ticket", "notes", "contact", "visit", "measure", "referent", "messages", "difficulties", "partner")


def _urls(actor: Actor, head: households.HouseholdHead, *, follows: bool) -> dict[str, str]:
    """Addresses of the buttons; empty if the actor may not use them or there is no such page."""
    household, current = head.household, head.current
    found = dict.fromkeys(_LINKS, "") | {
        "households": link("leases:households"),
        "edit": link("leases:household_edit", household.pk) if can(actor, Write(Data.IDENTITY)) else "",
        "dwelling": link("stock:dwelling", head.dwelling.pk) if head.dwelling else "",
        "protection": link("leases:protection", household.pk) if can(actor, Write(Data.PROTECTED_ADDRESS)) else "",
    }
    if current and can(actor, Write(Data.PAYMENT)):
        found["cash"] = link("rent_ledger:payments", compte=current.account.pk)
    if can_open(actor) and not head.is_gone:  # a request is about a dwelling held today
        found["ticket"] = link("maintenance:ticket_new", menage=household.pk)
    if can(actor, Read(Data.MESSAGE)):
        found["messages"] = link("office:messages", menage=household.pk)
    if actor.is_social:
        found["notes"] = link("social_link:notes", household.pk)
        if follows:
            found["contact"] = link("social_link:contact_new", household.pk)
            found["partner"] = link("social_link:partner_link_new", household.pk)
            found["difficulties"] = link("social_link:difficulties", household.pk)
            found["visit"] = link("social_link:visit_new", household.pk)
            found["measure"] = link("social_link:measure_new", household.pk)
        if follows and can(actor, Write(Data.REFERENT)):
            found["referent"] = link("social_link:referent", household.pk)
    return found


def _thread(
    request: HouseRequest,
    head: households.HouseholdHead,
    standing: social_side.Standing,
    cases: list[ArrearsCase],
    lines: Statement | None,
    actor: Actor,
) -> Thread | None:
    page = request.GET.get("suite", "1")
    return thread(
        household=head.household,
        stays=head.stays,
        leases=[view.lease for view in head.accounts if view.lease and view.lease.household_id == head.household.pk],
        account_ids=[view.account.pk for view in head.accounts],
        cases=cases,
        read={lines.account_id: lines} if lines else {},
        actor=actor,
        is_own_case=standing.is_own_case,
        is_masked=head.address.is_masked,
        chosen=request.GET.get("fil", ""),
        page=number_in(page) or 1,
    )


@require_safe
@allow(Read(Data.IDENTITY))
@allow(Read(Data.LEDGER))
def rent(request: HouseRequest, pk: int) -> HttpResponse:
    """Rent view: the figures, the statement, every account that its members owe, what holds the letters, the papers."""
    frame = _frame(request, pk, "rent")
    actor, head = frame.actor, frame.head
    every_paper, papers = can(actor, Read(Data.ACCOUNT_PAPERS)), _reads_papers(frame)
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else None
    current = head.current
    return render(
        request,
        "desk/household/rent.html",
        {
            **frame.context,
            "figures": households.figures(head, frame.cases),
            "cases": households.cases_of(head, frame.cases, sees_answers=frame.context["sees_answers"]),
            "papers": papers_of(head, with_files=every_paper) if papers else [],
            "sees_papers": papers,
            "may_set_aid": can(actor, Write(Data.BENEFIT)),
            "print_url": _print_url(frame, every_paper) if papers else "",
            "statement": _shown(frame.statement, year),
            "months": _months(frame.statement, year),
            "unfolds": request.GET.get("tout") == "oui",
            "account_id": current.account.pk if current else None,
        },
    )


def _shown(whole: Statement | None, year: int | None) -> Statement | None:
    """The statement, or its lines of the chosen year."""
    if whole is None:
        return None
    lines = [line for line in whole.lines if line.on.year == year] if year else whole.lines
    coming = whole.coming if year in (None, whole.day.year) else ()
    return replace(whole, lines=tuple(lines), year=year, coming=coming)


def _months(whole: Statement | None, year: int | None) -> list[StatementMonth]:
    """The last rows of the statement, or all rows of the chosen year, month by month."""
    if whole is None:
        return []
    rows = rows_of(whole.lines)
    return list(months_of([row for row in rows if row.on.year == year] if year else rows[-LINES:]))


def _reads_papers(frame: Frame) -> bool:
    """Whether the actor has the papers of the account: of all households, or of an own case."""
    own = can(frame.actor, Read(Data.ACCOUNT_PAPERS, OWN)) and frame.standing.is_own_case
    return own or can(frame.actor, Read(Data.ACCOUNT_PAPERS))


def _print_url(frame: Frame, every_paper: bool) -> str:
    """The statement as a file for who archives papers, as a page to print on one's own cases."""
    current = frame.head.current
    if current is None:
        return ""
    if every_paper:
        return link("rent_ledger:statement_pdf", current.account.pk)
    return link("desk:household_statement", frame.household.pk)


@require_safe
@allow(Read(Data.ACCOUNT_PAPERS, OWN))
def statement_to_print(request: HouseRequest, pk: int) -> HttpResponse:
    """The statement of the current account to print: of an own case, or for who reads the papers of every account."""
    frame = _frame(request, pk, "rent")
    if not _reads_papers(frame) or frame.head.current is None:
        raise Http404
    return printed_statement(request, frame.head.current.account.pk)


@require_safe
@allow(Read(Data.IDENTITY))
@allow(Read(Data.LEDGER))
def technical(request: HouseRequest, pk: int) -> HttpResponse:
    """Technical view: the household's requests, and how each passage ended."""
    frame = _frame(request, pk, "technical")
    tickets = tickets_of(frame.household, frame.actor)
    context = {**frame.context, "tickets": tickets, "access": households.access_of_home(frame.head, frame.actor)}
    return render(request, "desk/household/technical.html", context)


@require_safe
@allow(Read(Data.IDENTITY))
@allow(Read(Data.LEDGER))
@allow(Read(Data.ALERT, OWN, FACTS))
def social(request: HouseRequest, pk: int) -> HttpResponse:
    """Social view: whole for the social service, the manager's view (facts, codes, hold, plan, next step) else."""
    frame = _frame(request, pk, "social")
    actor, household = frame.actor, frame.household
    if not frame.context["shows_social_tab"]:
        raise PermissionDenied("La vue sociale est réservée au service social.")
    context = dict(frame.context)
    if actor.is_social:
        own = frame.standing.is_own_case
        day, standing, head = clock.today(), frame.standing, frame.head
        params = params_on(day)
        context["view"] = social_side.social_view(household, actor, standing=standing, day=day, params=params)
        follows = own or can(actor, Read(Data.CONTACT))
        context["settling"] = settling_of(household, day, stays=head.stays, params=params) if follows else None
        context["partners"] = links_of(household) if follows else []
        context["difficulties"] = show_difficulties(household=household, actor=actor, is_own_case=own)
        context["objectives"] = open_objectives(household) if context["view"].is_whole else []
        context["visits"] = visits_card(household, actor) if context["view"].is_whole else None
        budgets, own_hand = last_budgets(household, 2), standing.is_referent
        context["rights"] = rights_card(
            household, actor, day, people=head.composition, budgets=budgets, is_referent=own_hand, params=params
        )
        context["budget"] = budget_card(household, actor, day, budgets=budgets, is_referent=own_hand, params=params)
    else:
        context["alerts"] = social_side.manager_alerts(household, actor)
        context["cases"] = households.cases_of(frame.head, frame.cases, sees_answers=frame.context["sees_answers"])
    context["aid_files"] = files_on(AidFile.objects.filter(household=household)[:AIDS], day=clock.today())
    may_open = can_write(actor, household.pk)
    context["aid_open_url"] = link("rent_ledger:aid_file_new", household.pk) if may_open else ""
    context["notes"] = show_notes(household=household, actor=actor)
    return render(request, "desk/household/social.html", context)
