"""Who calls which operation of the API: every path and method, for the seven roles, on one's own object and another's.

`OPERATIONS` is typed from the matrix (matrix 6.6), not read from the code; it must name the whole OpenAPI document.
"""

import json
import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from office.access.codes import Role
from office.models import User
from tests.access.test_pages import LETTERS, Rows
from tests.access.world import World
from tests.api import operations
from tests.factories import make_user

pytestmark = pytest.mark.django_db

# operationId → (roles, kind of object of its path or None, roles that have their own only)
OPERATIONS: dict[str, tuple[str, str | None, str]] = {
    "read_me": ("GTSHDFA", None, ""),
    "list_organisations": ("GDA", None, ""),
    "create_organisation": ("GDA", None, ""),
    "read_organisation": ("GDA", "organisation", ""),
    "list_jobs": ("GTSHDA", None, ""),
    "read_job": ("GTSHDA", "job", "GTSH"),
    "list_tasks": ("GTSH", None, ""),
    "give_task_to": ("G", "task", ""),
    "list_notices": ("GTSHDFA", None, ""),
    "mark_notice_seen": ("GTSHDFA", "notice", "GTSHDFA"),
    "list_parameters": ("DA", None, ""),
    "list_messages": ("GSH", None, ""),
    "read_message": ("GSH", "message", ""),
    "withdraw_message": ("G", "message", ""),
    "send_message_again": ("G", "message", ""),
    "mark_message_seen": ("G", "message", ""),
    "list_buildings": ("GTSHD", None, ""),
    "create_building": ("G", None, ""),
    "list_dwellings": ("GTSHD", None, ""),
    "create_dwelling": ("G", None, ""),
    "read_dwelling": ("GTSHD", "dwelling", ""),
    "add_room": ("G", "dwelling", ""),
    "tell_vacancy_reason": ("G", "dwelling", ""),
    "withdraw_vacancy_reason": ("G", "vacancy_told", ""),
    "list_agreements": ("GSHD", None, ""),
    "create_agreement": ("G", None, ""),
    "read_agreement": ("GSHD", "agreement", ""),
    "add_agreement_dwelling": ("G", "agreement", ""),
    "list_households": ("GSHD", None, ""),
    "create_household": ("G", None, ""),
    "read_household": ("GSHD", "household", ""),
    "add_household_member": ("G", "household", ""),
    "create_person": ("G", None, ""),
    "list_leases": ("GSHD", None, ""),
    "create_lease": ("G", None, ""),
    "read_lease": ("GSHD", "lease", ""),
    "add_lease_party": ("G", "lease", ""),
    "remove_lease_party": ("G", "party", ""),
    "record_paper_wish": ("G", "lease", ""),
    "withdraw_paper_wish": ("G", "wish", ""),
    "set_rent_term": ("G", "lease", ""),
    "set_due_terms": ("G", "lease", ""),
    "tick_lease_check": ("G", "lease", ""),
    "activate_lease": ("G", "lease", ""),
    "record_lease_notice": ("G", "lease", ""),
    "withdraw_lease_notice": ("G", "lease", ""),
    "undo_lease_end": ("G", "lease", ""),
    "end_lease": ("G", "lease", ""),
    "list_benefit_rights": ("GSHD", "lease", ""),
    "set_benefit_right": ("G", "lease", ""),
    "end_benefit_right": ("G", "right", ""),
    "keep_benefit_departure_month": ("G", "right", ""),
    "drop_benefit_departure_month": ("G", "right", ""),
    "preview_rent_run": ("G", None, ""),
    "list_rent_runs": ("G", None, ""),
    "launch_rent_run": ("G", None, ""),
    "read_rent_run": ("G", "run", ""),
    "list_rent_run_demands": ("G", "run", ""),
    "read_rent_demand": ("GSHD", "demand", ""),
    "list_rent_run_obstacles": ("G", "run", ""),
    "send_rent_run": ("G", "run", ""),
    "undo_rent_run": ("G", "run", ""),
    "import_bank_statement": ("G", None, ""),
    "list_bank_statements": ("G", None, ""),
    "confirm_bank_statement": ("G", "statement", ""),
    "withdraw_bank_statement": ("G", "statement", ""),
    "list_bank_lines": ("G", None, ""),
    "read_bank_line": ("G", "bank_line", ""),
    "accept_bank_line": ("G", "bank_line", ""),
    "place_bank_line": ("G", "bank_line", ""),
    "undo_bank_line": ("G", "bank_line", ""),
    "tie_bank_line": ("G", "bank_line", ""),
    "leave_bank_line": ("G", "bank_line", ""),
    "take_payment": ("G", None, ""),
    "cancel_payment": ("G", "payment", ""),
    "list_accounts": ("GSHD", None, ""),
    "read_account": ("GSHD", "account", ""),
    "read_account_statement": ("GSHD", "account", ""),
    "explain_account_debt": ("GSHD", "account", ""),
    "list_arrears": ("GSH", None, ""),
    "read_arrears_totals": ("GSHD", None, ""),
    "read_arrears_case": ("GSH", "case", ""),
    "list_case_reports": ("G", "case", ""),
    "list_case_plans": ("GSH", "case", ""),
    "list_watched_accounts": ("GSH", None, ""),
    "list_report_deadlines": ("G", None, ""),
    "list_open_reports": ("G", None, ""),
    "list_aid_files": ("GSH", None, ""),
    "list_benefit_retentions": ("G", "lease", ""),
    "request_social_help": ("G", "case", ""),
    "decide_arrears_case": ("G", "case", ""),
    "undo_arrears_decision": ("G", "decision", ""),
    "withdraw_social_help": ("G", "case", ""),
    "list_write_offs": ("GD", None, ""),
    "read_write_off": ("GD", "write_off", ""),
    "list_credits": ("GSHD", None, ""),
    "read_credit": ("GSHD", "account", ""),
    "list_refund_files": ("G", None, ""),
    "read_case_procedure": ("GSH", "case", ""),
    "list_guarantees": ("GSHD", None, ""),
    "read_guarantee": ("GSHD", "guarantee", ""),
    "list_tickets": ("GTSHD", None, ""),
    "open_ticket": ("GSH", None, ""),
    "read_ticket": ("GTSHD", "ticket", "T"),
    "assign_ticket": ("G", "ticket", ""),
    "start_ticket": ("GT", "ticket", "T"),
    "mark_ticket_absent": ("GT", "ticket", "T"),
    "close_ticket": ("GT", "ticket", "T"),
    "add_ticket_photo": ("GT", "ticket", ""),
    "remove_ticket_photo": ("GT", "photo", "T"),
    "read_ticket_photo": ("GTSHD", "photo", "T"),
    "send_weak_signal": ("GT", "ticket", "T"),
    "list_alerts": ("SH", None, ""),
    "read_alert": ("SH", "alert", "S"),
    "acknowledge_alert": ("SH", "alert", "S"),
    "reassign_alert": ("SH", "alert", "S"),
    "answer_alert": ("SH", "alert", "S"),
    "say_signal_outcome": ("SH", "alert", "S"),
    "list_absences": ("H", None, ""),
    "foresee_absence": ("H", None, ""),
    "list_contacts": ("SH", None, ""),
    "log_contact": ("SH", None, ""),
    "list_visits": ("SH", None, ""),
    "list_incidents": ("SH", None, ""),
    "list_partners": ("SH", None, ""),
    "list_partner_links": ("SH", None, ""),
    "read_settling": ("SH", "household", "S"),
    "list_rights": ("SH", None, ""),
    "list_budgets": ("SH", None, ""),
    "list_measures": ("SH", None, ""),
    "open_measure": ("SH", None, ""),
    "close_measure": ("SH", "measure", "S"),
    "list_objectives": ("SH", None, ""),
    "list_assessments": ("SH", None, ""),
    "list_support_contracts": ("SH", None, ""),
    "list_intensities": ("SH", None, ""),
    "list_carriers": ("SH", None, ""),
    "list_refusals": ("SH", None, ""),
    "list_diagnoses": ("SH", None, ""),
    "read_caseloads": ("H", None, ""),
    "list_referrals": ("SH", None, ""),
    "read_referral": ("SH", "referral", "S"),
    "list_commissions": ("SH", None, ""),
    "list_commission_items": ("SH", None, ""),
    "read_measure_way": ("SH", "measure", "S"),
    "read_way_totals": ("HD", None, ""),
    "list_watches": ("SH", None, ""),
    "list_orientations": ("SH", None, ""),
    "list_reopenings": ("SH", None, ""),
}
NEEDS = {
    "preview_rent_run": {"month": "2026-12"},
    "foresee_absence": {"first": "2026-12-07", "last": "2026-12-11"},
}
BODIES: dict[str, dict[str, Any]] = {
    "give_task_to": {"to_id": None},
    "reassign_alert": {"reason": "Congés"},
    "say_signal_outcome": {"outcome": "WELL"},
    "answer_alert": {"contact_made": True, "cause": "BUDGET"},
    "close_measure": {"reason": "GOALS", "on": "2026-11-05"},
    "send_weak_signal": {"kind": "UNWELL"},
    "close_ticket": {"outcome": "DONE", "paid_by": "LANDLORD"},
}
"""Bodies that pass the schema, for what is refused by scope: the schema speaks before the object."""

