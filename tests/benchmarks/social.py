"""The social pole at the size of a large house: 5,000 measures and 200,000 contacts of a hundred social workers.

`python -m tests.benchmarks social`, with `BENCH_N=5000 BENCH_MONTHS=1` for a short history of rents.
"""

from datetime import timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.db import many_with_history
from common.memory import settle_heap
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import OrganisationKind
from office.models import Organisation, OrganisationRole, RoleGrant, User
from social_link.commissions.codes import Ask, CommissionKind
from social_link.commissions.services.agenda import ask_about_measure
from social_link.commissions.services.sittings import plan_commission
from social_link.contacts.codes import ContactKind, NoteLevel
from social_link.contacts.services import log_contact
from social_link.measures.codes import MeasureEnd
from social_link.models import CommissionItem, Contact, FundingLine, Measure, Referent
from tests.benchmarks.measure import clocked, percentile, show

WORKERS, EACH, TIMES = 100, 40, 200
# Half of them in one kind that a funder pays, the rest spread over three.
_KINDS = "(ARRAY['ASLL', 'SIMPLE', 'ASLL', 'T2', 'ASLL', 'T1'])[1 + h.n % 6]"
_HOUSEHOLDS = "(SELECT id, row_number() OVER (ORDER BY id) AS n FROM leases_household) h"
_SEED = (
    f"""
    INSERT INTO social_link_referent (household_id, user_id, period)
    SELECT h.id, (%(users)s::bigint[])[1 + h.n %% {WORKERS}], daterange(%(day)s::date - 700, NULL) FROM {_HOUSEHOLDS}
    """,
    f"""
    INSERT INTO social_link_measure (household_id, kind, funder_id, referent_id, is_lead, agreed_on, signed_on, period,
        planned_end, end_reason, outcome, domains, advice, exclusions, despite, proposed_by, aims, created_at)
    SELECT h.id, {_KINDS.replace("%", "%%")}, %(funder)s, (%(users)s::bigint[])[1 + h.n %% {WORKERS}], true,
        start, start, daterange(start, start + 365), start + 364, '', '', '{{}}', '', '{{}}', '', 'INSTRUCT', '{{}}',
        now()
    FROM {_HOUSEHOLDS}, LATERAL (SELECT %(day)s::date - 30 - (h.n * 7 %% 320)::int AS start) s
    """,
    f"""
    INSERT INTO social_link_contact (household_id, kind, happened_on, is_planned, outcome, author_id, theme,
        by_partner, recorded_at, request_key)
    SELECT h.id, (ARRAY['VISIT', 'CALL', 'OFFICE', 'ABSENCE'])[1 + (h.n + k) %% 4],
        %(day)s::date - (k * 17 + h.n %% 17)::int,
        false, '', (%(users)s::bigint[])[1 + h.n %% {WORKERS}], '', false, now(), gen_random_uuid()
    FROM {_HOUSEHOLDS}, generate_series(0, {EACH - 2}) k
    """,
    f"""
    INSERT INTO social_link_contact (household_id, kind, happened_on, at_time, is_planned, outcome, author_id, theme,
        by_partner, recorded_at, request_key)
    SELECT h.id, 'VISIT', %(day)s::date + (h.n %% 15)::int, make_time(9 + (h.n %% 8)::int, 0, 0), true, '',
        (%(users)s::bigint[])[1 + h.n %% {WORKERS}], '', false, now(), gen_random_uuid()
    FROM {_HOUSEHOLDS}
    """,
)


def _prepare() -> None:
    if Measure.objects.exists():
        return
    _seed()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@transaction.atomic
def _seed() -> None:
    today = clock.today()
    funder = Organisation.objects.create(name="Département de mesure")
    OrganisationRole.objects.create(organisation=funder, kind=OrganisationKind.FUNDER)
    users = User.objects.bulk_create(
        User(email=f"social{n}@ancrage.example", first_name="Mesure", last_name=f"Social{n}") for n in range(WORKERS)
    )
    for user in users:
        RoleGrant.objects.create(user=user, role=Role.SOCIAL_WORKER, period=("2020-01-01", None))
    for kind in ("ASLL", "SIMPLE"):
        FundingLine.objects.create(
            funder=funder, kind=kind, reference=f"CONV-{kind}", places=2000,
            period=(today.replace(month=1, day=1), today.replace(year=today.year + 1, month=1, day=1)),
        )  # fmt: skip
    values = {"users": [user.pk for user in users], "day": today, "funder": funder.pk}
    with connection.cursor() as cursor:
        many_with_history()
        for statement in _SEED:
            cursor.execute(statement, values)


