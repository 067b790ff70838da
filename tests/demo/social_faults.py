"""What the loop with the social service must never show, at no point of a life: each read from its rows and pages."""

from collections.abc import Iterator
from datetime import date
from html import unescape

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q
from django.urls import reverse

from common.periods import ONE_DAY
from leases.models import Occupancy
from office.access.codes import Role
from office.access.matrix import OWN, Data, Write, roles_with
from office.models import Document, Message, RoleGrant
from rent_ledger.arrears.codes import ABOUT_CASE
from rent_ledger.arrears.gates import WRITTEN
from rent_ledger.arrears.parameters import lane_params
from rent_ledger.models import ArrearsCase
from social_link import models
from social_link.contacts.codes import NoteLevel
from social_link.funding.queries import funded
from social_link.measures.codes import MeasureKind
from social_link.models import Alert, Measure, Note, Referent
from stock.agreements.codes import HeadAgreementKind
from tests.api import Api
from tests.pages import signed_in, words

API = ("/arrears", "/tasks", "/notices", "/messages", "/tickets", "/households", "/accounts")
HOUSEHOLDS = 12
"""Whose pages are read: those with notes that the rental side may not read."""

# It leaves when the worker, or who takes the letters out, has asked the gate: what was noted later held nothing.
_WHILE_HELD = """
WITH gone AS (
    SELECT m.id, m.about_id AS case_id, c.account_id, coalesce(m.claimed_at, m.sent_at) AS at,
        (coalesce(m.claimed_at, m.sent_at) AT TIME ZONE 'Europe/Paris')::date AS day
    FROM office_message m JOIN rent_ledger_arrearscase c ON c.id = m.about_id
    WHERE m.about = %(about)s AND m.sent_at IS NOT NULL
)
SELECT g.id, 'a pause' FROM gone g JOIN rent_ledger_letterhold h USING (case_id)
WHERE h.from_day <= g.day AND h.until >= g.day AND h.recorded_at < g.at AND (h.lifted_at IS NULL OR h.lifted_at > g.at)
UNION ALL
SELECT g.id, 'a plan' FROM gone g JOIN rent_ledger_repaymentplan p USING (account_id)
WHERE p.signed_on < g.day AND (p.ended_on IS NULL OR p.ended_on > g.day)
UNION ALL
SELECT DISTINCT g.id, 'a dispute' FROM gone g JOIN rent_ledger_posting p ON p.debit_id = g.account_id
JOIN rent_ledger_debthold h ON h.posting_id = p.id
WHERE h.kind = 'DISPUTE' AND h.period @> g.day AND lower(h.period) < g.day
"""


# What left while the social service was asked, and had not answered.
_WHILE_ASKED = """
SELECT m.id, m.kind, (coalesce(m.claimed_at, m.sent_at) AT TIME ZONE 'Europe/Paris')::date,
    (r.requested_at AT TIME ZONE 'Europe/Paris')::date
FROM office_message m JOIN rent_ledger_helprequest r ON r.case_id = m.about_id
WHERE m.about = %(about)s AND m.sent_at IS NOT NULL AND r.requested_at < coalesce(m.claimed_at, m.sent_at)
  AND (r.withdrawn_at IS NULL OR r.withdrawn_at > coalesce(m.claimed_at, m.sent_at))
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_socialanswer a WHERE a.case_id = m.about_id
      AND a.answered_at BETWEEN r.requested_at AND coalesce(m.claimed_at, m.sent_at))
"""


def social_faults(day: date) -> list[str]:
    """One line for each thing that is wrong on `day`, the last that was played."""
    return [
        *left_while_held(), *left_while_asked(), *alerts_without_an_owner(day), *notes_told_to_the_rental_side(),
        *subjects_without_a_life(), *more_than_their_places(day), *supports_of_the_ccas(day),
    ]  # fmt: skip


def left_while_held() -> Iterator[str]:
    """No message about a case leaves during a pause, a plan or a dispute that was known then."""
    with connection.cursor() as cursor:
        cursor.execute(_WHILE_HELD, {"about": ABOUT_CASE})
        for message, what in cursor.fetchall():
            yield f"message {message}: left during {what}"


def left_while_asked() -> Iterator[str]:
    """No message about a case leaves while the social service is asked; what is written leaves once its time to answer
    has passed."""
    with connection.cursor() as cursor:
        cursor.execute(_WHILE_ASKED, {"about": ABOUT_CASE})
        for message, kind, day, asked_on in cursor.fetchall():
            if kind not in WRITTEN or day <= lane_params(day).answer_until(asked_on):
                yield f"message {message}: left while the social service was asked"


