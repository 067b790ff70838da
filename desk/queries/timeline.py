"""The timeline of a household: rent, technical and social events merged, newest first. Each source has a limit.

Events that an actor may not read are shown as reserved (`veiled`) or left out, as the access matrix says
(`Data.TIMELINE`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from common import clock
from common.links import link
from common.money import ZERO
from common.periods import last_day
from common.typography import counted, euros, short_day, uncapitalised
from desk.queries.social import reads_answers, social_events
from leases.models import Household, Lease, Occupancy
from maintenance.tickets.queries import timeline_events as technical_events
from office.access.actor import Actor
from office.access.matrix import Access, Data, access_of
from rent_ledger.arrears.codes import Decision, LetterHoldSource
from rent_ledger.books.codes import Action
from rent_ledger.books.queries.statement import Statement, StatementLine, statement
from rent_ledger.models import ArrearsCase

TRADES = {"loyer": "rent", "technique": "tech", "social": "social"}
PAGE = 12


@dataclass(frozen=True, slots=True)
class Event:
    """What `common/includes/timeline_item.html` shows. `rank` orders events of one day, later first; `is_quiet`: told
    in one small line. `folded`: the same thing again, of which this is the latest time."""

    trade: str
    title: str
    day: date
    text: str = ""
    url: str = ""
    veiled: bool = False
    rank: int = 0
    is_quiet: bool = False
    folded: "tuple[Event, ...]" = ()

    @property
    def times(self) -> int:
        return len(self.folded) or 1

    @property
    def since(self) -> date:
        return self.folded[-1].day if self.folded else self.day


@dataclass(frozen=True, slots=True)
class Thread:
    """`months`: (first day of the month, its events), newest first. `next_page`: 0 where nothing is left."""

    months: list[tuple[date, list[Event]]]
    trades: list[tuple[str, str]]
    chosen: str
    page: int
    next_page: int

    @property
    def is_empty(self) -> bool:
        return not self.months


def thread(
    *,
    household: Household,
    stays: Sequence[Occupancy],
    leases: Sequence[Lease],
    account_ids: Sequence[int],
    cases: Sequence[ArrearsCase],
    read: Mapping[int, Statement],
    actor: Actor,
    is_own_case: bool,
    is_masked: bool = False,
    chosen: str = "",
    page: int = 1,
) -> Thread | None:
    """The thread as the actor may read it; None for who has none. `chosen`: a key of `TRADES`, or everything.

    `stays`: all of the household's, with their dwelling; `leases`: its contracts. `cases`: `household.case_rows`.
    `read`: whole statements that the page has read already, by account.
    """
    levels = access_of(actor, Data.TIMELINE) & {Access.FULL, Access.EVENTS}
    if not levels:
        return None
    chosen = chosen if chosen in TRADES else ""
    page = max(1, min(page, 50))
    limit = PAGE * page + 1
    wanted = {TRADES[chosen]} if chosen else set(TRADES.values())
    events: list[Event] = []
    if "rent" in wanted:
        events += _money(account_ids, read, limit)
        events += _stays(stays, is_masked=is_masked)
        events += _ends(leases, stays)
    if wanted & {"rent", "social"}:
        told = reads_answers(actor, is_own_case=is_own_case)
        events += [e for e in _case_events(cases, answers=told) if e.trade in wanted]
    if "tech" in wanted:
        events += [_technical(e) for e in technical_events(household, actor, limit=limit)]
    if "social" in wanted:
        events += [Event(**e) for e in social_events(household, actor, is_own_case=is_own_case, limit=limit)]
    events = [e for e in events if e.day <= clock.today() or e.trade == "social"]
    events.sort(key=lambda e: (e.day, e.rank), reverse=True)
    events = _folded(events)
    shown = events[: limit - 1]
    return Thread(
        months=[(first, list(group)) for first, group in groupby(shown, key=lambda e: e.day.replace(day=1))],
        trades=[("", "Tout"), ("loyer", "Loyer"), ("technique", "Technique"), ("social", "Social")],
        chosen=chosen,
        page=page,
        next_page=page + 1 if len(events) >= limit else 0,
    )


# As many times the same thing, one after the other, are one line.
REPEATS = 3


def _folded(events: Sequence[Event]) -> list[Event]:
    """Repeats that follow each other as one event with the latest day: « 12 × Décidé : message courtois »."""
    found: list[Event] = []
    for _, group in groupby(events, key=lambda e: (e.trade, e.title, e.veiled, e.is_quiet)):
        same = tuple(group)
        if len(same) < REPEATS:
            found += same
        else:
            found.append(replace(same[0], text="", url="", folded=same))
    return found


def _technical(event: dict[str, Any]) -> Event:
    return Event(
        trade="tech",
        title=event["title"],
        text=event["line"],
        day=event["day"],
        url=link("maintenance:ticket", event["ticket_id"]),
        rank=event["ticket_id"],
    )


# ---------- rent ----------

# More contracts than this are not read line by line into the thread.
ACCOUNTS = 4


def _money(account_ids: Sequence[int], read: Mapping[int, Statement], limit: int) -> list[Event]:
    """The lines of the statements, in the same words. No bank label, no name of a payer."""
    found: list[Event] = []
    for account_id in account_ids[:ACCOUNTS]:
        whole = read.get(account_id) or statement(account_id)
        lines = whole.lines[-limit:]
        found += [
            Event("rent", line.title, line.on, _amount(line), url=line.proof_url, rank=line.entry_id) for line in lines
        ]
    return found


def _amount(line: StatementLine) -> str:
    if line.received:
        return ", ".join(filter(None, [euros(line.received), line.detail]))
    if line.due > ZERO and line.is_demand:
        return f"{euros(line.due)} à payer"
    return line.detail or (euros(line.due, signed=True) if line.due else "")


def _stays(stays: Sequence[Occupancy], *, is_masked: bool) -> list[Event]:
    """Entries and exits; a dwelling's code tells a street, so it is left out with a protected address."""
    events = []
    for stay in stays:
        code = "" if is_masked else stay.dwelling.reference
        events.append(Event("rent", "Entrée dans le logement", stay.period.lower, code))
        if left_on := last_day(stay.period):
            events.append(Event("rent", "Sortie du logement", left_on, code))
    return events