KEY = {"Idempotency-Key": "6f0d3f0e-6a55-4f0c-8a3a-0d9c1b1c5a11"}
CALLS = [(method, path, operation["operationId"]) for method, path, operation in operations()]


def call(client: Client, method: str, path: str, name: str, pk: Any = "") -> int:
    """The status of one call, of which nothing remains."""
    address = re.sub(r"\{[^}]+\}", str(pk), path)
    with transaction.atomic():
        if method == "GET":
            query = dict(NEEDS.get(name, {}))
            if name == "foresee_absence":
                query["user_id"] = str(User.objects.filter(grants__role=Role.SOCIAL_WORKER)[0].pk)
            answer = client.get(address, query)
        else:
            body = dict(BODIES.get(name, {}))
            if name == "reassign_alert":
                body["to_id"] = User.objects.filter(grants__role=Role.HEAD_OF_SOCIAL)[0].pk
            answer = client.post(address, json.dumps(body), content_type="application/json", headers=KEY)
        transaction.set_rollback(True)
    return answer.status_code


def _client(world: World, letter: str) -> Client:
    client = Client()
    client.force_login(world.people[LETTERS[letter]] if letter else make_user(role=None))
    return client


def test_every_operation_is_in_the_table() -> None:
    assert {name for _, _, name in CALLS} == set(OPERATIONS)


