"""Arrears: the list by lane, the reason of a proposal, the export."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from common import clock, typography
from common.answers import part
from common.columns import Column
from common.links import links_by_id
from common.listing import page_of
from common.money import ZERO
from common.reasons import Reason
from common.sheets import sheet
from common.typography import euros
from leases.contracts.perms import told_dwelling
from leases.households.beside import Aside, Cell, Waits, asides_for, own_among, waits_for
from leases.households.filters import EVERYBODY
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.arrears import perms
from rent_ledger.arrears.codes import LaneTrace, OrderWord
from rent_ledger.arrears.filters import (
    ALL_WORD,
    PAGE_SORTS,
    TO_DECIDE_WORD,
    ArrearsPageFilter,
    by_urgency,
    without_crumbs,
)
from rent_ledger.arrears.looks import (
    ACTIONS,
    LANES,
    PLAN_WORD,
    SITUATIONS,
    SWITCH_WORD,
    arrears_page,
    order_words,
)
from rent_ledger.arrears.queries.ages import AgeTotal, age_totals
from rent_ledger.arrears.queries.arrears import (
    HeldDebt,
    LaneTotal,
    arrears_for,
    explain_proposals,
    held_debts,
    held_of,
    lane_totals,
    rows_of,
    takes_decisions,
    totals_day,
)
from rent_ledger.arrears.queries.arrears import named as named_states
from rent_ledger.arrears.queries.signs import watched_count
from rent_ledger.arrears.queries.told import told_order, told_proposal, told_reason, told_state, told_to_decide
from rent_ledger.arrears.rules.ages import AgeSlice, label_of
from rent_ledger.arrears.rules.case_facts import Proposal
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.books.codes import Lane
from rent_ledger.books.models import AccountState
from rent_ledger.books.perms import can_export

COLUMNS = [
    Column("Ménage", "menage"),
    Column("Dû aujourd’hui", "solde", num=True, first="desc"),
    Column("Depuis", "depuis", num=True),
    Column("Termes", "termes", num=True, first="desc"),
    Column("Dernier paiement", "paiement"),
    Column("Situation", "urgence"),
    Column("Action proposée et raison"),
]
PER_PAGE = 30
# Lists in which the small remainders of households that left are folded.
FOLDED = (TO_DECIDE_WORD, ALL_WORD)
# Lists that are no lane.
TITLES = {PLAN_WORD: "Plans demandés", SWITCH_WORD: "Concernés par le nouveau seuil d’impayé"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the strip."""

    word: str
    count: int
    sub: str
    icon: str
    hue: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class AgeTile:
    """A slice of age above the list. `url`: the list of it, or of all where it is chosen; empty where there is none."""

    total: AgeTotal
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list, ready to be written."""

    state: AccountState
    reason: Reason | None
    days: int | None
    lane_meaning: str
    action_icon: str
    url: str
    why_debt: str
    why_action: str
    place: str
    held: list[HeldDebt]
    order: str
    """The facts of its place in the list that no column says."""
    beside: list[str]
    """What the apps above tell of the household, in the order of their columns."""
    waits: Cell | None
    """What waits for who decides nothing here; None for who does."""

    @property
    def name(self) -> str:
        household = self.state.account.household
        return household.name if household else self.state.account.label

    @property
    def amount(self) -> str:
        """The balance for the sum of the ticked rows, whatever the language of the page."""
        return str(self.state.debt)

    @property
    def about(self) -> str:
        return f"du solde {typography.of(self.name)}"

    @property
    def pick(self) -> str:
        """What a tick sends: the account and the action that the person saw."""
        return f"{self.state.pk}:{self.state.action}"

    @property
    def was_returned(self) -> bool:
        returned, paid = self.state.last_return_on, self.state.last_payment_on
        return returned is not None and (paid is None or returned >= paid)


def _tiles(
    totals: Iterable[LaneTotal], chosen: str, *, links: bool, decides: bool, whose: Mapping[str, str]
) -> list[Tile]:
    """`decides`: with what waits for a decision; all together else. `whose`: what the addresses keep."""
    totals = list(totals)

    def url(word: str) -> str:
        return f"{reverse('rent_ledger:arrears')}?{urlencode({'situation': word, **whose})}" * links

    word, waiting = (TO_DECIDE_WORD, sum(t.to_decide for t in totals)) if decides else (ALL_WORD, 0)
    if decides:
        tiles = [Tile("À décider", waiting, "aujourd’hui", "list-check", "rent", url(word), chosen == word)]
    else:
        debt, n = sum((t.amount for t in totals), ZERO), sum(t.count for t in totals)
        tiles = [Tile("En tout", n, euros(debt, 0), "users", "social", url(word), chosen == word)]
    for total in totals:
        look = LANES[total.lane]
        # Where nothing is due today, what plans spread is what there is to tell.
        sub = f"{euros(total.spread, 0)} étalés" if total.spread and not total.amount else euros(total.amount, 0)
        tiles.append(
            Tile(look.short, total.count, sub, look.icon, look.hue, url(look.word),
                 chosen == look.word)
        )  # fmt: skip
    return tiles


def _age_tiles(request: HouseRequest, totals: Iterable[AgeTotal], chosen: str, *, links: bool) -> list[AgeTile]:
    """`chosen`: the number of the slice that the list shows, if any. A click on it shows all again."""
    kept = request.GET.copy()
    for name in ("age", "p"):
        kept.pop(name, None)

    def url(total: AgeTotal, current: bool) -> str:
        asked = kept.copy()
        if not current:
            asked["age"] = str(total.number)
        return f"{request.path}?{asked.urlencode()}" * links

    return [
        AgeTile(total, url(total, current), current)
        for total in totals
        for current in [links and str(total.number) == chosen]
    ]


def _filters(request: HouseRequest, actor: Actor) -> ArrearsPageFilter:
    asked = request.GET.copy()
    # The manager's day starts with what waits for him; no decision is the social service's.
    usual = TO_DECIDE_WORD if perms.can_decide(actor) else ALL_WORD
    if asked.get("situation") not in {usual, ALL_WORD, *TITLES, *SITUATIONS}:
        asked["situation"] = usual
    return ArrearsPageFilter(asked, queryset=arrears_for(actor), request=request)


def _rows(pks: list[int], actor: Actor) -> list[Row]:
    day = clock.today()
    household, case_page = links_by_id("desk:household"), links_by_id("rent_ledger:case")
    statement, why_debt = links_by_id("rent_ledger:statement"), links_by_id("rent_ledger:why_debt")
    why_action = links_by_id("rent_ledger:arrears_why")
    more = {f"beside_{n}": aside.at("account__household") for n, aside in enumerate(_asides(actor)) if aside.at}
    waits = _waits(actor)
    asked = {"waits": waits.at("account__household", actor)} if waits else {}
    rows, states = [], rows_of(pks, **more, **asked)
    held = held_of(states, day=day)
    own = own_among([state.account.household_id for state in states], actor)
    for state in states:
        household_id, case_id = state.account.household_id, state.case_id  # type: ignore[attr-defined]
        is_own = household_id in own
        pages = (household(household_id) if household_id else "", case_page(case_id) if case_id else "")
        rows.append(
            Row(
                state=told_state(state, actor, own=is_own),
                reason=told_reason(state.why, actor, own=is_own),
                days=state.days_late(day),
                lane_meaning=LANES[state.lane].meaning,
                action_icon=ACTIONS[state.action][0] if state.action else "clock",
                url=next(filter(None, pages), statement(state.pk)),
                why_debt=why_debt(state.pk),
                why_action=why_action(state.pk),
                place=told_place(state, actor) if state.account.lease else "dette antérieure",
                held=held.get(state.pk, []),
                order=order_words(state.place),
                beside=[getattr(state, name) or "–" for name in more],
                waits=waits.read(state.waits, actor, day) if waits else None,  # type: ignore[attr-defined]
            )
        )
    return rows


def _asides(actor: Actor) -> list[Aside]:
    """The columns of the list of households that this list has too."""
    return [aside for aside in asides_for(actor) if aside.at]


def _waits(actor: Actor) -> Waits | None:
    """What waits for who decides nothing here."""
    return None if perms.can_decide(actor) else waits_for(actor)


def _columns(actor: Actor) -> list[Column]:
    """What is proposed to who decides; else what waits for who reads."""
    waits = _waits(actor)
    last = Column(waits.label) if waits else COLUMNS[-1]
    return [*COLUMNS[:-1], *(Column(aside.label) for aside in _asides(actor)), last]


@require_GET
@allow(Read(Data.LEDGER))
def arrears(request: HouseRequest) -> HttpResponse:
    """The list. Who reads totals only gets the strip, no name."""
    actor = request.actor
    named = perms.can_read_cases(actor)
    filters = _filters(request, actor)
    chosen = filters.data["situation"] if named else ""
    totals = lane_totals(told_to_decide(actor), filters.of_whom(AccountState.objects.all()))
    decides = perms.can_decide(actor)
    folds = chosen in FOLDED and not any(request.GET.get(name) for name in ("q", "cadre", "restes", "age"))
    found = without_crumbs(filters.qs) if folds else filters.qs
    pks: Any = by_urgency(found, actor, params=filters.params).values_list("pk", flat=True)
    page = page_of(request, pks, sorts=PAGE_SORTS, default="urgence", per_page=PER_PAGE) if named else None
    aged = filters.of_every_age if named else filters.of_whom(AccountState.objects.exclude(lane=Lane.NONE))
    ages = age_totals(aged, slices=filters.slices, day=clock.today())
    whole = sum(t.to_decide if chosen == TO_DECIDE_WORD else t.count for t in totals)
    return render(
        request,
        "rent_ledger/arrears/list.html",
        {
            "named": named,
            "watched": watched_count(actor) if named else 0,
            "tiles": _tiles(totals, chosen, links=named, decides=decides or not named, whose=filters.whose),
            "ages": _age_tiles(request, ages, filters.data.get("age", ""), links=named),
            "age": filters.data.get("age", ""),
            "count": sum(t.count for t in totals),
            "amount": sum((t.amount for t in totals), ZERO),
            "spread": sum((t.spread for t in totals), ZERO),
            "totals": [(Lane(t.lane).label, LANES[t.lane].meaning, t) for t in totals],
            "filters": filters,
            "text": request.GET.get("q", ""),
            "page": page,
            "rows": _rows(list(page), actor) if page else [],
            "folded": max(whole - page.paginator.count, 0) if folds and page else 0,
            "columns": _columns(actor),
            "title": _title(chosen, of_some=any(word != EVERYBODY for word in filters.whose.values())),
            "chosen": chosen,
            "day": totals_day(totals),
            "banks": bank_knowledge(day=clock.today()).accounts,
            "may_decide": decides,
            "may_export": can_export(actor),
            "reads_guarantors": can(actor, Read(Data.LEASE)),
            "whose": [filters.form[word] for word in ("suivi", *filters.people) if word in filters.form.fields],
            "all_url": f"?{urlencode({'situation': ALL_WORD, **filters.whose})}",
            "here": request.get_full_path(),
        },
    )


def _title(chosen: str, *, of_some: bool) -> str:
    if chosen in SITUATIONS:
        return SITUATIONS[chosen].label
    if chosen == ALL_WORD and of_some:
        return "Impayés de ces ménages"
    return TITLES.get(chosen, "Tous les impayés" if chosen == ALL_WORD else "À décider aujourd’hui")


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def arrears_why(request: HouseRequest, account_id: int) -> HttpResponse:
    """« Pourquoi … ? » under a row, with the four answers; on a page of its own, one decides in the case."""
    actor = request.actor
    state = get_object_or_404(named_states(arrears_for(actor)), pk=account_id)
    own = bool(own_among([state.account.household_id], actor))
    proposal = told_proposal(explain_proposals([state.pk], day=clock.today()).get(state.pk), actor, own=own)
    context = _why_context(told_state(state, actor, own=own), proposal, actor, own=own)
    context["order"] = told_order(state, actor, own=own)
    context["gravity"] = Reason(OrderWord.GRAVITY, {"points": state.gravity})
    context["held"] = held_debts([state.pk], day=clock.today()).get(state.pk, []) if state.held else []
    if not request.htmx:
        # The buttons need the form of the list.
        context["may_decide"] = False
    household = state.account.household
    label = f"Impayé {typography.of(household.name)}" if household else state.account.label
    return part(
        request, "rent_ledger/arrears/includes/why.html", context, title=label, back=("Impayés", arrears_page())
    )


def ticks(proposal: Proposal | None) -> list[tuple[Reason, str, str]]:
    """The trace of a proposal, each line with the meaning and the icon of its tick: what is apart stands out."""
    apart: dict[str, tuple[str, str]] = {LaneTrace.AID: ("info", "hourglass")}
    return [(line, *apart.get(line.code, ("neutral", ""))) for line in proposal.trace] if proposal else []


def _why_context(state: Any, proposal: Proposal | None, actor: Actor, *, own: bool = False) -> dict[str, Any]:
    return {
        "state": state,
        "case_id": state.case_id,
        "pick": f"{state.pk}:{state.action}",
        "question": f"Pourquoi {ACTIONS[state.action][1]}" if state.action else "Pourquoi",
        "trace": ticks(proposal),
        "reason": told_reason(state.why, actor, own=own),
        "may_decide": perms.can_decide(actor) and takes_decisions(state),
        "is_to_decide": state.action in TO_DECIDE,
    }


def told_place(state: Any, actor: Actor) -> str:
    """The code of the dwelling of a `named` state, where the actor may know it."""
    lease, household = state.account.lease, state.account.household
    return told_dwelling(actor, household, lease, is_protected=state.is_protected) if lease and household else ""


# ---------- export ----------

_EXPORT = [
    "Ménage", "Contrat", "Logement", "Cadre", "Dû aujourd’hui", "Impayé", "Hors file", "Aide attendue", "Termes",
    "Plus ancienne échéance", "En dette depuis", "Dernier paiement le", "Dernier paiement", "Situation", "Action",
    "Raison", "À échoir", "Avance", "Total", "Situation au", "Jours de retard", "Ancienneté",
    "Étalé par le plan",
]  # fmt: skip


@require_GET
@allow(Read(Data.ACCOUNT_PAPERS))
def arrears_export(request: HouseRequest) -> HttpResponse:
    """The filtered list as a French CSV (semicolons, decimal commas, UTF-8 with its mark). Columns never move."""
    actor = request.actor
    filters = _filters(request, actor)
    held = held_of(filters.qs.filter(lane=Lane.HELD).only("lane"), day=clock.today())
    states = named_states(filters.qs).order_by("oldest_due", "pk").iterator(chunk_size=2000)
    rows = (_cells(state, held.get(state.pk, []), filters.slices, actor) for state in states)
    return sheet(f"impayes-{clock.today():%Y-%m-%d}", _EXPORT, rows)


def _cells(state: Any, held: list[HeldDebt], slices: tuple[AgeSlice, ...], actor: Actor) -> list[Any]:
    days = state.days_late(clock.today())
    lease, household = state.account.lease, state.account.household
    return [
        household.name if household else "", lease.reference if lease else "", told_place(state, actor),
        lease.get_kind_display() if lease else "Dette antérieure",
        state.debt, state.arrears, state.held, state.aid_pending, state.terms,
        state.oldest_due, state.in_debt_since, state.last_payment_on, state.last_payment,
        state.get_lane_display(), told_state(state, actor).get_action_display(),
        reason.text() if (reason := told_reason(state.why, actor)) else ", ".join(debt.why.text() for debt in held),
        state.upcoming, state.credit, state.total, state.as_of, days, label_of(days, slices),
        state.spread,
    ]  # fmt: skip
