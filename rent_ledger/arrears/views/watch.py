"""« À surveiller »: the accounts with an early sign and nothing to decide; setting them aside."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link, way_back
from common.listing import page_of
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.arrears import perms
from rent_ledger.arrears.filters import ALL_WORD, ArrearsPageFilter
from rent_ledger.arrears.forms import IgnoreForm
from rent_ledger.arrears.looks import ADVICE
from rent_ledger.arrears.models import EarlySign, SignAside
from rent_ledger.arrears.queries.arrears import rows_of
from rent_ledger.arrears.queries.signs import set_aside_now, signs_of, watched_for
from rent_ledger.arrears.services.signs import set_aside, undo_aside
from rent_ledger.arrears.views.arrears import told_place
from rent_ledger.books.models import AccountState

SORTS = {"connu": ("known", "account_id"), "menage": ("account__household__sort_key", "account_id")}
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class WatchRow:
    """An account with its signs, the latest known first."""

    state: AccountState
    signs: list[EarlySign]
    place: str
    url: str
    advice: str

    @property
    def name(self) -> str:
        household = self.state.account.household
        return household.name if household else self.state.account.label


def _filters(request: HouseRequest) -> ArrearsPageFilter:
    asked = request.GET.copy()
    asked["situation"] = ALL_WORD
    return ArrearsPageFilter(asked, queryset=watched_for(request.actor, day=clock.today()), request=request)


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def watch(request: HouseRequest) -> HttpResponse:
    """The list, the sign that was known last first; below it, what was set aside and goes on."""
    actor, day = request.actor, clock.today()
    found = _filters(request).qs.annotate(
        known=Max("account__signs__known_on", filter=Q(account__signs__ended_on=None))
    )
    pks: Any = found.values_list("pk", flat=True)
    page = page_of(request, pks, sorts=SORTS, default="-connu", per_page=PER_PAGE)
    states, may_decide = rows_of(list(page)), perms.can_decide(actor)
    signs = signs_of([state.pk for state in states], day=day)
    rows = [
        WatchRow(
            state,
            signs.get(state.pk, []),
            told_place(state, actor),
            household_page(state.account.household_id) or link("rent_ledger:statement", state.pk),
            ADVICE[any(sign.is_about_paying for sign in signs.get(state.pk, []))],
        )
        for state in states
    ]
    context = {
        "page": page, "rows": rows, "may_decide": may_decide, "here": request.get_full_path(),
        "asides": _asides() if may_decide else [],
    }  # fmt: skip
    return render(request, "rent_ledger/arrears/watch.html", context)


def _asides() -> list[SignAside]:
    """The last set aside of each account, of signs that go on: what « Annuler » takes back."""
    last: dict[int, SignAside] = {}
    for aside in set_aside_now()[: PER_PAGE * 2]:
        last.setdefault(aside.sign.account_id, aside)
    return list(last.values())[:PER_PAGE]


def _account(request: HouseRequest, account_id: int) -> AccountState:
    """The state of an account, whether it shows a sign still or not."""
    return get_object_or_404(AccountState.objects.select_related("account__household"), pk=account_id)


@require_POST
@allow(Write(Data.ARREARS))
def watch_seen(request: HouseRequest, account_id: int) -> HttpResponse:
    """« Vu »: these signs are not shown any more."""
    state, actor = _account(request, account_id), request.actor
    done = attempt(lambda: set_aside(account_id=state.pk, actor=actor))
    done.tell(request)
    if done:
        tell_done(
            request, "Signe vu : il n’est plus montré. Un autre le sera.", undo=link("rent_ledger:watch_undo", state.pk)
        )
    return redirect(way_back(request, "rent_ledger:watch"))


@require_http_methods(["GET", "POST"])
@allow(Write(Data.ARREARS))
def watch_ignore(request: HouseRequest, account_id: int) -> HttpResponse:
    """« Ignorer jusqu’au … »: nor are others of these kinds until that day, for a reason."""
    state, actor, day = _account(request, account_id), request.actor, clock.today()
    form = IgnoreForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(lambda: set_aside(account_id=state.pk, actor=actor, **form.cleaned_data), form)
        if done:
            tell_done(request, "Signes ignorés jusqu’à ce jour.", undo=link("rent_ledger:watch_undo", state.pk))
            return redirect("rent_ledger:watch")
    context = {"form": form, "state": state, "signs": signs_of([state.pk], day=day).get(state.pk, [])}
    return render(request, "rent_ledger/arrears/watch_ignore.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.ARREARS))
def watch_undo(request: HouseRequest, account_id: int) -> HttpResponse:
    """« Annuler » what was set aside last: it is shown again."""
    state, actor = _account(request, account_id), request.actor
    done = attempt(lambda: undo_aside(account_id=state.pk, actor=actor))
    done.tell(request)
    if done:
        tell_done(request, "Le signe est de nouveau montré.")
    return redirect(way_back(request, "rent_ledger:watch"))
