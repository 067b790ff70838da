"""The household page: its head, its rent view, its technical view. The social view is in `desk.queries.social`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models.expressions import RawSQL

from common.links import link
from common.money import ZERO
from common.periods import contains, last_day
from common.reasons import Reason
from common.typography import agree, counted, euros, month, number, short_day, uncapitalised
from desk.codes import FigureWhy
from leases.contracts.codes import DEBTOR_ROLES, LeaseKind
from leases.contracts.natures import Nature, by_rank
from leases.households.perms import ShownAddress, address_of
from leases.households.queries import Composition, composition_of
from leases.models import Household, Lease, Occupancy, RentTerm
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can
from rent_ledger.arrears.looks import LANES, lane_order
from rent_ledger.arrears.queries.legal import shown_law, stored_law, weigh_account
from rent_ledger.books.codes import DEBT_KINDS, AccountKind, Lane
from rent_ledger.books.owed import Owed
from rent_ledger.models import (
    Account,
    AccountDebtor,
    AccountState,
    ArrearsCase,
    LetterHold,
    OpenItem,
    SocialAnswer,
)
from stock.models import Dwelling


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account of debt, with who owes on it. `is_counted`: a member of the household owes it today."""

    account: Account
    lease: Lease | None
    state: AccountState | None
    debtors: tuple[AccountDebtor, ...]
    is_counted: bool
    is_current: bool

    @property
    def debt(self) -> Decimal:
        return self.state.debt if self.state else ZERO

    @property
    def label(self) -> str:
        if self.lease is None:
            return "Dette antérieure au contrat"
        return f"{self.lease.get_kind_display()} {self.lease.reference}"

    @property
    def ended_on(self) -> date | None:
        return last_day(self.lease.period) if self.lease else None


@dataclass(slots=True)
class HouseholdHead:
    """The head of the page, the same above the three views."""

    household: Household
    composition: Composition
    home: Occupancy | None
    address: ShownAddress
    lease: Lease | None
    accounts: list[AccountView]
    phone: str
    day: date
    sees_lane: bool
    stays: list[Occupancy]
    is_own_case: bool = False
    terms: list[RentTerm] = field(default_factory=list)

    @property
    def who(self) -> str:
        return self.composition.words if self.composition.members else self.household.reference

    @property
    def dwelling(self) -> Dwelling | None:
        return self.home.dwelling if self.home else None

    @property
    def is_gone(self) -> bool:
        """No unit is held today."""
        return self.home is None or not contains(self.home.period, self.day)

    @property
    def left_on(self) -> date | None:
        return last_day(self.home.period) if self.home and self.is_gone else None

    @property
    def counted(self) -> list[AccountView]:
        return [view for view in self.accounts if view.is_counted]

    @property
    def debt(self) -> Decimal:
        return sum((view.debt for view in self.counted), ZERO)

    @property
    def current(self) -> AccountView | None:
        """The account of today's contract, else the one that owes most."""
        found = [view for view in self.accounts if view.is_current]
        return found[0] if found else max(self.accounts, key=lambda view: view.debt, default=None)

    @property
    def lane(self) -> tuple[str, str] | None:
        """Label and meaning of the household's lane, or None where there is no account yet."""
        if not self.accounts:
            return None
        found = [view.state.lane for view in self.counted if view.state and view.state.lane != Lane.NONE]
        lane = min(found, key=lane_order, default=Lane.NONE)
        if lane == Lane.NONE:
            return (Lane.NONE.label, LANES[lane].meaning) if self.debt == ZERO else None
        if not self.sees_lane:
            return "Impayé", "new"
        return Lane(lane).label, LANES[lane].meaning

    @property
    def family(self) -> str:
        return self.lease.get_kind_display() if self.lease else ""


