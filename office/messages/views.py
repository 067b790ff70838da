"""Messages to the households, their texts, and the address where a provider reports."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages as notes
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.address import moment_in
from common.answers import attempt, paper, status_of, tell_done
from common.links import link
from common.listing import PER_PAGE, page_of
from common.sheets import sheet
from common.typography import agree, counted, french, long_date, uncapitalised
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow, must
from office.access.requests import HouseRequest
from office.documents.services import file_name
from office.documents.services import render as render_pdf
from office.messages.codes import CallOutcome, Channel
from office.messages.filters import SORTS, MessageFilter
from office.messages.forms import AgainForm, TextForm
from office.messages.kinds import MessageKind, Sample, Text, declared
from office.messages.models import Message, MessageText
from office.messages.providers.call import CallSheet, call_sheet
from office.messages.providers.octopush import read_body, read_report
from office.messages.providers.paper import (
    HEAD,
    hide_addresses,
    letters_waiting,
    manifest,
    may_be_shown,
    piles,
    printed,
    sorted_lot,
)
from office.messages.queries import left_by_hand, text_in_use
from office.messages.rules.merge import problems
from office.messages.services.calls import MAX_NOTE, record_call, review_calls, take_back_call
from office.messages.services.outbox import mark_seen, send_again, withdraw
from office.messages.services.post import (
    mark_posted,
    mark_returned,
    print_lot,
    put_back,
    take_back_posted,
    take_out,
)
from office.messages.services.reading import open_message, open_together
from office.messages.services.reports import keep_report
from office.messages.services.texts import save_text
from office.messages.wording import Wording, filled


@require_GET
@allow(Read(Data.MESSAGE))
def message_list(request: HouseRequest) -> HttpResponse:
    """The messages: first those that did not arrive and that nobody has seen to."""
    filters = MessageFilter(request.GET, queryset=Message.objects.visible_to(request.actor), request=request)
    posts = can(request.actor, Write(Data.MESSAGE))
    context = {
        "page": page_of(request, filters.qs.select_related("author"), sorts=SORTS, default="-decide"),
        "filters": filters,
        "sees_texts": _reads_texts(request),
        "posts": posts,
        "left": left_by_hand() if posts else {},
    }
    return render(request, "office/messages/list.html", context)


def _reads_texts(request: HouseRequest) -> bool:
    return can(request.actor, Read(Data.MESSAGE_TEXT))


def _message(request: HouseRequest, uuid: UUID) -> Message:
    rows = Message.objects.visible_to(request.actor).select_related("author", "document", "seen_by")
    return get_object_or_404(rows, uuid=uuid)


@require_GET
@allow(Read(Data.MESSAGE))
def message(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """One message: what it says, to whom, how far it is, and what can still be done."""
    found = open_message(message=_message(request, uuid), actor=request.actor)
    hide_addresses([found])
    context = {
        "message": found,
        "form": AgainForm(message=found),
        "reports": found.reports.all(),
        "has_paper": may_be_shown(found),
        "may_write": can(request.actor, Write(Data.MESSAGE)),
    }
    return render(request, "office/messages/message.html", context)


@require_GET
@allow(Read(Data.MESSAGE))
def message_pdf(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """The paper that it carries."""
    found = _message(request, uuid)
    if found.document is None or not may_be_shown(found):
        raise Http404
    open_message(message=found, actor=request.actor)
    return paper(file_name(found.document), render_pdf(found.document), is_saved=False)


@require_POST
@allow(Write(Data.MESSAGE))
def message_withdraw(request: HouseRequest, uuid: UUID) -> HttpResponse:
    found = _message(request, uuid)
    attempt(lambda: withdraw(message=found, actor=request.actor)).tell(request, "Message retiré : il ne partira pas.")
    return redirect("office:message", uuid)


@require_POST
@allow(Write(Data.MESSAGE))
def message_again(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """Send once more a message that did not arrive, perhaps elsewhere."""
    found = _message(request, uuid)
    by_post = "courrier" in request.POST
    form = None if by_post else AgainForm(request.POST, message=found)

    def again() -> Message:
        address = form.cleaned_data.get("address", "") if form else ""
        return send_again(message=found, actor=request.actor, address=address, by_post=by_post)

    attempt(again, form).tell(request, "La lettre est dans le courrier à poster." if by_post else "Message renvoyé.")
    return redirect("office:message", uuid)


@require_POST
@allow(Write(Data.MESSAGE))
def message_seen(request: HouseRequest, uuid: UUID) -> HttpResponse:
    found = _message(request, uuid)
    attempt(lambda: mark_seen(message=found, actor=request.actor)).tell(request, "Noté : cet échec ne compte plus.")
    return redirect("office:messages")


# -- letters --------------------------------------------------------------------------------------------------------


@require_GET
@allow(Write(Data.MESSAGE))
def post(request: HouseRequest) -> HttpResponse:
    """The letters that wait, and the lot that is being printed."""
    letters = sorted_lot()
    until = max((m.claimed_at for m in letters if m.claimed_at), default=None)
    context = {
        "page": Paginator(letters, PER_PAGE).get_page(request.GET.get("p")),
        "letters": letters,
        "piles": piles(letters),
        "until": until.isoformat() if until else "",
        "waiting": letters_waiting(),
    }
    return render(request, "office/messages/post.html", context)


def _until(text: str) -> datetime:
    """When the last letter that the person saw was taken out: a later one is in no pile of his."""
    found = moment_in(text)
    if found is None:
        raise Http404
    return found


def _asked_lot(request: HouseRequest) -> list[Message]:
    text = request.GET.get("jusqua", "")
    return sorted_lot(_until(text) if text else None)


@require_POST
@allow(Write(Data.MESSAGE))
def post_take(request: HouseRequest) -> HttpResponse:
    attempt(lambda: take_out(actor=request.actor)).tell(
        request, lambda n: f"{counted(n, 'lettre')} à imprimer." if n else "Aucune lettre ne peut partir aujourd’hui."
    )
    return redirect("office:post")


@require_POST
@allow(Write(Data.MESSAGE))
def post_done(request: HouseRequest) -> HttpResponse:
    until = _until(request.POST.get("jusqua", ""))
    pile = request.POST.get("pile", "")
    posted = attempt(lambda: mark_posted(until=until, pile=pile, actor=request.actor))
    if not posted or not posted.value.count:
        posted.tell(request, "Ces lettres ne sont plus dans le lot : quelqu’un les a postées ou remises en attente.")
        return redirect("office:post")
    n, undo = posted.value.count, link("office:post_not_done", postees=posted.value.at.isoformat())
    tell_done(request, f"{counted(n, 'lettre')} {agree(n, 'postée,postées')}.", undo=undo)
    return redirect("office:post")


@require_POST
@allow(Write(Data.MESSAGE))
def post_not_done(request: HouseRequest) -> HttpResponse:
    """Takes back that letters were posted, those of the moment `postees`."""
    moment = _until(request.GET.get("postees") or request.POST.get("postees", ""))
    attempt(lambda: take_back_posted(moment=moment, actor=request.actor)).tell(
        request, lambda n: f"{counted(n, 'lettre')} {agree(n, 'remise,remises')} dans le lot."
    )
    return redirect("office:post")


@require_POST
@allow(Write(Data.MESSAGE))
def post_back(request: HouseRequest) -> HttpResponse:
    until = _until(request.POST.get("jusqua", ""))
    attempt(lambda: put_back(until=until, actor=request.actor)).tell(
        request, lambda n: f"{counted(n, 'lettre')} {agree(n, 'remise,remises')} en attente."
    )
    return redirect("office:post")


@require_POST
@allow(Write(Data.MESSAGE))
def post_pdf(request: HouseRequest) -> HttpResponse:
    """A pile of the lot in one file, sorted. What was held or withdrawn since it was taken out is not printed."""
    until, wanted = _until(request.POST.get("jusqua", "")), request.POST.get("pile", "")
    asked = attempt(lambda: print_lot(until=until, actor=request.actor))
    pile = next((pile for pile in piles(asked.value) if pile.code == wanted), None) if asked else None
    if pile is None:
        notes.warning(request, "Aucune lettre de cette pile ne peut partir maintenant.")
        return redirect("office:post")
    open_together(messages=pile.letters, actor=request.actor)
    pdf = printed(pile, title=f"{pile.label}, courrier à poster")
    return paper(f"{pile.label}, {long_date(clock.today())}.pdf", pdf)


@require_GET
@allow(Write(Data.MESSAGE))
def post_list(request: HouseRequest) -> HttpResponse:
    """The list that goes with the lot, in the same order."""
    letters = open_together(messages=_asked_lot(request), actor=request.actor)
    return sheet("lettres", HEAD, manifest(letters))


@require_POST
@allow(Write(Data.MESSAGE))
def message_returned(request: HouseRequest, uuid: UUID) -> HttpResponse:
    found = _message(request, uuid)
    attempt(lambda: mark_returned(message=found, actor=request.actor)).tell(request, "Noté : la lettre est revenue.")
    return redirect("office:message", uuid)


# -- calls ----------------------------------------------------------------------------------------------------------


def _opened_sheet(request: HouseRequest) -> CallSheet:
    # What is held, or to call again, says so first: the counts of the menu and of the home read the states.
    review_calls()
    found = call_sheet()
    open_together(messages=[call.message for sheet in found.sheets for call in sheet.calls], actor=request.actor)
    return found


@require_GET
@allow(Write(Data.MESSAGE))
def calls(request: HouseRequest) -> HttpResponse:
    """Whom to call, by who is in charge, and what each call gave."""
    context = {
        "sheet": _opened_sheet(request),
        "outcomes": CallOutcome.choices,
        "max_note": MAX_NOTE,
    }
    return render(request, "office/messages/calls.html", context)


@require_GET
@allow(Write(Data.MESSAGE))
def calls_paper(request: HouseRequest) -> HttpResponse:
    """The sheet to print: a page for each person."""
    return render(request, "office/messages/calls_paper.html", {"sheet": _opened_sheet(request)})


@require_POST
@allow(Write(Data.MESSAGE))
def call_done(request: HouseRequest, uuid: UUID) -> HttpResponse:
    found = _message(request, uuid)
    outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
    noted = attempt(lambda: record_call(message=found, outcome=outcome, note=note, actor=request.actor))
    if not noted:
        noted.tell(request)
        return redirect("office:calls")
    said = f"{french(noted.value.addressee)} : {uncapitalised(noted.value.look.label)}."
    tell_done(request, said, undo=link("office:call_not_done", uuid))
    return redirect("office:calls")


@require_POST
@allow(Write(Data.MESSAGE))
def call_not_done(request: HouseRequest, uuid: UUID) -> HttpResponse:
    """Takes back what was noted of a call."""
    found = _message(request, uuid)
    attempt(lambda: take_back_call(message=found, actor=request.actor)).tell(
        request, f"{french(found.addressee)} : l’appel est de nouveau à passer."
    )
    return redirect("office:calls")


# -- texts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text in use: whose it is, and its beginning."""

    kind: MessageKind
    channel: Channel
    text: Text
    version: int


