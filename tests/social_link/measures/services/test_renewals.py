"""A renewal is a further contract of the same measure; a measure changes its type with its history."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.measures.queries import measure_totals
from social_link.measures.services.kinds import change_kind, take_back_kind
from social_link.measures.services.measures import (
    bring_back_measure,
    close_measure,
    move_measure,
    open_measure,
    reopen_measure,
    withdraw_measure,
)
from social_link.measures.services.renewals import decide_renewal, renew_measure, sign_renewal, take_back_renewal
from social_link.models import FormerKind, Measure, Renewal
from tests.factories import make_actor, make_let, make_referent

START, END = date(2026, 5, 15), date(2026, 11, 14)
NEXT, LAST = date(2026, 11, 15), date(2027, 5, 14)
TODAY = date(2026, 11, 5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


def measure(household: Household, actor: Actor, **given: object) -> Measure:
    return open_measure(
        **{
            "household": household, "kind": "ASLL", "start": START, "planned_end": END, "referent": actor.user,
            "actor": actor,
        }
        | given
    )  # fmt: skip


def renew(made: Measure, actor: Actor, **given: object) -> Renewal:
    return renew_measure(
        **{"measure": made, "last": LAST, "proposed_by": "INSTRUCT", "progress": "ON_WAY", "actor": actor} | given
    )


def test_a_renewal_is_proposed_decided_and_signed_of_the_same_measure(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    asked = renew(made, referent)
    assert (asked.decision, asked.period, asked.proposed_on) == ("", period(NEXT, date(2027, 5, 15)), TODAY)
    made.refresh_from_db()
    assert made.planned_end == END  # Neither a measure nor its renewal is automatic (S1-13).
    assert renew(made, referent) == asked
    with pytest.raises(Conflict, match="attend déjà sa décision"):
        renew(made, referent, last=date(2027, 4, 14))
    assert decide_renewal(renewal=asked, decision="ADJOURN", decided_on=TODAY, actor=referent).waits
    for _ in range(2):
        decide_renewal(renewal=asked, decision="GRANTED", decided_on=TODAY, actor=referent)
    with pytest.raises(Conflict, match="déjà prise : Accord"):
        decide_renewal(renewal=asked, decision="REFUSED", decided_on=TODAY, actor=referent)
    made.refresh_from_db()
    assert (Measure.objects.get(), made.planned_end, made.period) == (made, LAST, period(START, date(2027, 5, 15)))
    assert (made.first_end, made.ended_on) == (END, None)
    assert sign_renewal(renewal=asked, signed_on=TODAY, actor=referent).signed_on == TODAY
    connection.check_constraints()


def test_refused_or_adjourned_no_day_is_added(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    renew(made, referent, decision="REFUSED")
    made.refresh_from_db()
    assert (made.planned_end, made.renewals.get().decision) == (END, "REFUSED")
    # Another proposal may follow, and is decided as it is typed.
    granted = renew(made, referent, decision="GRANTED", decided_on=date(2026, 11, 5), signed_on=TODAY)
    assert (granted.waits, granted.signed_on) == (False, TODAY)
    assert renew(made, referent, decision="GRANTED") == granted  # a double click


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"last": date(2027, 5, 15)}, "last", "6 mois au plus"),
        ({"last": date(2027, 2, 13)}, "last", "3 mois au moins"),
        ({"proposed_by": "HOUSE"}, "proposed_by", "proposé par : Service instructeur"),
        ({"proposed_by": "NOBODY"}, "proposed_by", "qui propose"),
        ({"progress": ""}, "progress", "évaluation"),
        ({"proposed_on": date(2026, 11, 6)}, "proposed_on", "jour passé"),
        ({"decision": "GRANTED", "decided_on": date(2026, 11, 4)}, "decided_on", "suit la proposition"),
        ({"decision": "GRANTED", "decided_on": date(2026, 11, 6)}, "decided_on", "jour passé"),
        ({"decision": "REFUSED", "signed_on": TODAY}, "signed_on", "après l’accord"),
        ({"decision": "PERHAPS"}, "decision", "Choisissez"),
    ],
)
def test_what_renews_nothing(
    household: Household, referent: Actor, given: dict[str, object], field: str, said: str
) -> None:
    made = measure(household, referent)
    with pytest.raises(InvalidInput, match=said) as refused:
        renew(made, referent, **given)
    assert refused.value.field == field
    assert not Renewal.objects.exists()


@pytest.mark.clock("2026-09-29")
def test_a_renewal_comes_not_too_soon(household: Household, referent: Actor) -> None:
    with pytest.raises(InvalidInput, match="trop tôt"):
        renew(measure(household, referent), referent)


def test_the_total_runs_over_the_renewals(household: Household, referent: Actor) -> None:
    """ASLL, 24 months in all (FSL): 6 + 6 + 6 + 6, and not a day more."""
    made = measure(household, referent, start=date(2024, 12, 15), planned_end=date(2025, 6, 14))
    for day, last in ((date(2025, 6, 10), date(2025, 12, 14)), (date(2025, 12, 10), date(2026, 6, 14))):
        with clock.travel(day):
            renew(made, referent, last=last, decision="GRANTED")
            made.refresh_from_db()
    with clock.travel(date(2026, 6, 10)):
        renew(made, referent, last=date(2026, 12, 14), decision="GRANTED")
        made.refresh_from_db()
    with clock.travel(date(2026, 12, 10)), pytest.raises(InvalidInput, match="le total est atteint"):
        renew(made, referent, last=date(2027, 3, 14))
    assert made.renewals.count() == 3


@pytest.mark.clock("2026-11-28")
def test_past_its_term_a_measure_waits_for_a_renewal_from_the_day_after(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    assert not Measure.objects.running_on(clock.today()).exists()
    assert list(Measure.objects.ending_by(clock.today())) == [made]
    granted = renew(made, referent, decision="GRANTED")
    assert granted.period.lower == NEXT
    assert list(Measure.objects.running_on(clock.today())) == [made]
    # Typed today, it is taken back today, though its days have begun.
    take_back_renewal(renewal_id=granted.pk, actor=referent)
    made.refresh_from_db()
    assert made.planned_end == END


def test_a_renewal_is_taken_back(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    granted = renew(made, referent, decision="GRANTED")
    for _ in range(2):
        take_back_renewal(renewal_id=granted.pk, actor=referent)
    made.refresh_from_db()
    assert (made.planned_end, made.period, made.renewals.count()) == (END, period(START, NEXT), 0)
    granted = renew(made, referent, decision="GRANTED")
    with clock.travel(NEXT), pytest.raises(Conflict, match="court depuis le 15/11/2026"):
        take_back_renewal(renewal_id=granted.pk, actor=referent)
    with clock.travel(date(2026, 11, 20)):
        made.refresh_from_db()
        close_measure(measure=made, reason="GOALS", on=date(2026, 11, 18), actor=referent)
        with pytest.raises(Conflict, match="terminée"):
            take_back_renewal(renewal_id=granted.pk, actor=referent)
        assert reopen_measure(measure=made, actor=referent).planned_end == LAST
    connection.check_constraints()


def test_what_a_renewal_stands_on_is_neither_withdrawn_nor_moved(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    renew(made, referent)
    for call in (
        lambda: withdraw_measure(measure_id=made.pk, actor=referent),
        lambda: move_measure(measure=made, start=START, planned_end=END, actor=referent),
    ):
        with pytest.raises(Conflict, match="a un renouvellement à partir du 15/11/2026"):
            call()


def test_a_lead_elsewhere_stands_against_a_renewal(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    measure(household, referent, kind="SIMPLE", start=date(2026, 12, 1), planned_end=date(2027, 1, 31))
    with pytest.raises(Conflict, match="Accompagnement simple jusqu’au 31/01/2027"):
        renew(made, referent, decision="GRANTED")
    assert not Renewal.objects.exists()


def test_others_neither_renew_nor_decide_nor_change(household: Household, referent: Actor) -> None:
    made, stranger = measure(household, referent), make_actor(role=Role.SOCIAL_WORKER)
    asked = renew(made, referent)
    for call in (
        lambda: renew(made, stranger),
        lambda: decide_renewal(renewal=asked, decision="GRANTED", decided_on=TODAY, actor=stranger),
        lambda: sign_renewal(renewal=asked, signed_on=TODAY, actor=stranger),
        lambda: take_back_renewal(renewal_id=asked.pk, actor=stranger),
        lambda: change_kind(measure=made, kind="RENF", from_day=TODAY, actor=stranger),
        lambda: take_back_kind(measure=made, former_id=1, actor=stranger),
    ):
        with pytest.raises(NotAllowed):
            call()


# ---------- the type ----------


def test_a_type_changes_with_its_history_and_back(household: Household, referent: Actor) -> None:
    """S0-05: counts by type on any date."""
    made = measure(household, referent, kind="T1", planned_end=date(2027, 5, 14))
    changed = date(2026, 9, 1)
    for _ in range(2):
        made = change_kind(measure=made, kind="T2", from_day=changed, actor=referent)
    assert (made.kind, FormerKind.objects.get().until) == ("T2", date(2026, 8, 31))

    def running(day: date) -> dict[str, int]:
        return {label: n for label, n, _ in measure_totals(day) if n}

    assert running(date(2026, 8, 31)) == {"Parc CCAS, type 1": 1}
    assert running(changed) == {"Parc CCAS, type 2": 1}
    with pytest.raises(Conflict, match="a déjà changé le 01/09/2026"):
        change_kind(measure=made, kind="T1", from_day=changed, actor=referent)
    made = change_kind(measure=made, kind="T1", from_day=date(2026, 10, 1), actor=referent)
    assert [running(day) for day in (date(2026, 8, 1), date(2026, 9, 30), TODAY)] == [
        {"Parc CCAS, type 1": 1}, {"Parc CCAS, type 2": 1}, {"Parc CCAS, type 1": 1},
    ]  # fmt: skip
    first, second = FormerKind.objects.order_by("until")
    with pytest.raises(Conflict, match="Un autre changement suit"):
        take_back_kind(measure=made, former_id=first.pk, actor=referent)
    with pytest.raises(InvalidInput, match="a changé le 01/10/2026"):
        close_measure(measure=made, reason="GOALS", on=date(2026, 9, 30), actor=referent)
    for former in (second, first, first):
        made = take_back_kind(measure=made, former_id=former.pk, actor=referent)
    assert (made.kind, FormerKind.objects.count()) == ("T1", 0)
    connection.check_constraints()


@pytest.mark.parametrize(
    ("kind", "to", "day", "field"),
    [
        ("T1", "ASLL", TODAY, "kind"),  # another family is another measure
        ("T1", "T1", TODAY, "kind"),
        ("SIMPLE", "RENF", START, "from_day"),  # false from the first day: another measure
        ("SIMPLE", "RENF", date(2026, 11, 6), "from_day"),
    ],
)
def test_what_changes_no_type(household: Household, referent: Actor, kind: str, to: str, day: date, field: str) -> None:
    made = measure(household, referent, kind=kind)
    with pytest.raises(InvalidInput) as refused:
        change_kind(measure=made, kind=to, from_day=day, actor=referent)
    assert refused.value.field == field


# ---------- opened and closed ----------


def test_what_excludes_a_measure_is_overridden_by_a_reason_only(household: Household, referent: Actor) -> None:
    """S1-03; another measure on the budget is known without being said (law.md A4)."""
    with pytest.raises(InvalidInput, match="hébergé par une structure") as refused:
        measure(household, referent, exclusions=["HOSTED"])
    assert (refused.value.field, refused.value.code) == ("despite", "excluded")
    made = measure(household, referent, exclusions=["HOSTED"], despite="Sort de la structure le 20.")
    assert (made.exclusions, made.despite) == (["HOSTED"], "Sort de la structure le 20.")
    masp = {"kind": "MASP1", "planned_end": date(2027, 5, 14), "is_lead": False}
    with pytest.raises(InvalidInput, match="déjà suivi par un dispositif"):
        measure(household, referent, **masp)
    assert measure(household, referent, **masp, despite="Fin de l’ASLL demandée.").exclusions == ["SCHEME"]
    # Nothing is asked of a measure that has no exclusions.
    assert measure(household, referent, kind="AVDLD", is_lead=False, exclusions=["HOSTED"]).exclusions == []


def test_one_family_is_one_measure(household: Household, referent: Actor) -> None:
    measure(household, referent, kind="AVDLV")
    with pytest.raises(Conflict, match="changez son type") as refused:
        measure(household, referent, kind="AVDLD", is_lead=False)
    assert refused.value.code == "already_open"


def test_who_proposes_a_measure_is_of_its_text(household: Household, referent: Actor) -> None:
    with pytest.raises(InvalidInput, match="Service instructeur") as refused:
        measure(household, referent, proposed_by="CCAS")
    assert refused.value.field == "proposed_by"
    assert measure(household, referent, proposed_by="INSTRUCT").proposed_by == "INSTRUCT"


def test_how_a_measure_ends_is_said_and_taken_back(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    given = {"measure": made, "reason": "GOALS", "on": TODAY, "actor": referent}
    for wrong in ({"outcome": "MARS"}, {"domains": ["JOY"]}):
        with pytest.raises(InvalidInput):
            close_measure(**given, **wrong)
    closed = close_measure(
        **given, outcome="STAYED", domains=["AUTONOMY", "RIGHTS"], advice=" Voir le CMS en janvier. "
    )
    assert (closed.outcome, closed.domains, closed.advice) == (
        "STAYED", ["RIGHTS", "AUTONOMY"], "Voir le CMS en janvier.",
    )  # fmt: skip
    again = reopen_measure(measure=made, actor=referent)
    assert (again.ended_on, again.outcome, again.domains, again.advice) == (None, "", [], "")


def test_a_measure_is_brought_back_whole(household: Household, referent: Actor) -> None:
    made = measure(household, referent, exclusions=["SCHEME"], despite="Accord du FSL.")
    withdraw_measure(measure_id=made.pk, actor=referent)
    back = bring_back_measure(measure_id=made.pk, actor=referent)
    assert (back.exclusions, back.despite) == (["SCHEME"], "Accord du FSL.")


# ---------- what the database keeps ----------


def refused(write: Callable[[], object]) -> None:
    """At the end of the transaction."""

    def whole() -> None:
        with transaction.atomic():
            write()
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="do not fit its days"):
        whole()


@pytest.mark.parametrize(
    "days",
    [
        (NEXT, date(2027, 5, 14)),  # ends before the term
        (NEXT, date(2027, 5, 16)),  # ends after it
        (START, date(2027, 5, 15)),  # from the first day: no contract before it
    ],
)
def test_renewals_fill_the_days_up_to_the_term(household: Household, referent: Actor, days: tuple[date, date]) -> None:
    made = measure(household, referent)
    renew(made, referent, decision="GRANTED")
    refused(lambda: Renewal.objects.update(period=period(*days)))


def test_no_gap_between_renewals_and_no_type_outside_the_measure(household: Household, referent: Actor) -> None:
    made = measure(household, referent)
    renew(made, referent, decision="GRANTED")
    Renewal.objects.update(period=period(NEXT, date(2027, 1, 1)))
    later = {"measure": made, "proposed_on": TODAY, "decision": "GRANTED", "decided_on": TODAY}
    refused(lambda: Renewal.objects.create(**later, period=period(date(2027, 1, 2), date(2027, 5, 15))))
    Renewal.objects.create(**later, period=period(date(2027, 1, 1), date(2027, 5, 15)))
    connection.check_constraints()
    refused(lambda: FormerKind.objects.create(measure=made, kind="ASLL", until=date(2026, 5, 14)))
    refused(lambda: FormerKind.objects.create(measure=made, kind="ASLL", until=LAST))