def household_head(*, household: Household, actor: Actor, day: date, is_own_case: bool = False) -> HouseholdHead:
    """Five queries, whatever the size of the household and the number of its contracts.

    `is_own_case`: the social worker's own case, as `desk.queries.social` knows it.
    """
    members = list(household.memberships.select_related("person").order_by("role", "id"))
    present = [m for m in members if contains(m.period, day)]
    stays = list(
        Occupancy.objects.filter(household=household)
        .select_related("unit", "dwelling__building", "lease")
        .order_by("-period")
    )
    home = _home(stays, day)
    views = _accounts(household, [m.person_id for m in present], home, day)
    lease = home.lease if home else next((v.lease for v in views if v.lease), None) or _latest_lease(household)
    return HouseholdHead(
        household=household,
        composition=composition_of(members, day),
        home=home,
        address=address_of(actor, household, address=_place(home), in_charge=is_own_case),
        lease=lease,
        accounts=views,
        phone=next((m.person.phone for m in present if m.person.phone), ""),
        day=day,
        sees_lane=can(actor, Read(Data.ARREARS_CAUSE)),
        stays=stays,
        is_own_case=is_own_case,
    )


def _home(rows: Sequence[Occupancy], day: date) -> Occupancy | None:
    """The stay to show: today's main home, else another unit held today, else the last one (`stays`: latest first)."""
    today = [o for o in rows if contains(o.period, day)]
    main = [o for o in today if o.main_period and contains(o.main_period, day)]
    past = [o for o in rows if o.period.lower <= day]
    return next(iter(main or today or past or rows), None)


def _latest_lease(household: Household) -> Lease | None:
    return household.leases.order_by("-period").first()


def _place(home: Occupancy | None) -> str:
    if home is None:
        return ""
    dwelling = home.dwelling
    door = f", {dwelling.door}" if dwelling.door else ""
    room = f", {home.unit.label}" if home.unit.label else ""
    return f"{dwelling.building.street}{door}{room}, {dwelling.building.city}"


def access_of_home(head: HouseholdHead, actor: Actor) -> list[str]:
    """How one gets in, for who goes there."""
    allowed = can(actor, Read(Data.ACCESS_NOTES)) or (head.is_own_case and can(actor, Read(Data.ACCESS_NOTES, OWN)))
    if not allowed or head.dwelling is None or head.is_gone or head.address.is_masked:
        return []
    return [text for text in (head.dwelling.building.access_notes, head.dwelling.access_notes) if text]


def _accounts(household: Household, person_ids: Sequence[int], home: Occupancy | None, day: date) -> list[AccountView]:
    """The household's own accounts, and those on which its members owe elsewhere (former contracts, departed homes)."""
    # Each by its own index: an OR of both would scan every account.
    ids = RawSQL(
        "SELECT id FROM rent_ledger_account WHERE household_id = %s UNION "
        "SELECT account_id FROM rent_ledger_accountdebtor WHERE person_id = ANY(%s) AND role = ANY(%s)",
        [household.pk, list(person_ids), sorted(DEBTOR_ROLES)],
    )
    rows = list(
        Account.objects.filter(pk__in=ids, kind__in=DEBT_KINDS)
        .select_related("state", "lease__unit__dwelling")
        .order_by("-id")
    )
    debtors: defaultdict[int, list[AccountDebtor]] = defaultdict(list)
    for row in AccountDebtor.objects.filter(account__in=rows).select_related("person").order_by("period", "id"):
        debtors[row.account_id].append(row)
    views = []
    for account in rows:
        owing = [d for d in debtors[account.pk] if d.role in DEBTOR_ROLES]
        is_member = any(d.person_id in person_ids for d in owing)
        # The household has no member left, or the account has no debtor: count the account as the household's own.
        is_own = account.household_id == household.pk and (not person_ids or not owing)
        views.append(
            AccountView(
                account=account,
                lease=account.lease,
                state=getattr(account, "state", None),
                debtors=tuple(debtors[account.pk]),
                is_counted=is_member or is_own,
                is_current=bool(home and contains(home.period, day) and account.lease_id == home.lease_id),
            )
        )
    views.sort(key=lambda view: (not view.is_current, -view.debt, -view.account.pk))
    return views


