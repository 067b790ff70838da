"""The commission as it sits: one file at a time, its decision typed, the next file."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, tell_done
from common.links import link
from common.typography import uncapitalised
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.commissions.codes import Ask, Condition, Ruling
from social_link.commissions.files import files_of, label_of
from social_link.commissions.forms import DecideForm
from social_link.commissions.models import CommissionItem
from social_link.commissions.rules.decisions import ANSWERS, GRANTS
from social_link.commissions.services import decisions
from social_link.commissions.views.agendas import found, found_item

KEYS = {
    Ruling.YES: "O", Ruling.RENEWED: "R", Ruling.ENDED: "T", Ruling.NO: "N", Ruling.ADJOURNED: "A",
}  # fmt: skip


@require_GET
@allow(Write(Data.COMMISSION))
def commission_live(request: HouseRequest, pk: int) -> HttpResponse:
    """One file: that of the item `d` of the address, else the first that waits, else the last."""
    row = found(pk)
    order = list(CommissionItem.objects.kept().filter(commission=row).values_list("pk", "decision"))
    ids = [item for item, _ in order]
    asked = request.GET.get("d", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 18 else 0
    waiting = [item for item, decision in order if not decision]
    current = wanted if wanted in ids else (waiting or ids[-1:] or [0])[0]
    place = ids.index(current) if current in ids else 0
    shown = files_of(row, request.actor, item=current)
    file = shown[0] if shown else None
    answers = [(code, KEYS[code]) for code in ANSWERS[Ask(file.item.ask)]] if file else []
    form = DecideForm(months=file.months, day=None) if file else None
    return render(
        request,
        "social_link/commissions/live.html",
        {
            "commission": row,
            "file": file,
            "item": file.item if file else None,
            "answers": answers,
            "grants": any(code in GRANTS for code, _ in answers),
            "form": form,
            "asks_day": file is not None and file.item.ask != Ask.RENEWAL,
            "conditions": Condition.choices,
            "count": len(ids),
            "number": place + 1,
            "done": len(ids) - len(waiting),
            "left": len(waiting),
            "previous": ids[place - 1] if place else None,
            "following": ids[place + 1] if place + 1 < len(ids) else None,
            "has_come": row.held_on <= clock.today(),
        },
    )


@require_POST
@allow(Write(Data.COMMISSION))
def commission_decide(request: HouseRequest, pk: int) -> HttpResponse:
    """Note the decision; the next file that waits is shown."""
    row = found_item(request.actor, pk)
    form = DecideForm(request.POST)
    done = attempt(lambda: decisions.decide(item=row, actor=request.actor, **form.cleaned_data), form)
    live = link("social_link:commission_live", row.commission_id)
    if not done:
        done.tell(request)
        return redirect(f"{live}?d={pk}")
    what = uncapitalised(done.value.get_decision_display())
    tell_done(request, f"{label_of(row)} : {what}.", undo=link("social_link:commission_undecide", pk))
    # The last one stays shown: its decision is what the next key takes back.
    waits = CommissionItem.objects.waiting().filter(commission=row.commission_id).exists()
    return redirect(live if waits else f"{live}?d={pk}")


@require_POST
@allow(Write(Data.COMMISSION))
def commission_undecide(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » a decision: what it did is undone, and its file is shown again."""
    row = found_item(request.actor, pk)
    attempt(lambda: decisions.take_back(item=row, actor=request.actor)).tell(
        request, f"{label_of(row)} : la décision est reprise."
    )
    return redirect(f"{link('social_link:commission_live', row.commission_id)}?d={pk}")
