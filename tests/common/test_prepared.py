"""Reads compiled once: the same rows as the queryset, one query each, and no value of an earlier call."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.test.utils import CaptureQueriesContext

from common.prepared import Listed, Prepared, Slot
from office.enums import ParameterScope
from office.models import ParameterValue, RoleGrant, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_rows_of_each_call_are_those_of_its_values() -> None:
    people = [make_user() for _ in range(3)]
    read = Prepared(lambda: User.objects.filter(pk=Slot("user")))
    assert [read(user=person.pk) for person in people] == [[person] for person in people]
    assert read(user=0) == []


def test_a_list_of_any_length_is_one_statement() -> None:
    people = sorted((make_user() for _ in range(3)), key=lambda person: person.pk)
    read = Prepared(lambda: User.objects.filter(pk__in=Listed("users")).order_by("pk"))
    assert read(users=[person.pk for person in people]) == people
    assert read(users=[people[1].pk]) == [people[1]]
    assert read(users=[]) == []


def test_periods_related_rows_and_annotations_come_as_from_the_orm() -> None:
    person = make_user(role="RENTAL_MANAGER")
    day = date(2026, 11, 1)

    def build() -> QuerySet[RoleGrant]:
        held = RoleGrant.objects.filter(user=OuterRef("user"), period__contains=Slot("day"))
        return RoleGrant.objects.filter(user=Slot("user")).select_related("user").annotate(held=Exists(held))

    read = Prepared(build)
    with CaptureQueriesContext(connection) as seen:
        (row,) = read(user=person.pk, day=day)
        assert row.user == person
    assert len(seen) == 1
    assert row.held is True  # type: ignore[attr-defined]
    (before,) = read(user=person.pk, day=date(1990, 1, 1))
    assert before.held is False  # type: ignore[attr-defined]


def test_columns_are_converted_as_by_the_orm() -> None:
    ParameterValue.objects.create(
        key="house.alsace_moselle",
        scope=ParameterScope.ASSOCIATION,
        value={"x": [1]},
        source="essai",
        period=("2020-01-01", None),
    )
    read = Prepared(lambda: ParameterValue.objects.filter(Q(key=Slot("key"))))
    assert read(key="house.alsace_moselle")[0].value == {"x": [1]}


def test_prefetched_rows_are_those_of_the_call() -> None:
    first, second = make_user(role="RENTAL_MANAGER"), make_user(role="DIRECTOR")
    read = Prepared(lambda: User.objects.filter(pk=Slot("user")).prefetch_related("grants"))
    for person, role in ((first, "RENTAL_MANAGER"), (second, "DIRECTOR")):
        (found,) = read(user=person.pk)
        with CaptureQueriesContext(connection) as seen:
            assert [grant.role for grant in found.grants.all()] == [role]
        assert not seen.captured_queries


def test_what_points_to_a_row_comes_with_it_by_one_statement_each() -> None:
    people = [make_user(roles=("RENTAL_MANAGER", "DIRECTOR")), make_user(role=None), make_user(role="TECHNICIAN")]
    newest = Prefetch("grants", queryset=RoleGrant.objects.order_by("-pk"), to_attr="newest")

    def build() -> QuerySet[User]:
        return User.objects.filter(pk__in=Listed("users")).prefetch_related("grants", newest, "teams").order_by("pk")

    read, asked = Prepared(build), [person.pk for person in people]
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            found = read(users=asked)
            told = [[grant.role for grant in person.grants.all()] for person in found]
            turned = [[grant.role for grant in person.newest] for person in found]  # type: ignore[attr-defined]
            assert all(grant.user is person for person in found for grant in person.grants.all())
        assert len(seen) == 4
        assert [sorted(roles) for roles in told] == [["DIRECTOR", "RENTAL_MANAGER"], [], ["TECHNICIAN"]]
        assert turned == [["DIRECTOR", "RENTAL_MANAGER"], [], ["TECHNICIAN"]]
        # Asked again in another way, it is asked of the database.
        assert found[0].grants.filter(role="DIRECTOR").count() == 1


def test_values_are_not_a_prepared_read() -> None:
    read: Any = Prepared
    with pytest.raises(TypeError):
        read(lambda: User.objects.values_list("pk"))()