@require_GET
@allow(Read(Data.MESSAGE_TEXT))
def text_list(request: HouseRequest) -> HttpResponse:
    rows = [
        TextRow(kind, channel, *text_in_use(code, channel))
        for code, kind in declared().items()
        for channel in kind.texts
    ]
    return render(request, "office/messages/texts.html", {"rows": rows})


def _kind(code: str, channel: str) -> tuple[MessageKind, Channel]:
    found = declared().get(code.upper())
    if found is None or channel.upper() not in found.texts:
        raise Http404
    return found, Channel(channel.upper())


@require_http_methods(["GET", "POST"])
@allow(Read(Data.MESSAGE_TEXT))
def text(request: HouseRequest, kind: str, channel: str) -> HttpResponse:
    """One text: its fields, how it reads on three real cases, and a new version of it."""
    found, way = _kind(kind, channel)
    in_use, version = text_in_use(found.code, way)
    initial = {"subject": in_use.subject, "body": in_use.body, "seen_version": version}
    form = TextForm(request.POST or None, channel=way, initial=initial)
    shown = in_use
    if request.method == "POST":
        must(request, Write(Data.MESSAGE_TEXT))
        if "voir" in request.POST:
            shown = _typed(form, found, way) or in_use
        elif attempt(lambda: save_text(kind=found.code, channel=way, actor=request.actor, **_given(form)), form):
            notes.success(request, "Texte enregistré. Les prochains messages le diront ainsi.")
            return redirect("office:message_text", kind, channel)
    context = {
        "kind": found,
        "channel": way,
        "form": form,
        "version": version,
        "examples": _examples(request, found, shown),
        "versions": MessageText.objects.filter(kind=found.code, channel=way).select_related("author"),
        "default": found.texts[way],
        "may_write": can(request.actor, Write(Data.MESSAGE_TEXT)),
    }
    return render(request, "office/messages/text.html", context, status=status_of(form))


