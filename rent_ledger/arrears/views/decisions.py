"""Decisions about arrears, one by one and in bulk."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, reselect, reswap, retarget

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link, way_back
from common.typography import agree, counted
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.messages.codes import Channel
from office.messages.gates import sms_waits_until
from office.messages.wording import Wording
from rent_ledger.arrears.codes import Decision
from rent_ledger.arrears.forms import DecisionForm, LetterForm
from rent_ledger.arrears.models import ArrearsCase, CaseDecision
from rent_ledger.arrears.queries.arrears import PlanTerms, arrears_for, cases_for, open_cases, plan_terms
from rent_ledger.arrears.queries.courtesy import SENT_BY, Draft, drafts
from rent_ledger.arrears.services import decisions, detection, reports
from rent_ledger.arrears.services.courtesy import Letter
from rent_ledger.arrears.services.taking_back import undo_decisions
from rent_ledger.books.codes import Action, Lane
from rent_ledger.books.models import AccountState


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
    return way_back(request, "rent_ledger:arrears")


_ASK = {
    Decision.CHANGE: ("Que faire à la place", "Modifier"),
    Decision.REFUSE: ("Refuser la proposition", "Refuser"),
    Decision.PAUSE: ("Mettre les relances en pause", "Mettre en pause"),
}


@require_POST
@allow(Write(Data.ARREARS))
def arrears_decide(request: HouseRequest) -> HttpResponse:
    """One decision for the ticked rows or for one. What a decision asks (reason, day, action) is asked first, and what
    it sends is shown before it leaves."""
    decision, picks = request.POST.get("decision", ""), _picks(request)
    if decision not in Decision.values or not picks:
        messages.error(request, "Choisissez au moins un ménage et une décision.")
        return redirect(_back(request))
    if decision == Decision.CONFIRM and Action.REPORT_PAYER in picks.values():
        page = _prepare_reports(
            request, [account for account, action in picks.items() if action == Action.REPORT_PAYER]
        )
        picks = {account: action for account, action in picks.items() if action != Action.REPORT_PAYER}
        if not picks:
            return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
    plan = _plan(picks) if decision == Decision.CONFIRM else None
    asked = "plan_until" if plan else "reason"
    answered = asked in request.POST or (decision == Decision.CONFIRM and plan is None)
    form = DecisionForm(request.POST if answered else None, decision=decision, has_left=_have_left(picks), plan=plan)
    decided = attempt(lambda: _shown_or_decided(request, decision, form.cleaned_data, picks), form)
    if not decided:
        return _ask(request, form, decision, picks)
    if isinstance(decided.value, Sending):
        return _ask(request, form, decision, picks, decided.value)
    _tell(request, decided.value)
    return redirect(_back(request))


def _prepare_reports(request: HouseRequest, accounts: Collection[int]) -> str:
    """« Déclarer » prepares: a person sends. The page that follows: the report, or all of them."""
    cases = list(_cases(accounts, request.actor).values())
    prepared = attempt(lambda: reports.prepare_reports(cases=cases, actor=request.actor))
    prepared.tell(request)
    made = prepared.value.done if prepared else []
    for text in dict.fromkeys(text for _, text in prepared.value.refused) if prepared else ():
        messages.warning(request, text)
    if made:
        said = (
            f"{counted(len(made), 'déclaration')} {agree(len(made), 'préparée,préparées')} : relisez, envoyez, notez."
        )
        messages.success(request, said)
    return link("rent_ledger:report", made[0].pk) if len(made) == 1 else link("rent_ledger:reports")


def _plan(picks: dict[int, str]) -> PlanTerms | None:
    """What the plan of the one household picked would be; None where no plan is to be accepted."""
    if list(picks.values()) != [Action.ANSWER_PLAN]:
        return None
    [account] = picks
    return plan_terms(account, day=clock.today())


def _have_left(picks: Iterable[int]) -> bool:
    """Whether all of these accounts are of households that left: only they are written to at a new address."""
    return not AccountState.objects.filter(account_id__in=list(picks)).exclude(lane=Lane.GONE).exists()


def _shown_or_decided(
    request: HouseRequest, decision: str, data: dict[str, Any], picks: dict[int, str]
) -> "Sending | decisions.Decided":
    """What is to be read before it leaves; once it was, the decision."""
    sending = _sending(request, decision, data, picks)
    if sending is not None and not sending.is_ready:
        return sending
    return _decide(picks, decision, data, sending.letters if sending else {}, request.actor)


# -- what a decision sends ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sending:
    """The messages of a decision. One can be chosen and edited (`form`); several leave as their texts say."""

    drafts: list[Draft]
    form: LetterForm | None
    is_ready: bool

    @property
    def letters(self) -> dict[int, Letter]:
        if self.form is None:
            return {}
        data = self.form.cleaned_data
        return {
            self.drafts[0].case.pk: Letter(
                data["channel"], data.get("subject", ""), data["body"], data.get("address", "")
            )
        }

    @property
    def ways(self) -> list[tuple[str, int]]:
        """How many leave by each way."""
        return [(channel.label, n) for channel, n in Counter(draft.channel for draft in self.drafts).items()]

    @property
    def sms_waits(self) -> str:
        """When the SMS among them leave, where it is not at once."""
        ways = {self.form.fields["channel"].initial} if self.form else {draft.channel for draft in self.drafts}
        return sms_waits_until() if Channel.SMS in ways else ""

    @property
    def example(self) -> Wording:
        return self.drafts[0].wording(self.drafts[0].channel)


SHOWN = (Action.COURTESY, Action.REMINDER, Action.FORMAL_NOTICE, Action.WRITE_GONE)
"""What leaves by itself is read before; what to say on the phone is on the call sheet."""


def _sending(request: HouseRequest, decision: str, data: dict[str, Any], picks: dict[int, str]) -> Sending | None:
    """What leaves with this decision, and whether the person has seen it; None where nothing does."""
    if decision == Decision.CHANGE:
        wanted = dict.fromkeys(picks, data["action"])
    else:
        wanted = picks if decision == Decision.CONFIRM else {}
    found: list[Draft] = []
    for action in SHOWN:
        cases = _cases([account for account, chosen in wanted.items() if chosen == action], request.actor)
        found += drafts(cases.values(), actor=request.actor, kind=SENT_BY[action]).values() if cases else ()
    if not found:
        return None
    seen = request.POST.get("vu")
    if len(found) > 1:
        return Sending(found, None, is_ready=seen is not None)
    [draft] = found
    asked = request.POST.get("channel", "")
    channel = Channel(asked) if asked in draft.addresses else draft.channel
    # Another way has another text: it is shown before it leaves.
    is_read = seen == channel
    wording = draft.wording(channel)
    form = LetterForm(
        request.POST if is_read else None,
        channels=draft.addresses,
        channel=channel,
        needs_address=draft.needs_address(channel),
        initial={"subject": wording.subject, "body": wording.body},
    )
    return Sending(found, form, is_ready=is_read and form.is_valid())


def _decide(
    picks: dict[int, str], decision: str, data: dict[str, Any], letters: dict[int, Letter], actor: Actor
) -> decisions.Decided:
    cases = _cases(picks, actor)
    return decisions.decide_many(
        cases=list(cases.values()),
        decision=decision,
        action=data.get("action", ""),
        reason=data.get("reason", ""),
        pause_until=data.get("pause_until"),
        plan_until=data.get("plan_until"),
        expected={case.pk: picks[account] for account, case in cases.items()},
        letters=letters,
        actor=actor,
    )


def _cases(accounts: Collection[int], actor: Actor) -> dict[int, ArrearsCase]:
    """The open case of each account. A debt shows in the list as soon as it is past due; its case may not be opened
    yet."""
    cases = open_cases(accounts)
    missing = [account for account in accounts if account not in cases]
    if missing:
        detection.detect_arrears(day=clock.today(), actor=actor, account_ids=missing)
        cases |= open_cases(missing)
    return cases


def _tell(request: HouseRequest, result: decisions.Decided) -> None:
    if result.done:
        taken_back = link("rent_ledger:arrears_undo", d=",".join(str(made.pk) for made in result.done))
        tell_done(request, _said(request.actor, result), undo=taken_back)
    elif not result.refused:
        messages.error(request, "Ces dossiers ne sont pas encore ouverts : la banque n’est pas connue jusque-là.")
    for text in dict.fromkeys(text for _, text in result.refused):
        messages.warning(request, text)


_SAID = {Decision.REFUSE: "proposition refusée", Decision.PAUSE: "relances en pause"}


def _said(actor: Actor, result: decisions.Decided) -> str:
    """What was done, for whom; what leaves, and when."""
    [made, *others] = result.done
    names = [] if others else _names([made.case.account_id], actor)
    if names:
        label = Action(made.action).label if made.action else ""
        what = _SAID.get(Decision(made.decision), label[:1].lower() + label[1:])
        said = f"Décidé pour {names[0]} : {what}."
    else:
        said = f"{counted(n := len(result.done), 'décision')} {agree(n, 'enregistrée,enregistrées')}."
    calls = sum(message.is_call for message in result.sent)
    sent = len(result.sent) - calls
    if calls:
        said += f" {counted(calls, 'appel est,appels sont')} sur la feuille des appels à passer."
    if sent:
        texts = sum(message.channel == Channel.SMS for message in result.sent)
        when = sms_waits_until() if texts else ""
        if now := sent - texts if when else sent:
            said += f" {counted(now, 'message')} {agree(now, 'part,partent')} : l’état se lit dans le dossier."
        if when:
            said += f" {counted(texts, 'SMS part,SMS partent')} le {when}."
    return said


def _names(accounts: Collection[int], actor: Actor) -> list[str]:
    """Six of the households of these accounts at most."""
    return list(arrears_for(actor).filter(pk__in=accounts).values_list("account__household__name", flat=True)[:6])


@require_POST
@allow(Write(Data.ARREARS))
def arrears_undo(request: HouseRequest) -> HttpResponse:
    """« Annuler » what was decided together (`?d=12,13`): all of it, as far as nothing has left or followed."""
    asked = [int(pk) for pk in request.GET.get("d", "").split(",") if pk.isdecimal()]
    cases = cases_for(request.actor)
    decisions = list(CaseDecision.objects.filter(pk__in=asked, case__in=cases).select_related("case").order_by("-pk"))
    taken_back = attempt(lambda: undo_decisions(decisions=decisions, actor=request.actor))
    if not decisions:
        messages.error(request, "Il n’y a plus rien à annuler ici. Rechargez la page.")
    elif taken_back and (n := len(taken_back.value.done)):
        stands = agree(n, "le dossier en est là où il en était,les dossiers en sont là où ils en étaient")
        tell_done(request, f"{counted(n, 'décision')} {agree(n, 'annulée,annulées')} : {stands} avant.")
    for text in dict.fromkeys(taken_back.value.refused if taken_back else taken_back.errors):
        messages.warning(request, text)
    return redirect(_back(request))


def _stays(back: str) -> bool:
    """Whether the page of `back` comes back in its place: the list, or a case."""
    try:
        return resolve(urlsplit(back).path).view_name in ("rent_ledger:arrears", "rent_ledger:case")
    except Resolver404:
        return False


def _ask(
    request: HouseRequest, form: DecisionForm, decision: str, picks: dict[int, str], sending: Sending | None = None
) -> HttpResponse:
    back = _back(request)
    names = _names(picks, request.actor)
    question, verb = _ASK.get(Decision(decision), ("Confirmer", "Confirmer"))
    if "plan_until" in form.fields:
        question, verb = "Accepter le plan", "Accepter le plan"
    if sending is not None:
        question, verb = "Envoyer ce message", "Envoyer"
    letter = sending.form if sending else None
    to = "à" if sending is not None else "pour"
    who = f"{to} {names[0]}" if len(picks) == 1 and names else f"{to} {counted(len(picks), 'ménage')}"
    context = {
        "form": form,
        "decision": decision,
        "picks": [f"{account}:{action}" for account, action in picks.items()],
        "question": f"{question} {who}",
        "names": names if len(picks) > 1 else [],
        "more": max(len(picks) - len(names), 0),
        "verb": verb,
        "back": back,
        "stays": _stays(back),
        "sending": sending,
        "letter": letter,
        "seen": letter.fields["channel"].initial if letter else "",
    }
    if request.htmx:
        response = render(request, "rent_ledger/arrears/includes/decide_dialog.html", context)
        # Refused, it takes the place of the dialog that was sent, not of the list.
        response = retarget(reswap(response, "innerHTML"), "#dialogue")
        return reselect(response, "#d-decision")
    return render(
        request, "rent_ledger/arrears/decide.html", context, status=status_of(form, sending.form if sending else None)
    )