def _ends(leases: Sequence[Lease], stays: Sequence[Occupancy]) -> Iterable[Event]:
    """Ends of contracts, and whether the household stayed beyond."""
    for lease in leases:
        if ended_on := last_day(lease.period):
            beyond = any(
                stay.lease_id == lease.pk and (stay.period.upper is None or stay.period.upper > lease.period.upper)
                for stay in stays
            )
            yield Event("rent", "Fin du contrat", ended_on, "le logement reste occupé" if beyond else "", rank=-1)


# A payment only a few days late opens a case and closes it at once: not worth an event.
SHORT = timedelta(days=7)


def _is_short(case: ArrearsCase) -> bool:
    """Settled within a week, and nothing was done about it."""
    if case.closed_on is None or case.closed_on - case.opened_on > SHORT or case.constituted_on or case.reopenings:
        return False
    done = (case.letter_holds, case.help_requests, case.social_answers, case.decisions)
    return not any(rows.all() for rows in done)


def _case_events(cases: Sequence[ArrearsCase], *, answers: bool) -> Iterable[Event]:
    """The arrears file: opened, alerted, paused, answered, decided, settled."""
    for case in cases:
        if _is_short(case) and case.closed_on:
            days = counted(max((case.closed_on - case.opened_on).days, 1), "jour")
            title = f"Impayé de {days}, soldé : {euros(case.opening_debt)}"
            yield Event("rent", title, case.closed_on, rank=1, is_quiet=True)
            continue
        yield Event("rent", "Impayé ouvert", case.opened_on, f"{euros(case.opening_debt)} dus")
        # Of a case that another one goes on with, that one tells what the law found.
        goes_on = case.joined_on is not None
        if case.constituted_on and case.report_due_on and not goes_on:
            text = f"à déclarer au plus tard le {short_day(case.report_due_on, today=clock.today())}"
            yield Event("rent", "Seuil légal d’impayé atteint", case.constituted_on, text)
        if case.reported_on and not goes_on:
            yield Event("rent", "Impayé déclaré à la CAF", case.reported_on)
        for _, reopened_on in case.reopened:
            yield Event("rent", "Impayé rouvert", reopened_on, "l’encaissement qui le soldait est annulé", rank=1)
        if case.closed_on:
            title = "Impayé suivi dans un autre dossier" if goes_on else "Impayé soldé"
            yield Event("rent", title, case.closed_on, rank=1)
        for hold in case.letter_holds.all():
            trade = "social" if hold.source == LetterHoldSource.SOCIAL else "rent"
            until = f"jusqu’au {short_day(hold.until, today=clock.today())}"
            # Until when the social service stopped them is of its answer.
            text = until if answers or hold.is_rent_side else ""
            yield Event(trade, "Relances suspendues", hold.from_day, text, rank=2)
        for request in case.help_requests.all():
            yield Event("rent", "Service social alerté", _paris(request.requested_at), rank=1)
            if request.withdrawn_at:
                yield Event("rent", "Demande au service social annulée", _paris(request.withdrawn_at), rank=1)
        for answer in case.social_answers.all():
            parts = [answer.get_cause_display()]
            if answers and answer.plan_asked:
                amount = f" de {euros(answer.plan_amount)} par mois" if answer.plan_amount else ""
                parts.append(f"plan{amount} demandé")
            if answers and answer.next_step:
                parts.append(answer.step_words)
            yield Event("social", "Réponse du service social", _paris(answer.answered_at), " · ".join(parts), rank=1)
        for row in case.decisions.all():
            if row.decision in (Decision.CONFIRM, Decision.CHANGE) and row.action:
                title = f"Décidé : {uncapitalised(Action(row.action).label)}"
                yield Event("rent", title, _paris(row.decided_at), row.reason)
                if row.undone_at:
                    undone = f"Décision annulée : {uncapitalised(Action(row.action).label)}"
                    yield Event("rent", undone, _paris(row.undone_at))


def _paris(moment: Any) -> date:
    day: date = moment.astimezone(clock.PARIS).date()
    return day