def alerts_without_an_owner(day: date) -> Iterator[str]:
    """Each open alert is with somebody who is there and answers alerts; each one was, on the day on which it left."""
    roles = {*roles_with(Write(Data.ALERT, OWN)), *roles_with(Write(Data.ALERT))}
    grants = RoleGrant.objects.filter(user=OuterRef("assignee"), role__in=roles)
    rows = Alert.objects.annotate(
        is_theirs=Exists(grants.filter(period__contains=day)),
        was_theirs=Exists(grants.filter(period__contains=OuterRef("raised_at__date"))),
    )
    for alert in rows.open().filter(Q(is_theirs=False) | Q(assignee__is_active=False)):
        yield f"alert {alert.pk}: open, and with nobody of the social service"
    for alert in rows.filter(was_theirs=False):
        yield f"alert {alert.pk}: raised to nobody of the social service"


def _flat(text: str) -> str:
    """With one space where there is one: typography puts others before signs."""
    return " ".join(text.split())


def notes_told_to_the_rental_side() -> Iterator[str]:
    """Of what the social team keeps for itself, not a sentence in a message, a paper, an export, a page or an answer of
    the API that a rental manager may read."""
    texts = {note: note.text for note in Note.objects.select_related("key").order_by("pk")}
    notes = [note for note in texts if note.level != NoteLevel.SHARED]
    kept = {texts[note] for note in notes} - {text for note, text in texts.items() if note.level == NoteLevel.SHARED}
    told = {
        "messages": "\n".join(f"{m.subject}\n{m.body}\n{m.why}\n{m.values}" for m in Message.objects.iterator()),
        "papers": "\n".join(f"{title}\n{data}" for title, data in Document.objects.values_list("title", "data")),
    }
    manager = RoleGrant.objects.filter(role=Role.RENTAL_MANAGER, user__is_active=True).order_by("pk")[0].user
    client, api = signed_in(manager), Api(Role.RENTAL_MANAGER)
    told["export"] = client.get(reverse("rent_ledger:arrears_export"), {"situation": "tous"}).content.decode()
    told["list"] = words(client.get(reverse("rent_ledger:arrears"), {"situation": "tous"}))
    for path in API:
        told[f"API {path}"] = str(api.get(path, limit=200))
    for path in ("/", "/loyers/impayes/a-surveiller/", "/loyers/impayes/relances/", "/bureau/messages/"):
        told[path] = words(client.get(path))
    # A word of a note finds nothing of it.
    for text in sorted(kept)[:3]:
        told[f"search {text}"] = words(client.get(reverse("desk:search"), {"q": max(text.split(), key=len)}))
    for household in list(dict.fromkeys(note.household_id for note in notes if texts[note] in kept))[:HOUSEHOLDS]:
        for page in ("household", "household_technical", "household_social"):
            told[f"{page} {household}"] = words(client.get(reverse(f"desk:{page}", args=[household])))
        told[f"API household {household}"] = str(api.get(f"/households/{household}"))
        for case in ArrearsCase.objects.filter(account__household=household, closed_on=None):
            told[f"case {case.pk}"] = words(client.get(reverse("rent_ledger:case", args=[case.pk])))
            told[f"API case {case.pk}"] = str(api.get(f"/arrears/cases/{case.pk}"))
    for where, said in told.items():
        for text in kept:
            if _flat(text) in _flat(unescape(said)):
                yield f"{where}: a note of the social team"


LIVED: tuple[type[Model], ...] = (
    models.RightFact, models.Budget, models.Difficulty, models.PartnerLink, models.SettlingTick, models.FurnitureItem,
    models.Objective, models.ObjectiveReview, models.Assessment, models.Agreement, models.MaspContract,
    models.Diagnosis, models.Intensity, models.Carrier, models.ChainDay, models.NeighbourIncident, models.Referral,
    models.ReferralLink, models.CommissionItem, models.Renewal, models.Visit,
)  # fmt: skip
"""What some months of a small association have at least one of."""


def subjects_without_a_life() -> Iterator[str]:
    """No page of the social pole is empty."""
    for model in LIVED:
        if not model._default_manager.exists():
            yield f"{model._meta.label}: nobody has any"


def more_than_their_places(day: date) -> Iterator[str]:
    """Each measure is paid by a convention, and none has more of them than places."""
    lines = funded(day, day + ONE_DAY, day=day)
    yield from (f"{line.label}, {line.funder}: {line.used} of {line.places} places" for line in lines if line.is_over)
    held, running = sum(line.used for line in lines), Measure.objects.running_on(day).count()
    if held != running:
        yield f"{held} places held by {running} measures"


def supports_of_the_ccas(day: date) -> Iterator[str]:
    """Who is followed in a dwelling of the CCAS has the support of that dwelling, and no other that leads."""
    homes = Occupancy.objects.filter(
        period__contains=day, dwelling__agreement_lines__agreement__kind=HeadAgreementKind.PROVISION
    ).values("household")
    for referent in Referent.objects.filter(period__contains=day, household__in=homes).select_related("household"):
        leads = Measure.objects.running_on(day).filter(household=referent.household, is_lead=True)
        kinds = set(leads.values_list("kind", flat=True))
        if len(kinds) != 1 or not kinds <= {MeasureKind.TYPE_1, MeasureKind.TYPE_2}:
            yield f"{referent.household}: in a dwelling of the CCAS with {sorted(kinds) or 'no support'}"
