"""What the rules of the alerts read, selected by set: never a query per household."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.db.models.expressions import Combinable

from common import clock
from common.codes import with_codes
from common.money import ZERO
from common.typography import hour
from leases.contracts.natures import Nature
from leases.households.codes import SupportType
from maintenance.models import Intervention, WeakSignal
from maintenance.tickets.codes import Outcome, SignalKind
from office.parameters.queries import params_on
from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.queries.defaults import default_facts
from rent_ledger.benefits.queries import benefit_falls
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID
from rent_ledger.books.queries.holds import RUNNING_HOLDS
from rent_ledger.models import HelpRequest, SocialAnswer
from social_link.alerts.codes import OPEN_ALERTS, AbsentFor
from social_link.alerts.models import Alert, AlertFact
from social_link.alerts.rules.alerts import (
    Absence,
    AlertParams,
    BenefitFacts,
    CaseFacts,
    RequestFacts,
    SignalFacts,
    Touch,
)
from social_link.contacts.codes import ContactKind
from social_link.contacts.models import Contact
from social_link.contacts.rhythm import last_met, limits_of
from social_link.measures.models import Measure, Referent
from social_link.measures.parameters import rhythms
from social_link.measures.rules.rhythm import Limit

# Only a hold that follows an answer of the social service: a hold of the rule itself does not silence it.
_CASES = with_codes(
    f"""
SELECT c.id, c.account_id, a.household_id, c.first_default_on, max(h.until), c.constituted_on, c.report_due_on,
    c.reported_on,
    EXISTS (SELECT 1 FROM leases_occupancy o WHERE o.household_id = a.household_id AND o.period @> %(day)s::date)
FROM rent_ledger_arrearscase c JOIN rent_ledger_account a ON a.id = c.account_id
LEFT JOIN ({RUNNING_HOLDS}) h ON h.case_id = c.id AND h.source = LetterHoldSource.SOCIAL
WHERE c.opened_on <= %(day)s AND (c.closed_on IS NULL OR c.closed_on > %(day)s)
  AND (%(cases)s::bigint[] IS NULL OR c.id = ANY(%(cases)s)) AND a.household_id IS NOT NULL
GROUP BY c.id, a.household_id ORDER BY c.id
""",  # noqa: S608  a constant of ours
    LetterHoldSource,
)
_PAYMENTS = with_codes(
    """
