"""Commissions: the list, one of them, who sits in it, its agenda."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import Attempt, attempt, paper, status_of, tell_done
from common.links import link
from common.typography import counted, long_date, short_day
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, TOTALS, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.messages.codes import HAND_STATES, WAITING_STATES, Channel
from social_link.commissions.codes import Ask
from social_link.commissions.forms import (
    AskAboutForm,
    AskOpeningForm,
    CommissionForm,
    MemberForm,
    MoveForm,
    PrepareForm,
)
from social_link.commissions.models import Commission, CommissionItem
from social_link.commissions.perms import can_run
from social_link.commissions.queries import commissions_for, decision_totals, items_for
from social_link.commissions.services import agenda, decisions, papers, sittings, telling
from social_link.contacts.perms import followed_by
from social_link.measures.queries import measures_for

PER_PAGE = 50


@require_GET
@allow(Read(Data.COMMISSION, OWN, TOTALS))
def commissions(request: HouseRequest) -> HttpResponse:
    """Those to come and under way, then the closed ones; a director sees what was decided, in numbers."""
    actor, day = request.actor, clock.today()
    if not can(actor, Read(Data.COMMISSION, OWN)):
        context = {"totals": decision_totals(day.year), "year": day.year}
        return render(request, "social_link/commissions/totals.html", context)
    rows = commissions_for(actor)
    closed = Paginator(rows.filter(closed_at__isnull=False).order_by("-held_on", "-pk"), PER_PAGE).get_page(
        request.GET.get("p")
    )
    return render(
        request,
        "social_link/commissions/list.html",
        {
            "open": rows.filter(closed_at=None).order_by("held_on", "pk"),
            "page": closed,
            "may_run": can_run(actor),
            "day": day,
        },
    )


def found(pk: int) -> Commission:
    return get_object_or_404(Commission, pk=pk)


def found_item(actor: Actor, pk: int) -> CommissionItem:
    return get_object_or_404(items_for(actor), pk=pk)


@allow(Write(Data.COMMISSION))
def commission_new(request: HouseRequest) -> HttpResponse:
    form = CommissionForm(request.POST or None)
    made = attempt(lambda: sittings.plan_commission(actor=request.actor, **form.cleaned_data), form)
    if made:
        row = made.value
        tell_done(request, f"{row} prévue.", undo=link("social_link:commission_withdraw", row.pk))
        return redirect("social_link:commission", pk=row.pk)
    context = {"form": form, "verb": "Prévoir", "back_url": link("social_link:commissions")}
    return render(request, "social_link/commissions/form.html", context, status=status_of(form))


@require_GET
@allow(Read(Data.COMMISSION, OWN))
def commission(request: HouseRequest, pk: int) -> HttpResponse:
    """One: to prepare, or as it was decided."""
    return _page(request, found(pk))


def _page(request: HouseRequest, row: Commission, *, form: MemberForm | None = None) -> HttpResponse:
    actor, day = request.actor, clock.today()
    rows = list(items_for(actor).filter(commission=row).select_related("carried_from__commission"))
    kept = [item for item in rows if item.removed_at is None]
    told = telling.messages_of(row)
    return render(
        request,
        "social_link/commissions/commission.html",
        {
            "commission": row,
            "items": kept,
            "removed": [item for item in rows if item.removed_at is not None],
            "others": row.items.kept().count() - len(kept),
            "members": row.members.select_related("organisation"),
            "present": sum(seat.is_present for seat in row.members.all()),
            "waiting": sum(not item.decision for item in kept),
            "may_run": can_run(actor),
            "may_ask": row.is_open and (can_run(actor) or day <= row.entries_until),
            "has_come": row.held_on <= day,
            "is_told": bool(told),
            "may_reopen": all(message.state in WAITING_STATES for message in told),
            "day": day,
            "form": form or MemberForm(),
        },
        status=status_of(form),
    )


@allow(Write(Data.COMMISSION))
def commission_move(request: HouseRequest, pk: int) -> HttpResponse:
    row = found(pk)
    now = {name: getattr(row, name) for name in ("held_on", "at_time", "place", "entries_until")}
    form = MoveForm(request.POST or None, initial=now)
    moved = attempt(lambda: sittings.move_commission(commission=row, actor=request.actor, **form.cleaned_data), form)
    if moved:
        moved.tell(request, lambda made: f"{made} : à jour.")
        return redirect("social_link:commission", pk=pk)
    context = {"form": form, "verb": "Corriger", "commission": row, "back_url": link("social_link:commission", pk)}
    return render(request, "social_link/commissions/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.COMMISSION))
def commission_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    gone = attempt(lambda: sittings.withdraw_commission(commission=found(pk), actor=request.actor))
    if not gone:
        gone.tell(request)
        return redirect("social_link:commission", pk=pk)
    tell_done(request, f"{gone.value} retirée.", undo=link("social_link:commission_back", pk))
    return redirect("social_link:commissions")


@require_POST
@allow(Write(Data.COMMISSION))
def commission_back(request: HouseRequest, pk: int) -> HttpResponse:
    back = attempt(lambda: sittings.bring_back_commission(commission=found(pk), actor=request.actor))
    back.tell(request, lambda row: f"{row} prévue de nouveau.")
    return redirect("social_link:commission", pk=pk)


@require_POST
@allow(Write(Data.COMMISSION))
def commission_fill(request: HouseRequest, pk: int) -> HttpResponse:
    """What waits for a decision is put on."""
    filled = attempt(lambda: agenda.fill_agenda(commission=found(pk), actor=request.actor))
    filled.tell(
        request, lambda n: f"{counted(n, 'dossier ajouté,dossiers ajoutés')}." if n else "Rien d’autre n’attend."
    )
    return redirect("social_link:commission", pk=pk)


@require_POST
@allow(Write(Data.COMMISSION))
def commission_close(request: HouseRequest, pk: int) -> HttpResponse:
    closed = attempt(lambda: decisions.close_commission(commission=found(pk), actor=request.actor))
    closed.tell(request)
    if closed:
        tell_done(request, f"{closed.value} close.", undo=link("social_link:commission_reopen", pk))
    return redirect("social_link:commission", pk=pk)


@require_POST
@allow(Write(Data.COMMISSION))
def commission_reopen(request: HouseRequest, pk: int) -> HttpResponse:
    attempt(lambda: decisions.reopen_commission(commission=found(pk), actor=request.actor)).tell(
        request, lambda row: f"{row} rouverte."
    )
    return redirect("social_link:commission", pk=pk)


# -- papers ---------------------------------------------------------------------------------------------------------


@require_GET
@allow(Read(Data.COMMISSION, OWN))
def commission_files(request: HouseRequest, pk: int) -> HttpResponse:
    """The files for the members: all that one reads, or that of the item `d`."""
    asked = request.GET.get("d", "")
    item = int(asked) if asked.isdecimal() and len(asked) < 18 else None
    printed = attempt(lambda: papers.print_files(commission=found(pk), actor=request.actor, item=item))
    return _paper(request, pk, printed)


@require_GET
@allow(Read(Data.COMMISSION))
def commission_minutes(request: HouseRequest, pk: int) -> HttpResponse:
    printed = attempt(lambda: papers.print_minutes(commission=found(pk), actor=request.actor))
    return _paper(request, pk, printed)


def _paper(request: HouseRequest, pk: int, printed: Attempt[tuple[str, bytes]]) -> HttpResponse:
    if not printed:
        printed.tell(request)
        return redirect("social_link:commission", pk=pk)
    return paper(*printed.value)


# -- telling --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@allow(Write(Data.COMMISSION))
def commission_tell(request: HouseRequest, pk: int) -> HttpResponse:
    """What is told of the decisions, read before it leaves; then what became of it."""
    row = found(pk)
    if request.method == "POST":
        sent = attempt(lambda: telling.tell_decisions(commission=row, actor=request.actor))
        sent.tell(request, lambda n: f"{counted(n, 'envoi prêt,envois prêts')}. Les lettres s’impriment ici.")
        return redirect("social_link:commission_tell", pk=pk)
    told = telling.messages_of(row)
    context = {
        "commission": row,
        "drafts": telling.drafts(row),
        "messages_sent": told,
        "has_letters": any(
            message.channel == Channel.PAPER and message.state in WAITING_STATES | HAND_STATES for message in told
        ),
    }
    return render(request, "social_link/commissions/tell.html", context)


@require_POST
@allow(Write(Data.COMMISSION))
def commission_letters(request: HouseRequest, pk: int) -> HttpResponse:
    """The letters that are not posted, for the printer."""
    row = found(pk)
    printed = attempt(lambda: telling.print_letters(commission=row, actor=request.actor))
    if not printed:
        printed.tell(request)
        return redirect("social_link:commission_tell", pk=pk)
    return paper(f"Lettres, commission du {long_date(row.held_on)}.pdf", printed.value)


@require_POST
@allow(Write(Data.COMMISSION))
def commission_posted(request: HouseRequest, pk: int) -> HttpResponse:
    posted = attempt(lambda: telling.post_letters(commission=found(pk), actor=request.actor))
    posted.tell(request, lambda n: f"{counted(n, 'lettre postée,lettres postées')}." if n else "Rien à poster.")
    return redirect("social_link:commission_tell", pk=pk)


@require_POST
@allow(Write(Data.COMMISSION))
def commission_failed(request: HouseRequest, pk: int, message: int) -> HttpResponse:
    """One that did not arrive: sent once more, or seen to (`vu`)."""
    again = "vu" not in request.POST
    settled = attempt(
        lambda: telling.settle_failure(commission=found(pk), message_id=message, again=again, actor=request.actor)
    )
    settled.tell(request, "Envoi remis en attente." if again else "Noté : cet échec ne compte plus.")
    return redirect("social_link:commission_tell", pk=pk)


# -- who sits in it -------------------------------------------------------------------------------------------------


@require_POST
@allow(Write(Data.COMMISSION))
def member_add(request: HouseRequest, pk: int) -> HttpResponse:
    row, form = found(pk), MemberForm(request.POST)
    added = attempt(lambda: sittings.add_member(commission=row, actor=request.actor, **form.cleaned_data), form)
    if not added:
        return _page(request, row, form=form)
    return redirect(f"{link('social_link:commission', pk)}#membres")


@require_POST
@allow(Write(Data.COMMISSION))
def member_remove(request: HouseRequest, pk: int, member: int) -> HttpResponse:
    attempt(lambda: sittings.remove_member(commission=found(pk), member_id=member, actor=request.actor)).tell(request)
    return redirect(f"{link('social_link:commission', pk)}#membres")


@require_POST
@allow(Write(Data.COMMISSION))
def member_present(request: HouseRequest, pk: int, member: int) -> HttpResponse:
    """Whether a member is in the room: `la` is 1 or 0."""
    is_here = request.POST.get("la") == "1"
    attempt(
        lambda: sittings.mark_present(commission=found(pk), member_id=member, is_present=is_here, actor=request.actor)
    ).tell(request)
    return redirect("social_link:commission", pk=pk)


# -- the agenda -----------------------------------------------------------------------------------------------------


@allow(Write(Data.COMMISSION, OWN))
def commission_ask(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask a commission to open a measure for a household."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    form = AskOpeningForm(request.POST or None, initial={"referent": request.actor.user_id})
    asked = attempt(lambda: agenda.ask_opening(household=household, actor=request.actor, **form.asked()), form)
    if asked:
        return _asked(request, asked.value)
    return _ask_page(request, form, household, link("desk:household_social", household.pk))


@allow(Write(Data.COMMISSION, OWN))
def commission_ask_measure(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask a commission to renew a measure, to change its type or to end it."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    waits = any(renewal.waits for renewal in row.renewals.all())
    form = AskAboutForm(request.POST or None, measure=row, initial={"ask": Ask.RENEWAL if waits else None})
    asked = attempt(lambda: agenda.ask_about_measure(measure=row, actor=request.actor, **form.cleaned_data), form)
    if asked:
        return _asked(request, asked.value)
    return _ask_page(request, form, row.household, link("social_link:measure", pk))


def _asked(request: HouseRequest, item: CommissionItem) -> HttpResponse:
    told = f"À l’ordre du jour du {short_day(item.commission.held_on, today=clock.today())} : donnez votre avis."
    tell_done(request, told, undo=link("social_link:commission_off", item.pk))
    return redirect("social_link:commission_item", pk=item.pk)


def _ask_page(
    request: HouseRequest, form: AskOpeningForm | AskAboutForm, household: Household, back_url: str
) -> HttpResponse:
    context = {
        "form": form, "household": household, "back_url": back_url,
        "none": not form.fields["commission"].queryset.exists(),  # type: ignore[attr-defined]
        "may_run": can_run(request.actor),
    }  # fmt: skip
    return render(request, "social_link/commissions/ask.html", context, status=status_of(form))


@allow(Write(Data.COMMISSION, OWN))
def commission_item(request: HouseRequest, pk: int) -> HttpResponse:
    """The referent's part of the file: the opinion, a few words, who else is told."""
    row = found_item(request.actor, pk)
    now = {name: getattr(row, name) for name in ("opinion", "words", "informs", "agreed_to_inform")}
    form = PrepareForm(request.POST or None, initial=now)
    done = attempt(lambda: agenda.prepare_item(item=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        done.tell(request, f"Dossier prêt pour {row.household}.")
        return redirect("social_link:commission", pk=row.commission_id)
    context = {"form": form, "item": row, "commission": row.commission}
    return render(request, "social_link/commissions/prepare.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.COMMISSION, OWN))
def commission_off(request: HouseRequest, pk: int) -> HttpResponse:
    row = found_item(request.actor, pk)
    gone = attempt(lambda: agenda.take_off(item=row, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, f"{row.household} ôté de l’ordre du jour.", undo=link("social_link:commission_on", pk))
    return redirect("social_link:commission", pk=row.commission_id)


@require_POST
@allow(Write(Data.COMMISSION, OWN))
def commission_on(request: HouseRequest, pk: int) -> HttpResponse:
    row = found_item(request.actor, pk)
    attempt(lambda: agenda.put_back(item=row, actor=request.actor)).tell(
        request, f"{row.household} est de nouveau à l’ordre du jour."
    )
    return redirect("social_link:commission", pk=row.commission_id)


@require_POST
@allow(Write(Data.COMMISSION))
def commission_rank(request: HouseRequest, pk: int) -> HttpResponse:
    """One place up or down: `sens` is −1 or 1."""
    row = found_item(request.actor, pk)
    by = -1 if request.POST.get("sens") == "-1" else 1
    attempt(lambda: agenda.move_item(item=row, by=by, actor=request.actor)).tell(request)
    return redirect(f"{link('social_link:commission', row.commission_id)}#d{pk}")