# ---------- the rent view ----------


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip: a label, an amount, small print, and its reason where it has one."""

    label: str
    amount: Decimal | None
    note: str
    reason: Reason | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """An open arrears case: what holds it, what the social service answered."""

    case: ArrearsCase
    holds: list[LetterHold]
    answer: SocialAnswer | None
    asked_on: date | None


def figures(head: HouseholdHead, cases: Sequence[ArrearsCase] = ()) -> list[Figure]:
    """What is owed, the aid apart, the monthly rent, the last payment, the legal threshold."""
    current = head.current
    if current is None:
        return []
    found = [_owed(head), _aid(head)]
    rent = _rent(head)
    if rent:
        found.append(rent)
    found.append(_last_payment(head))
    legal = _threshold(current, head, cases)
    return [*found, legal] if legal else found


def _owed(head: HouseholdHead) -> Figure:
    states = [view.state for view in head.counted if view.state]
    late = max((days for s in states if (days := s.days_late(head.day))), default=0)
    owed = sum((s.owed for s in states), Owed())
    notes = []
    terms = sum((s.terms for s in states), Decimal(0))
    if head.debt and terms:
        notes.append(f"{number(terms, 1)} {agree(terms, 'terme')}")
    if late and head.debt:
        notes.append(f"{counted(late, 'j,j')} de retard")
    held = sum((s.held for s in states), ZERO) - owed.spread
    if held:
        notes.append(f"dont {euros(held)} hors relance")
    if not head.debt and not owed.advance and not owed.spread:
        notes.append("à jour")
    if owed.sum:
        notes.append(owed.sum)
    if len(head.counted) == 1:
        # One account: its own tree, month by month.
        url = link("rent_ledger:why_debt", head.counted[0].account.pk) if head.debt else ""
        return Figure(owed.label, head.debt, ", ".join(notes), url=url)
    parts = tuple(
        Reason(
            FigureWhy.ACCOUNT,
            {"name": view.label},
            view.debt,
            detail=_debtors(view),
            url=link("rent_ledger:statement", view.account.pk),
        )
        for view in head.counted
    )
    why = Reason(FigureWhy.HOUSEHOLD_OWES, {}, head.debt, parts, rule=Reason(FigureWhy.FOLLOWS))
    return Figure(owed.label, head.debt, ", ".join(notes), reason=why)


def _debtors(view: AccountView) -> Reason | None:
    names = list(dict.fromkeys(d.person.last_name for d in view.debtors if d.role in DEBTOR_ROLES))
    return Reason(FigureWhy.DEBTORS, {"names": ", ".join(names)}) if names else None


def _aid(head: HouseholdHead) -> Figure:
    leases = [view.account.lease_id for view in head.counted if view.account.lease_id]
    items = list(
        OpenItem.objects.filter(
            account__kind=AccountKind.BENEFIT, account__lease__in=leases, is_debit=True, due_on__lte=head.day
        )
        .select_related("account__organisation")
        .order_by("for_month", "due_on")
    )
    total = sum((item.remaining for item in items), ZERO)
    months = [item.for_month or item.due_on.replace(day=1) for item in items]
    parts = tuple(
        Reason(
            FigureWhy.AID_OF,
            {"month": m},
            item.remaining,
            detail=Reason(FigureWhy.AID_DUE, {"payer": str(item.account.organisation), "due_on": item.due_on}),
        )
        for m, item in zip(months, items, strict=True)
    )
    why = Reason(FigureWhy.AID, {}, total, parts, rule=Reason(FigureWhy.AID_RULE)) if parts else None
    named = list(dict.fromkeys(month(m, "seul") for m in months))
    words = " et ".join(named) if len(named) <= 2 else counted(len(named), "mois,mois")
    return Figure("Aide attendue, à part", total, f"{words}, non réclamée" if words else "rien en attente", why)


def _rent(head: HouseholdHead) -> Figure | None:
    lease = head.lease
    if lease is None or head.is_gone:
        return None
    terms = list(lease.rent_terms.filter(period__contains=head.day))
    if not terms:
        return None
    total = sum((t.amount for t in terms), ZERO)
    terms.sort(key=lambda t: by_rank(t.nature))
    words = " + ".join(
        euros(t.amount) + ("" if t.nature == Nature.RENT else f" de {uncapitalised(t.get_nature_display())}")
        for t in terms
    )
    return Figure("Loyer et charges", total, words if len(terms) > 1 else "par mois")


def _last_payment(head: HouseholdHead) -> Figure:
    """The last payment that stands. One that came back is another one: it is said beside it, with its day, where the
    bank sent it back since."""
    states = [v.state for v in head.counted if v.state]
    last = max((s for s in states if s.last_payment_on), key=lambda s: s.last_payment_on or date.min, default=None)
    returned = max((s.last_return_on for s in states if s.last_return_on), default=None)
    back = f"rejeté le {short_day(returned, today=head.day)}" if returned else ""
    if last is None or last.last_payment_on is None:
        return Figure("Dernier paiement", None, f"un paiement {back}" if back else "aucun paiement reçu")
    note = f"le {short_day(last.last_payment_on, today=head.day)}"
    if returned and returned >= last.last_payment_on:
        note += f" ; un autre {back}"
    return Figure("Dernier paiement", last.last_payment, note)


def _threshold(current: AccountView, head: HouseholdHead, cases: Sequence[ArrearsCase]) -> Figure | None:
    """The legal threshold: the one recorded on the open case, else the one that today's debt would give. Only for who
    reads the cases: without them the day would be another one."""
    if not head.sees_lane or current.lease is None or current.lease.kind == LeaseKind.OCCUPANCY:
        return None
    open_case = next((c for c in cases if c.account_id == current.account.pk and c.closed_on is None), None)
    found = None
    # Once a case is constituted nothing of today's debts is shown: nine queries less.
    shown = stored_law(open_case) if open_case and open_case.constituted_on else None
    if shown is None:
        weighed = weigh_account(account_id=current.account.pk, day=head.day)
        if weighed is None:
            return None
        found = weighed.legal
        shown = shown_law(open_case, found)

    def _day(day: date) -> str:
        return short_day(day, today=head.day)

    if shown.base is None:
        return None
    if open_case and open_case.constituted_on:
        reported, limit = open_case.reported_on, open_case.report_due_on
        note = f"atteint le {_day(open_case.constituted_on)}"
        if reported:
            note += f", déclaré le {_day(reported)}"
        elif limit:
            note += f", à déclarer au plus tard le {_day(limit)}"
    elif found and found.threshold_on and found.report_due_on:
        note = f"atteint le {_day(found.threshold_on)}, à déclarer au plus tard le {_day(found.report_due_on)}"
    elif found and found.debt:
        note = f"{euros(found.debt)} comptés à ce jour"
    else:
        note = "aucune dette comptée"
    return Figure("Seuil CAF", shown.base, note, reason=shown.reason)


def case_rows(head: HouseholdHead) -> list[ArrearsCase]:
    """Every case of the household's accounts with what was held, asked, answered and decided (five queries)."""
    ids = [view.account.pk for view in head.accounts]
    return list(
        ArrearsCase.objects.filter(account__in=ids)
        .select_related("account__lease")
        .prefetch_related("letter_holds", "social_answers", "help_requests", "decisions")
    )


def cases_of(head: HouseholdHead, cases: Sequence[ArrearsCase], *, sees_answers: bool) -> list[CaseView]:
    """The open ones of `case_rows`, with what holds them today. `sees_answers`: whether the reader may know the answers
    of the social service, and so until when it stopped the letters."""
    rows = [case for case in cases if case.closed_on is None]
    views = []
    for case in rows:
        answers = sorted(case.social_answers.all(), key=lambda a: a.pk)
        asked = sorted((r for r in case.help_requests.all() if r.withdrawn_at is None), key=lambda r: r.pk)
        views.append(
            CaseView(
                case=case,
                holds=[
                    hold
                    for hold in case.letter_holds.all()
                    if hold.lifted_at is None and hold.until >= head.day and (sees_answers or hold.is_rent_side)
                ],
                answer=answers[-1] if answers else None,
                asked_on=asked[-1].requested_at.date() if asked else None,
            )
        )
    return views
