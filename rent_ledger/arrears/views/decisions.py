"""Decisions about arrears, one by one and in bulk."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_htmx.http import reselect, reswap, retarget

from common import clock
from common.answers import attempt, status_of
from common.typography import agree, counted
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.arrears.codes import Decision
from rent_ledger.arrears.forms import DecisionForm
from rent_ledger.arrears.queries.arrears import arrears_for, open_cases
from rent_ledger.arrears.services import arrears as services
from rent_ledger.books.codes import Action


def _picks(request: HouseRequest) -> dict[int, str]:
    """Account id → action seen, from the row's button or from the ticks."""
    asked = request.GET.getlist("un") or request.POST.getlist("compte")
    picks = {}
    for pick in asked:
        account, _, action = pick.partition(":")
        if account.isdecimal() and (action == "" or action in Action.values):
            picks[int(account)] = action
    return picks


def _back(request: HouseRequest) -> str:
    target = request.POST.get("retour", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=hosts, require_https=request.is_secure())
    return target if safe else reverse("rent_ledger:arrears")


_ASK = {
    Decision.CHANGE: ("Que faire à la place", "Modifier"),
    Decision.REFUSE: ("Refuser la proposition", "Refuser"),
    Decision.PAUSE: ("Mettre les relances en pause", "Mettre en pause"),
}


@require_POST
@allow(Write(Data.ARREARS))
def arrears_decide(request: HouseRequest) -> HttpResponse:
    """One decision for the ticked rows or for one. What a decision asks (reason, day, action) is asked first."""
    actor = request.actor
    decision, picks = request.POST.get("decision", ""), _picks(request)
    if decision not in Decision.values or not picks:
        messages.error(request, "Choisissez au moins un ménage et une décision.")
        return redirect(_back(request))
    answered = "reason" in request.POST or decision == Decision.CONFIRM
    form = DecisionForm(request.POST if answered else None, decision=decision)
    decided = attempt(lambda: _decide(picks, decision, form.cleaned_data, actor), form)
    if not decided:
        return _ask(request, form, decision, picks)
    _tell(request, decided.value)
    return redirect(_back(request))


def _decide(picks: dict[int, str], decision: str, data: dict[str, Any], actor: Actor) -> services.Decided:
    cases = open_cases(picks)
    missing = [account for account in picks if account not in cases]
    if missing:
        # A debt shows in the list as soon as it is past due; its case may not be opened yet.
        services.detect_arrears(day=clock.today(), actor=actor, account_ids=missing)
        cases |= open_cases(missing)
    result = services.decide_many(
        cases=list(cases.values()),
        decision=decision,
        action=data.get("action", ""),
        reason=data.get("reason", ""),
        pause_until=data.get("pause_until"),
        expected={case.pk: picks[account] for account, case in cases.items()},
        actor=actor,
    )
    return result


def _tell(request: HouseRequest, result: services.Decided) -> None:
    if result.done:
        n = len(result.done)
        messages.success(request, f"{counted(n, 'décision')} {agree(n, 'enregistrée,enregistrées')}.")
    elif not result.refused:
        messages.error(request, "Ces dossiers ne sont pas encore ouverts : la banque n’est pas connue jusque-là.")
    for text in dict.fromkeys(text for _, text in result.refused):
        messages.warning(request, text)


def _ask(request: HouseRequest, form: DecisionForm, decision: str, picks: dict[int, str]) -> HttpResponse:
    actor = request.actor
    back = _back(request)
    names = list(arrears_for(actor).filter(pk__in=picks).values_list("account__household__name", flat=True)[:6])
    question, verb = _ASK.get(Decision(decision), ("Confirmer", "Confirmer"))
    who = f"pour {names[0]}" if len(picks) == 1 and names else f"pour {counted(len(picks), 'ménage')}"
    context = {
        "form": form,
        "decision": decision,
        "picks": [f"{account}:{action}" for account, action in picks.items()],
        "question": f"{question} {who}",
        "names": names if len(picks) > 1 else [],
        "more": max(len(picks) - len(names), 0),
        "verb": verb,
        "back": back,
        "stays": urlsplit(back).path == reverse("rent_ledger:arrears"),
    }
    if request.htmx:
        response = render(request, "rent_ledger/arrears/includes/decide_dialog.html", context)
        # Refused, it takes the place of the dialog that was sent, not of the list.
        response = retarget(reswap(response, "innerHTML"), "#dialogue")
        return reselect(response, "#d-decision")
    return render(request, "rent_ledger/arrears/decide.html", context, status=status_of(form))