@pytest.mark.parametrize("letter", [*LETTERS, ""])
def test_each_role_calls_its_operations_and_no_other(letter: str, world: World) -> None:
    client = _client(world, letter)
    role = LETTERS.get(letter, Role.RENTAL_MANAGER)
    wrong = []
    for method, path, name in CALLS:
        roles, kind, _ = OPERATIONS[name]
        status = call(client, method, path, name, world.own(kind, role) if kind else "")
        if not letter or letter not in roles:
            expected = {403}
        elif method == "GET":
            expected = {200}
        else:
            expected = {200, 201, 409, 422}
        if status not in expected:
            wrong.append(f"{method} {path} ({name}): {status}, expected {sorted(expected)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("letter", ["G", "T", "S", "H"])
def test_somebody_elses_object_does_not_exist(letter: str, world: World) -> None:
    client = _client(world, letter)
    wrong, rows = [], Rows()
    before = rows.count()
    for method, path, name in CALLS:
        _, kind, own = OPERATIONS[name]
        if kind and letter in own and (status := call(client, method, path, name, world.objects[kind][1])) != 404:
            wrong.append(f"{method} {path} ({name}): {status}, expected 404")
    assert not wrong, "\n".join(wrong)
    assert rows.count() == before


def test_what_has_no_owner_is_read_by_all_of_its_roles(world: World) -> None:
    wrong = []
    for letter in LETTERS:
        client = _client(world, letter)
        for method, path, name in CALLS:
            roles, kind, own = OPERATIONS[name]
            if method != "GET" or kind is None or letter not in roles or letter in own:
                continue
            if (status := call(client, method, path, name, world.objects[kind][1])) != 200:
                wrong.append(f"{letter} {path} ({name}): {status}")
    assert not wrong, "\n".join(wrong)


def test_lists_hold_ones_own_only(world: World) -> None:
    """The lists whose rows have an owner, by the ids that they give."""
    for letter, path, kind in (
        ("T", "/api/v1/tickets", "ticket"),
        ("S", "/api/v1/alerts", "alert"),
        ("S", "/api/v1/contacts", "past_contact"),
        ("S", "/api/v1/measures", "measure"),
        ("S", "/api/v1/incidents", "incident"),
        ("S", "/api/v1/partner-links", "partner_link"),
        ("S", "/api/v1/rights", "right_fact"),
        ("S", "/api/v1/budgets", "budget"),
        ("S", "/api/v1/objectives", "objective"),
        ("S", "/api/v1/assessments", "assessment"),
        ("S", "/api/v1/support-contracts", "support_contract"),
        ("S", "/api/v1/diagnoses", "diagnosis"),
        ("S", "/api/v1/refusals", "refusal"),
        ("S", "/api/v1/referrals", "referral"),
        ("S", "/api/v1/commission-items", "commission_item"),
        ("S", "/api/v1/watches", "watch"),
        ("G", "/api/v1/jobs", "job"),
    ):
        found = {row["id"] for row in _client(world, letter).get(path).json()["items"]}
        mine, theirs = world.own(kind, LETTERS[letter]), world.objects[kind][1]
        assert mine in found, path
        assert theirs not in found, path


def test_a_longer_page_of_a_list_asks_no_more_queries(world: World) -> None:
    """Of the lists of the social service and of the aids, whose rows are in three homes."""
    client = _client(world, "H")
    wrong = []
    for method, path, operation in operations():
        parameters = {one["name"] for one in operation.get("parameters", [])}
        if method != "GET" or "page_size" not in parameters:
            continue
        if operation["tags"] != ["social_link"] and operation["operationId"] != "list_aid_files":
            continue
        asked = dict(NEEDS.get(operation["operationId"], {}))
        counts = []
        for size in (1, 100):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path, asked | {"page_size": size}).json()["items"], path
            counts.append(len(caught))
        if counts[0] != counts[1]:
            wrong.append(f"{path}: {counts}")
    assert not wrong, "\n".join(wrong)


def test_nobody_is_let_in(world: World) -> None:
    client = Client()
    for method, path, name in CALLS:
        kind = OPERATIONS[name][1]
        assert call(client, method, path, name, world.objects[kind][0] if kind else "") == 401, (method, path)
