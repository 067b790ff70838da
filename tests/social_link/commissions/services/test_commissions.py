"""A commission from its agenda to its closing: each decision does what it says, once, and is taken back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task
from office.tasks.services.checking import check_tasks
from social_link.commissions.files import files_of
from social_link.commissions.services.agenda import (
    ask_about_measure,
    ask_opening,
    fill_agenda,
    move_item,
    prepare_item,
    put_back,
    take_off,
)
from social_link.commissions.services.decisions import close_commission, decide, reopen_commission, take_back
from social_link.commissions.services.sittings import (
    add_member,
    bring_back_commission,
    mark_present,
    move_commission,
    plan_commission,
    withdraw_commission,
)
from social_link.measures.services.kinds import take_back_kind
from social_link.measures.services.measures import close_measure, open_measure, reopen_measure, withdraw_measure
from social_link.measures.services.renewals import decide_renewal, renew_measure, sign_renewal, take_back_renewal
from social_link.models import Budget, Commission, CommissionItem, Measure, Objective, Renewal
from tests.factories import make_actor, make_let, make_referent

START, END = date(2026, 5, 15), date(2026, 11, 14)
NEXT, LAST = date(2026, 11, 15), date(2027, 5, 14)
BEFORE, DAY, AFTER = date(2026, 11, 2), date(2026, 11, 12), date(2026, 12, 10)
pytestmark = pytest.mark.django_db


@pytest.fixture
def travel() -> Iterator[Callable[[date], None]]:
    """Go to a day, until the next one or the end of the test."""
    with ExitStack() as stack:
        yield lambda day: stack.enter_context(clock.travel(day))  # type: ignore[arg-type, return-value]


@pytest.fixture(autouse=True)
def _before(travel: Callable[[date], None]) -> None:
    travel(BEFORE)


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.fixture
def measure(household: Household, referent: Actor) -> Measure:
    assert referent.user
    return open_measure(
        household=household, kind="ASLL", start=START, planned_end=END, referent=referent.user, actor=referent
    )


@pytest.fixture
def renewal(measure: Measure, referent: Actor) -> Renewal:
    return renew_measure(measure=measure, last=LAST, proposed_by="INSTRUCT", progress="ON_WAY", actor=referent)


@pytest.fixture
def commission(head: Actor) -> Commission:
    return plan_commission(kind="ASLL", held_on=DAY, actor=head)


def items(commission: Commission) -> list[CommissionItem]:
    return list(commission.items.kept().select_related("measure", "renewal"))


def opening(commission: Commission, household: Household, actor: Actor, **given: object) -> CommissionItem:
    return ask_opening(
        **{
            "commission": commission, "household": household, "kind": "ASLL", "months": 6, "referent": actor.user,
            "actor": actor,
        }
        | given
    )  # fmt: skip


class TestAgenda:
    def test_it_builds_itself_from_what_waits_once(self, renewal: Renewal, head: Actor) -> None:
        commission = plan_commission(kind="ASLL", held_on=DAY, actor=head)
        [item] = items(commission)
        assert (item.renewal, item.measure, item.ask) == (renewal, renewal.measure, "RENEWAL")
        assert commission.entries_until == date(2026, 11, 5)
        assert fill_agenda(commission=commission, actor=head) == 0
        assert plan_commission(kind="ASLL", held_on=DAY, actor=head) == commission
        # Another commission of the kind does not ask the same while this one waits; one of another kind never does.
        assert items(plan_commission(kind="ASLL", held_on=AFTER, actor=head)) == []
        assert items(plan_commission(kind="MASP", held_on=AFTER, actor=head)) == []

    def test_what_was_taken_off_stays_off_until_it_is_put_back(
        self, renewal: Renewal, commission: Commission, head: Actor, referent: Actor
    ) -> None:
        [item] = items(commission)
        take_off(item=item, actor=referent)
        assert fill_agenda(commission=commission, actor=head) == 0
        assert items(commission) == []
        rows = CommissionItem.objects.filter(pk=item.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(decision="NO", decided_at=clock.now(), decided_by=head.user)
        put_back(item=item, actor=referent)
        assert ask_about_measure(commission=commission, measure=renewal.measure, ask="RENEWAL", actor=head) == item
        assert items(commission) == [item]

    def test_entries_end(
        self, commission: Commission, household: Household, referent: Actor, head: Actor, travel: Callable[[date], None]
    ) -> None:
        travel(date(2026, 11, 6))
        with pytest.raises(Conflict, match="Les inscriptions sont closes depuis le 05/11/2026") as refusal:
            opening(commission, household, referent)
        assert refusal.value.code == "late"
        assert opening(commission, household, head, referent=referent.user).rank == 1
        with pytest.raises(Conflict, match="déjà à l’ordre du jour"):
            opening(commission, household, head, referent=referent.user)

    def test_who_does_not_follow_the_household_asks_nothing(
        self, commission: Commission, household: Household, referent: Actor, renewal: Renewal
    ) -> None:
        other = make_actor(role=Role.SOCIAL_WORKER)
        with pytest.raises(NotAllowed):
            opening(commission, household, other)
        fill_agenda(commission=commission, actor=make_actor(role=Role.HEAD_OF_SOCIAL))
        [item] = items(commission)
        for write in (take_off, put_back):
            with pytest.raises(NotAllowed):
                write(item=item, actor=other)
        with pytest.raises(NotAllowed):
            prepare_item(item=item, opinion="FOR", actor=other)
        assert not CommissionItem.objects.visible_to(other).exists()
        assert CommissionItem.objects.visible_to(referent).get() == item

    def test_it_is_ordered_by_hand(self, commission: Commission, household: Household, head: Actor) -> None:
        worker = make_referent(household=household)
        first = opening(commission, household, head, referent=worker)
        second = opening(commission, household, head, referent=worker, kind="AEB")
        move_item(item=first, by=-1, actor=head)
        move_item(item=second, by=-1, actor=head)
        assert [item.pk for item in items(commission)] == [second.pk, first.pk]

    def test_the_opinion_is_a_task_of_the_referent(
        self, renewal: Renewal, commission: Commission, referent: Actor
    ) -> None:
        [item] = items(commission)
        task = Task.objects.get(about="commission_item", about_id=item.pk)
        assert (task.assignee, task.due_on, task.state) == (referent.user, date(2026, 11, 5), "TODO")
        prepare_item(item=item, opinion="FOR", words="Le loyer est payé depuis mars", actor=referent)
        task.refresh_from_db()
        assert task.state == "DONE"
        assert list(check_tasks()) == []

    def test_a_proposal_that_is_taken_back_leaves_the_agenda(
        self, renewal: Renewal, commission: Commission, referent: Actor
    ) -> None:
        take_back_renewal(renewal_id=renewal.pk, actor=referent)
        assert not commission.items.exists()


@pytest.fixture
def sitting(commission: Commission, travel: Callable[[date], None]) -> Commission:
    """On its day."""
    travel(DAY)
    return commission


class TestDecisions:
    def test_none_is_noted_before_the_day(self, renewal: Renewal, commission: Commission, head: Actor) -> None:
        with pytest.raises(Conflict, match="La commission est le 12/11/2026"):
            decide(item=items(commission)[0], decision="RENEWED", actor=head)

    @pytest.mark.parametrize(("months", "last"), [(None, LAST), (6, LAST), (3, date(2027, 2, 14))])
    def test_a_renewal_is_granted_and_taken_back(
        self, renewal: Renewal, sitting: Commission, head: Actor, months: int | None, last: date
    ) -> None:
        [item] = items(sitting)
        decided = decide(item=item, decision="RENEWED", months=months, conditions=["RENT"], actor=head)
        renewal.refresh_from_db()
        renewal.measure.refresh_from_db()
        assert (renewal.decision, renewal.decided_on, renewal.last_day) == ("GRANTED", DAY, last)
        assert renewal.measure.planned_end == last
        assert decided.condition_words == ["Loyer courant payé"]
        # Typed twice, it is one decision; another one is told whose the first is.
        assert decide(item=item, decision="RENEWED", actor=head).decided_at == decided.decided_at
        for other in ({"decision": "NO"}, {"decision": "RENEWED", "months": 4}):
            with pytest.raises(Conflict, match=f"a déjà noté : Renouvelée, {decided.granted} mois") as refusal:
                decide(item=item, actor=head, **other)
            assert refusal.value.code == "decided"
        # The record keeps what was asked.
        [file] = files_of(sitting, head)
        assert file.asked.startswith("Renouveler de 6 mois")
        assert ("14 mai 2027" in file.asked.replace("\xa0", " ")) == (last == LAST)
        with pytest.raises(Conflict, match="décision de la commission du 12/11/2026"):
            take_back_renewal(renewal_id=renewal.pk, actor=head)
        for _ in range(2):
            take_back(item=item, actor=head)
        renewal.refresh_from_db()
        renewal.measure.refresh_from_db()
        assert (renewal.decision, renewal.decided_on, renewal.last_day) == ("", None, LAST)
        assert renewal.measure.planned_end == END
        assert items(sitting)[0].months is None

    def test_adjourned_and_decided_on_the_page_of_its_measure_it_is_adjourned_again(
        self, renewal: Renewal, sitting: Commission, head: Actor, referent: Actor
    ) -> None:
        decide(item=items(sitting)[0], decision="ADJOURN", actor=head)
        close_commission(commission=sitting, actor=head)
        with pytest.raises(Conflict, match="décision de la commission du 12/11/2026"):
            take_back_renewal(renewal_id=renewal.pk, actor=referent)
        renewal.refresh_from_db()
        decide_renewal(renewal=renewal, decision="GRANTED", decided_on=DAY, actor=referent)
        waits = take_back_renewal(renewal_id=renewal.pk, actor=referent)
        assert waits is not None
        assert (waits.decision, waits.decided_on, waits.measure.planned_end) == ("ADJOURN", DAY, END)
        assert items(sitting)[0].decision == "ADJOURN"

    def test_a_renewal_that_is_signed_is_not_taken_back(
        self, renewal: Renewal, sitting: Commission, head: Actor
    ) -> None:
        [item] = items(sitting)
        decide(item=item, decision="RENEWED", actor=head)
        sign_renewal(renewal=renewal, signed_on=DAY, actor=head)
        with pytest.raises(Conflict, match="est signé du 12/11/2026"):
            take_back(item=item, actor=head)
        item.refresh_from_db()
        assert item.decision == "RENEWED"

    def test_out_of_bounds_nothing_is_noted(self, renewal: Renewal, sitting: Commission, head: Actor) -> None:
        [item] = items(sitting)
        with pytest.raises(InvalidInput, match="6 mois au plus"):
            decide(item=item, decision="RENEWED", months=9, actor=head)
        item.refresh_from_db()
        renewal.refresh_from_db()
        assert (item.decision, renewal.decision) == ("", "")

    def test_adjourned_it_comes_to_the_next_one(
        self, renewal: Renewal, household: Household, sitting: Commission, head: Actor, referent: Actor
    ) -> None:
        other = opening(sitting, make_let().household, head, referent=referent.user, months=4)
        for item in items(sitting):
            decide(item=item, decision="ADJOURN", actor=head)
        close_commission(commission=sitting, actor=head)
        later = plan_commission(kind="ASLL", held_on=AFTER, actor=head)
        renewed, carried = items(later)
        assert (carried.carried_from, carried.months, carried.kind) == (other, 4, "ASLL")
        assert renewed.renewal == renewal
        assert renewed.carried_from is not None
        reopen_commission(commission=sitting, actor=head)
        with pytest.raises(Conflict, match="à l’ordre du jour de la commission du 10/12/2026"):
            take_back(item=other, actor=head)
        take_off(item=carried, actor=head)
        assert take_back(item=other, actor=head).decision == ""

    def test_adjourned_and_asked_again_by_hand_it_stands_once(
        self, household: Household, sitting: Commission, head: Actor, referent: Actor
    ) -> None:
        later = plan_commission(kind="ASLL", held_on=AFTER, actor=head)
        again = opening(later, household, head, referent=referent.user)
        decide(item=opening(sitting, household, head, referent=referent.user), decision="ADJOURN", actor=head)
        assert fill_agenda(commission=later, actor=head) == 0
        assert items(later) == [again]

    def test_what_was_decided_since_elsewhere_stays(self, renewal: Renewal, sitting: Commission, head: Actor) -> None:
        [item] = items(sitting)
        decide(item=item, decision="ADJOURN", actor=head)
        decide_renewal(renewal=renewal, decision="GRANTED", decided_on=DAY, actor=head)
        assert take_back(item=item, actor=head).decision == ""
        renewal.refresh_from_db()
        assert renewal.decision == "GRANTED"

    def test_ended_or_refused(self, renewal: Renewal, sitting: Commission, head: Actor) -> None:
        [item] = items(sitting)
        decide(item=item, decision="NO", actor=head)
        renewal.refresh_from_db()
        assert renewal.decision == "REFUSED"
        take_back(item=item, actor=head)
        decide(item=item, decision="ENDED", actor=head)
        measure = Measure.objects.get()
        assert (measure.ended_on, measure.end_reason, item.measure_id) == (DAY, "TERM", measure.pk)
        take_back(item=item, actor=head)
        renewal.refresh_from_db()
        measure.refresh_from_db()
        assert (measure.ended_on, measure.planned_end, renewal.decision) == (None, END, "")

    def test_an_opening(self, household: Household, sitting: Commission, head: Actor, referent: Actor) -> None:
        item = opening(sitting, household, head, referent=referent.user)
        with pytest.raises(InvalidInput, match="une des décisions proposées"):
            decide(item=item, decision="RENEWED", actor=head)
        made = decide(item=item, decision="ACCORD", actor=head).measure
        assert made is not None
        assert (made.period.lower, made.planned_end, made.referent) == (DAY, date(2027, 5, 11), referent.user)
        with pytest.raises(Conflict, match="à l’ordre du jour de la commission du 12/11/2026"):
            withdraw_measure(measure_id=made.pk, actor=head)
        take_back(item=item, actor=head)
        assert not Measure.objects.exists()
        later = decide(item=item, decision="ACCORD", months=3, day=date(2026, 12, 1), actor=head)
        assert later.measure is not None
        assert later.measure.planned_end == date(2027, 2, 28)

    def test_an_end_and_a_change(self, household: Household, sitting: Commission, head: Actor, referent: Actor) -> None:
        assert referent.user
        made = open_measure(
            household=household, kind="SIMPLE", start=START, planned_end=LAST, referent=referent.user, actor=referent
        )
        change = ask_about_measure(commission=sitting, measure=made, ask="CHANGE", kind="RENF", actor=head)
        end = ask_about_measure(commission=sitting, measure=made, ask="END", end_reason="GOALS", actor=head)
        decide(item=change, decision="ACCORD", actor=head)
        made.refresh_from_db()
        assert made.kind == "RENF"
        with pytest.raises(Conflict, match="décision de la commission du 12/11/2026"):
            take_back_kind(measure=made, former_id=made.formers.get().pk, actor=referent)
        decide(item=end, decision="ENDED", actor=head)
        made.refresh_from_db()
        assert (made.ended_on, made.end_reason) == (DAY, "GOALS")
        # The page of the measure says where it was decided, and adds what is known of its end.
        with pytest.raises(Conflict, match="décision de la commission du 12/11/2026"):
            reopen_measure(measure=made, actor=head)
        with pytest.raises(Conflict, match="ce jour et ce motif restent"):
            close_measure(measure=made, reason="TERM", on=DAY, actor=head)
        for watch in ([3, 6], [3]):
            close_measure(
                measure=made, reason="GOALS", on=DAY, outcome="STAYED", domains=["RIGHTS"], watch=watch,
                orientations=["FSL"], actor=referent,
            )  # fmt: skip
        made.refresh_from_db()
        assert (made.ended_on, made.outcome, made.domains) == (DAY, "STAYED", ["RIGHTS"])
        assert (made.watches.count(), made.orientations.count()) == (1, 1)
        with pytest.raises(Conflict):
            take_back(item=change, actor=head)
        take_back(item=end, actor=head)
        take_back(item=change, actor=head)
        made.refresh_from_db()
        assert (made.ended_on, made.kind) == (None, "SIMPLE")

    def test_who_puts_on_the_agenda_decides_nothing(
        self, renewal: Renewal, sitting: Commission, referent: Actor
    ) -> None:
        with pytest.raises(NotAllowed):
            decide(item=items(sitting)[0], decision="RENEWED", actor=referent)


class TestClosing:
    def test_it_closes_once_all_is_decided_and_enough_are_there(
        self, renewal: Renewal, sitting: Commission, head: Actor
    ) -> None:
        Commission.objects.update(quorum=1)
        seat = add_member(commission=sitting, function="Conseillère technique", actor=head)
        assert add_member(commission=sitting, function="Conseillère technique", actor=head) == seat
        with pytest.raises(Conflict, match="dossier n’a pas de décision"):
            close_commission(commission=sitting, actor=head)
        [item] = items(sitting)
        decide(item=item, decision="NO", actor=head)
        with pytest.raises(Conflict, match="Le quorum est de .* il en manque 1"):
            close_commission(commission=sitting, actor=head)
        mark_present(commission=sitting, member_id=seat.pk, is_present=True, actor=head)
        closed = close_commission(commission=sitting, actor=head)
        assert closed.closed_by == head.user
        assert close_commission(commission=sitting, actor=head).closed_at == closed.closed_at
        for write in (
            lambda: take_back(item=item, actor=head),
            lambda: mark_present(commission=sitting, member_id=seat.pk, is_present=False, actor=head),
            lambda: withdraw_commission(commission=sitting, actor=head),
        ):
            with pytest.raises(Conflict, match="Cette commission est close"):
                write()
        # The database says it too.
        for rows in (CommissionItem.objects.all(), sitting.members.all()):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.delete()
        reopen_commission(commission=sitting, actor=head)
        assert take_back(item=item, actor=head).decision == ""

    def test_what_was_asked_of_one_that_does_not_take_place_comes_to_the_next(
        self, renewal: Renewal, household: Household, commission: Commission, referent: Actor, head: Actor
    ) -> None:
        other = make_let().household
        asked = opening(commission, other, head, referent=referent.user, months=4)
        dropped = opening(commission, make_let().household, head, referent=referent.user)
        take_off(item=dropped, actor=head)
        for item in items(commission):
            prepare_item(item=item, opinion="FOR", actor=head)
        withdraw_commission(commission=commission, actor=head)
        assert items(plan_commission(kind="MASP", held_on=AFTER, actor=head)) == []
        later = plan_commission(kind="ASLL", held_on=AFTER, actor=head)
        assert {(item.pk, item.opinion) for item in items(later)} == {
            (asked.pk, "FOR"),
            (renewal.commission_items.get().pk, "FOR"),
        }
        assert list(check_tasks()) == []
        # Brought back, it does not ask them a second time.
        assert items(bring_back_commission(commission=commission, actor=head)) == []
        assert fill_agenda(commission=commission, actor=head) == 0

    def test_the_members_of_the_last_one_are_invited(self, commission: Commission, head: Actor) -> None:
        add_member(commission=commission, function="Conseillère technique", actor=head)
        later = plan_commission(kind="ASLL", held_on=AFTER, actor=head)
        assert [(seat.function, seat.is_present) for seat in later.members.all()] == [("Conseillère technique", False)]

    def test_it_is_moved_withdrawn_and_brought_back(
        self, renewal: Renewal, commission: Commission, head: Actor
    ) -> None:
        moved = move_commission(commission=commission, held_on=AFTER, entries_until=date(2026, 12, 3), actor=head)
        assert moved.held_on == AFTER
        withdraw_commission(commission=commission, actor=head)
        assert list(check_tasks()) == []
        again = plan_commission(kind="ASLL", held_on=AFTER, actor=head)
        assert again != commission
        with pytest.raises(Conflict, match="déjà prévue ce jour-là"):
            bring_back_commission(commission=commission, actor=head)
        withdraw_commission(commission=again, actor=head)
        assert bring_back_commission(commission=commission, actor=head).withdrawn_at is None


def test_the_file_tells_themes_and_the_budget_without_their_words(
    renewal: Renewal, sitting: Commission, head: Actor
) -> None:
    Objective.objects.create(measure=renewal.measure, theme="MEDIATE", text="Parler au voisin du dessous")
    household = renewal.measure.household
    for on, pay in ((date(2026, 9, 1), "800"), (date(2026, 10, 1), "950"), (date(2026, 12, 1), "10")):
        budget = Budget.objects.create(household=household, on=on, older=1, rent=400, aid=250, source="SAID")
        budget.amounts.create(kind="WORK", amount=Decimal(pay))
    [file] = files_of(sitting, head)
    assert file.aims == ("Médiation : fixé",)
    # The last one by the day: 950 − (400 − 250) of rent is 800, over 30 days.
    assert "950,00" in file.living
    assert "26,66 € par jour" in file.living.replace("\xa0", " ")
    assert "octobre" in file.living
    assert "voisin" not in repr(file.facts)


def test_of_one_that_is_planned_late_the_entries_end_today_at_the_earliest(head: Actor) -> None:
    assert plan_commission(kind="MASP", held_on=date(2026, 11, 6), actor=head).entries_until == BEFORE