def _of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _timed(name: str, client: Client, path: str) -> None:
    for _ in range(5):
        assert client.get(path).status_code == 200, path
    settle_heap()
    seconds = [clocked(lambda: client.get(path)) for _ in range(TIMES)]
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    show(
        name, Contact.objects.count(), [percentile(seconds, 0.95)], None,
        requests=TIMES, queries=len(seen), median_s=round(percentile(seconds, 0.5), 4),
    )  # fmt: skip


def _noted(household: Household, worker: User) -> None:
    """As a household is that one has long followed: its last contacts have notes."""
    actor = Actor.of(worker)
    for n in range(20):
        log_contact(
            household=household, kind=ContactKind.CALL, day=clock.today() - timedelta(days=n * 9), request_key=uuid4(),
            note="Appel bref, tout va bien.", level=NoteLevel.TEAM, actor=actor,
        )  # fmt: skip


def _next_file(client: Client) -> None:
    """From a decision typed to the next file shown: the write and the page that follows."""
    measures = (
        Measure.objects.filter(ended_on=None, kind="ASLL", commission_items=None)
        .select_related("household")
        .order_by("pk")[:80]
    )
    row = plan_commission(kind=CommissionKind.ASLL, held_on=clock.today(), actor=Actor.system())
    for measure in measures:
        ask_about_measure(
            commission=row, measure=measure, ask=Ask.END, end_reason=MeasureEnd.GOALS_MET, actor=Actor.system()
        )
    seconds = []
    for n, item in enumerate(CommissionItem.objects.waiting().filter(commission=row).order_by("rank")):
        answer = {"decision": "ENDED" if n % 2 else "ADJOURN"}
        decide = reverse("social_link:commission_decide", args=[item.pk])
        seconds.append(clocked(lambda: _followed(client, decide, answer)))  # noqa: B023
    assert not CommissionItem.objects.waiting().filter(commission=row).exists(), "a decision was refused"
    show("commission_next_p95", len(seconds), [percentile(seconds, 0.95)], median_s=round(percentile(seconds, 0.5), 4))


def _followed(client: Client, address: str, answer: dict[str, str]) -> None:
    assert client.get(client.post(address, answer)["Location"]).status_code == 200


def social() -> None:
    """p95 of the pages of a social worker and of the head, and of a decision of a commission to its next file."""
    _prepare()
    worker = User.objects.get(email="social7@ancrage.example")
    household = Referent.objects.filter(user=worker).select_related("household").order_by("pk")[0].household
    if not household.notes.exists():
        _noted(household, worker)
    head, _ = User.objects.get_or_create(
        email="head@ancrage.example", defaults={"first_name": "Mesure", "last_name": "Responsable"}
    )
    if not RoleGrant.objects.filter(user=head).exists():
        RoleGrant.objects.create(user=head, role=Role.HEAD_OF_SOCIAL, period=("2020-01-01", None))
    measure = Measure.objects.filter(household=household).order_by("pk")[0]
    own = {
        "social_home_p95": reverse("desk:home"),
        "household_social_p95": reverse("desk:household_social", args=[household.pk]),
        "agenda_day_p95": reverse("social_link:agenda"),
        "agenda_week_p95": reverse("social_link:agenda_week"),
        "measure_p95": reverse("social_link:measure", args=[measure.pk]),
        "measures_own_p95": reverse("social_link:measures"),
        "contacts_own_p95": reverse("social_link:contacts"),
    }
    all_of_them = {
        "head_home_p95": reverse("desk:home"),
        "head_week_p95": reverse("social_link:agenda_week"),
        "measures_p95": reverse("social_link:measures"),
        "months_of_a_year_p95": reverse("social_link:fundings"),
        "caseload_p95": reverse("social_link:measure_caseloads"),
        "watches_p95": reverse("social_link:watches"),
        "referrals_p95": reverse("social_link:referrals"),
        "chain_p95": reverse("social_link:chain"),
    }
    for user, paths in ((worker, own), (head, all_of_them)):
        client = _of(user)
        for name, path in paths.items():
            _timed(name, client, path)
    _next_file(_of(head))