SELECT ids.account_id, pay.due_on, pay.amount, coalesce(s.aid_pending, 0)
FROM unnest(%(ids)s::bigint[]) AS ids(account_id)
LEFT JOIN rent_ledger_accountstate s USING (account_id)
LEFT JOIN LATERAL (
    SELECT p.due_on, p.amount FROM rent_ledger_posting p
    WHERE p.credit_id = ids.account_id AND p.credit_id >= FIRST_SUBLEDGER_ID AND p.nature = Nature.PAYMENT
      AND p.effective_on <= %(day)s
      AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry e WHERE e.reverses_id = p.entry_id)
    ORDER BY p.due_on DESC, p.id DESC LIMIT 1
) pay ON true
""",
    Nature,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)
# How far back statements, signals and requests are read. Older ones have alerted already or are no longer news.
BENEFIT_DAYS = 70


def case_facts(day: date, *, case_ids: Collection[int] | None = None) -> list[tuple[int, CaseFacts]]:
    """(account, facts) of the cases open on `day`, without payments (`with_payments`): a fixed number of queries."""
    with connection.cursor() as cursor:
        cursor.execute(_CASES, {"day": day, "cases": None if case_ids is None else list(case_ids)})
        rows = cursor.fetchall()
    unpaid = default_facts([account for _, account, *_ in rows], day=day)
    return [
        (
            account,
            CaseFacts(
                case_id=case,
                household_id=household,
                first_default_on=first,
                unpaid=unpaid[account],
                held_until=held_until,
                constituted_on=constituted_on,
                report_due_on=report_due_on,
                reported_on=reported_on,
                is_housed=is_housed,
            ),
        )
        for case, account, household, first, held_until, constituted_on, report_due_on, reported_on, is_housed in rows
    ]


def with_payments(cases: Sequence[tuple[int, CaseFacts]], day: date) -> list[CaseFacts]:
    """The same facts with the last payment, and the aid pending where `day` is today."""
    if not cases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, {"ids": [account_id for account_id, _ in cases], "day": day})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    now = day >= clock.today()
    full = []
    for account_id, facts in cases:
        on, amount, aid = found[account_id]
        full.append(replace(facts, last_payment_on=on, last_payment=amount, aid_pending=aid if now else ZERO))
    return full


def touches(household_ids: Collection[int], day: date) -> dict[int, Touch]:
    """Who looked after each of these households last, up to `day`, by id. Three queries, none without households."""
    if not household_ids:
        return {}
    met_on = _met_on(household_ids, day)
    raised = Q(raised_at__lt=_end_of(day))
    # One of a clock that was ahead is open as well.
    is_open = Q(state__in=OPEN_ALERTS) | raised & Q(answered_at__gte=_end_of(day))
    alerts = Alert.objects.filter(household__in=household_ids).order_by().values("household")
    told = alerts.annotate(last=Max("raised_at", filter=raised), open=Count("pk", filter=is_open))
    asked = {
        household: (last.astimezone(clock.PARIS).date() if last else None, open_ > 0)
        for household, last, open_ in told.values_list("household", "last", "open")
    }
    return {
        household: Touch(met_on.get(household), *asked.get(household, (None, False))) for household in household_ids
    }


def _met_on(household_ids: Collection[int], day: date) -> dict[int, date]:
    """The last contact with somebody, or answer that says there was one, by household id. Two queries."""
    met_on = last_met(household_ids, day)
    answers = SocialAnswer.objects.filter(
        contact_made=True, case__account__household__in=household_ids, answered_at__lt=_end_of(day)
    ).order_by()
    for household, at in (
        answers.values("case__account__household")
        .annotate(last=Max("answered_at"))
        .values_list("case__account__household", "last")
    ):
        on = at.astimezone(clock.PARIS).date()
        met_on[household] = max(met_on.get(household, on), on)
    return met_on


def watched(day: date) -> dict[int, Limit]:
    """By when the households are to be met that are watched over: those with a running measure that has a rhythm of its
    own, and those of type 2 who are accompanied (S0-12). By household id. Seven queries."""
    params = params_on(day)
    kinds = [kind for kind, days in rhythms(params).items() if days is not None]
    measured = Measure.objects.running_on(day).filter(kind__in=kinds).order_by()
    ids = set(measured.values_list("household", flat=True))
    held = Referent.objects.filter(household__support_type=SupportType.TYPE_2, period__contains=day)
    ids |= set(held.values_list("household", flat=True))
    return limits_of(ids, day, met_on=_met_on(ids, day), params=params)


def benefit_facts(day: date, params: AlertParams) -> list[BenefitFacts]:
    """Leases whose benefit fell, by the statements known on `day`."""
    falls = benefit_falls(day, percent=params.benefit_percent)
    return [BenefitFacts(fall.household_id, fall.lease_id, fall.month, fall.before, fall.now) for fall in falls]


def absences_of(household_ids: Collection[int], day: date) -> list[Absence]:
    """All missed visits of these households up to `day`, however old."""
    return _absences(household_ids, None, day)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=clock.PARIS)


def absences(day: date, params: AlertParams) -> list[Absence]:
    """Missed visits, technical and social, recent enough to make a pair that ends in the window."""
    return _absences(None, day - timedelta(days=2 * params.window_days), day)


def _absences(household_ids: Collection[int] | None, since: date | None, day: date) -> list[Absence]:
    missed = Intervention.objects.filter(
        outcome=Outcome.ABSENT, ended_at__lt=_end_of(day), ticket__household__isnull=False
    )
    noted = Contact.objects.filter(kind=ContactKind.ABSENCE, is_planned=False, happened_on__lte=day)
    if household_ids is not None:
        missed, noted = missed.filter(ticket__household__in=household_ids), noted.filter(household__in=household_ids)
    if since is not None:
        start = datetime.combine(since, time.min, tzinfo=clock.PARIS)
        missed, noted = missed.filter(ended_at__gte=start), noted.filter(happened_on__gt=since)
    passages = missed.values_list("ticket__household_id", "id", "ended_at")
    contacts = noted.values_list("household_id", "id", "happened_on")
    found = [
        Absence(household, AbsentFor.TECHNICIAN, pk, at.astimezone(clock.PARIS).date())
        for household, pk, at in passages
        if at is not None
    ]
    return found + [Absence(household, AbsentFor.SOCIAL, pk, on) for household, pk, on in contacts]


def signals(day: date, *, key: Combinable) -> list[SignalFacts]:
    """Signals of technicians without an alert: no fact has the key made from the row (`key`, an expression)."""
    rows = (
        WeakSignal.objects.filter(seen_at__lt=_end_of(day))
        .annotate(key=key)
        .filter(~Exists(AlertFact.objects.filter(key=OuterRef("key"))))
        .order_by("id")
    )
    return [
        SignalFacts(
            signal_id=row.pk,
            household_id=row.household_id,
            kind=SignalKind(row.kind),
            on=row.seen_at.astimezone(clock.PARIS).date(),
            hour=hour(row.seen_at),
        )
        for row in rows
    ]


def requests(day: date, *, key: Combinable) -> list[RequestFacts]:
    """« Alerter le social » that made no alert yet, with the facts of their case; a settled case asks nothing more, nor
    does a request that was taken back."""
    rows = list(
        HelpRequest.objects.filter(
            requested_at__lt=_end_of(day), case__closed_on__isnull=True, withdrawn_at__isnull=True
        )
        .annotate(key=key)
        .filter(~Exists(AlertFact.objects.filter(key=OuterRef("key"))))
        .select_related("author")
        .order_by("id")
    )
    if not rows:
        return []
    cases = {f.case_id: f for f in with_payments(case_facts(day, case_ids=[row.case_id for row in rows]), day)}
    return [
        RequestFacts(
            row.pk,
            cases[row.case_id],
            row.requested_at.astimezone(clock.PARIS).date(),
            row.author.get_full_name() if row.author else "",
            row.is_visit,
        )
        for row in rows
        if row.case_id in cases
    ]