def _given(form: TextForm) -> dict[str, Any]:
    return {"subject": "", **form.cleaned_data}


def _typed(form: TextForm, kind: MessageKind, channel: Channel) -> Text | None:
    """What is typed, if it could be saved; else the form says why not."""
    if not form.is_valid():
        return None
    given = _given(form)
    wrong = problems(channel=channel, subject=given["subject"], body=given["body"], fields=kind.fields)
    for name, said in wrong:
        form.add_error(name, said)
    return None if wrong else Text(given["subject"], given["body"].replace("\r\n", "\n"))


def _examples(request: HouseRequest, kind: MessageKind, shown: Text) -> list[tuple[str, Wording]]:
    """The text on three cases of today, for who reads messages; with made-up values for the others."""
    samples = list(kind.samples(request.actor)) if can(request.actor, Read(Data.MESSAGE)) else []
    tried = [
        (sample.name, attempt(lambda values=sample.values: filled(shown, 0, values)))  # type: ignore[misc]
        for sample in samples or [Sample("Exemple inventé", kind.examples)]
    ]
    return [(name, one.value if one else Wording("", one.error, 0)) for name, one in tried]


# -- what providers report ------------------------------------------------------------------------------------------

MAX_REPORT = 20_000


@csrf_exempt
@login_not_required
@require_POST
def octopush_report(request: HttpRequest, secret: str) -> HttpResponse:
    """A report of delivery of Octopush. Its address is the secret: any other is not found."""
    if not settings.OCTOPUSH_HOOK or not compare_digest(secret.encode(), settings.OCTOPUSH_HOOK.encode()):
        raise Http404
    content = read_body(request.body[:MAX_REPORT])
    report = read_report(content) if content else None
    if content is None or report is None:
        return HttpResponse(status=400)
    reference, said, said_on, outcome = report
    keep_report(provider="octopush", reference=reference, said=said, said_on=said_on, outcome=outcome, content=content)
    return HttpResponse(status=204)
