"""Who opens which page: every URL of the site, for the seven roles and for nobody, on one's own object and another's.

`PAGES` is typed from the matrix (matrix 6.6), not read from the code. A URL that is missing from it is a failure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from office.access.codes import Role
from office.access.permissions import needs_of
from office.models import User
from tests.access.world import World
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.long]

LETTERS = {
    "G": Role.RENTAL_MANAGER,
    "T": Role.TECHNICIAN,
    "S": Role.SOCIAL_WORKER,
    "H": Role.HEAD_OF_SOCIAL,
    "D": Role.DIRECTOR,
    "F": Role.FUNDER,
    "A": Role.ADMINISTRATOR,
}
ELSEWHERE = ("api/v1/", "appareil/", "calendrier/", "compte/", "remise/", "saisine/")
"""The API has its own table (`test_api.py`); what a phone needs without network tells nothing of anybody
(`tests/office/devices`); what allauth serves is for whoever signs in; what a provider or a calendar calls has
a secret (`tests/office/messages/providers`, `tests/desk/pages/test_calendar.py`)."""


LED_ELSEWHERE = {
    ("H", "social_link:file_request_paper"),
    *((letter, "social_link:referral_out") for letter in "SH"),
    ("T", "desk:home"),
    ("T", "maintenance:ticket"),
    *((letter, "office:notice") for letter in LETTERS),
    *((letter, "office:parameter_value") for letter in "DA"),
    *((letter, "rent_ledger:procedure_step") for letter in "GSH"),
    *((letter, "desk:task") for letter in "GTSH"),
}
"""(role, page) that leads to another of one's own: a technician's day is the round, a ticket is a job of it; a notice
leads to what it is about, a value to its parameter, a paper that is not whole yet to what it waits for, a step to its
procedure, a task to where it is done."""


@dataclass(frozen=True, slots=True)
class Page:
    """`roles` enter. `get`, `post`: the methods. `writes`: who may POST, where fewer than who may read. `of`: what its
    parameters name, by kind of `World.objects`. `own`: the roles that get a 404 on somebody else's. `kept`: nothing is
    there but what the session brought (404 for all). `bare`: the same name exists without parameters too.
    `sends`: (field, kind) without which a POST names nothing."""

    roles: str
    of: tuple[str, ...] = ()
    get: bool = True
    post: bool = False
    writes: str | None = None
    own: str = ""
    kept: bool = False
    bare: bool = False
    sends: tuple[tuple[str, str], ...] = ()

    @property
    def methods(self) -> list[tuple[str, str]]:
        """(method, letters of the roles) of what the page serves."""
        served = [("GET", self.roles)] if self.get else []
        return [*served, *([("POST", self.roles if self.writes is None else self.writes)] if self.post else [])]


def read(roles: str, *of: str, own: str = "") -> Page:
    return Page(roles, of, own=own)


def form(
    roles: str, *of: str, own: str = "", writes: str | None = None, kept: bool = False, bare: bool = False
) -> Page:
    return Page(roles, of, post=True, own=own, writes=writes, kept=kept, bare=bare)


def act(roles: str, *of: str, own: str = "") -> Page:
    return Page(roles, of, get=False, post=True, own=own)


PAGES: dict[str, Page] = {
    # -- the house
    "office:settings": read("DA"),
    "office:association": form("A"),
    "office:bank_account_new": form("A"),
    "office:bank_account": form("A", "bank_account"),
    "office:organisations": read("GDA"),
    "office:organisation_new": form("GDA"),
    "office:organisation": form("GDA", "organisation"),
    "office:iban_changes": read("DA"),
    "office:iban_change_decide": act("DA", "iban_change"),
    "office:iban_change_take_back": act("GDA", "iban_change"),
    "office:sign_ins": read("DA"),
    "office:staff": read("DA"),
    "office:staff_new": form("A"),
    "office:staff_member": form("DA", "user", writes="A"),
    "office:staff_role": act("A", "user"),
    "office:staff_active": act("A", "user"),
    "office:staff_link": act("A", "user"),
    "office:staff_role_end": act("A", "grant"),
    "office:staff_requests": read("HD"),
    "office:staff_request_decide": act("HD", "staff_request"),
    "office:team_new": form("A"),
    "office:team": form("A", "team"),
    "office:parameters": read("DA"),
    "office:parameter_value": read("DA", "value"),
    "office:parameter_withdraw": act("A", "value"),
    "office:parameter_verify": act("A", "value"),
    "office:parameter": form("DA", "key", writes="A"),
    "office:schemes": read("GSHDA"),
    "office:scheme_new": form("HA"),
    "office:scheme": form("HA", "aid_scheme"),
    "office:messages": read("GSH"),
    "office:message": read("GSH", "message"),
    "office:message_pdf": read("GSH", "letter"),
    "office:message_withdraw": act("G", "message"),
    "office:message_again": act("G", "message"),
    "office:message_seen": act("G", "message"),
    "office:message_returned": act("G", "message"),
    "office:calls": read("G"),
    "office:calls_paper": read("G"),
    "office:call_done": act("G", "message"),
    "office:call_not_done": act("G", "message"),
    "office:post": read("G"),
    "office:post_take": act("G"),
    "office:post_done": Page("G", get=False, post=True, sends=(("jusqua", "instant"),)),
    "office:post_not_done": Page("G", get=False, post=True, sends=(("postees", "instant"),)),
    "office:post_back": Page("G", get=False, post=True, sends=(("jusqua", "instant"),)),
    "office:post_pdf": Page("G", get=False, post=True, sends=(("jusqua", "instant"),)),
    "office:post_list": read("G"),
    "office:message_texts": read("GA"),
    "office:message_text": form("GA", "message_kind", "channel"),
    "office:jobs": read("GTSHDA"),
    "office:job": read("GTSHDA", "job", own="GTSH"),
    "office:job_progress": read("GTSHDA", "job", own="GTSH"),
    "office:job_resume": act("GTSHDA", "job", own="GTSH"),
    "office:notices": read("GTSHDFA"),
    "office:notice_choices": form("GTSHDFA"),
    "office:staff_messages": read("DA"),
    "office:notice": read("GTSHDFA", "notice", own="GTSHDFA"),
    "office:notices_seen": Page("GTSHDFA", get=False, post=True, sends=(("jusqua", "notice"),)),
    "office:notices_unseen": Page("GTSHDFA", get=False, post=True, sends=(("vues", "instant"),)),
    "office:my_views": read("GTSHDFA"),
    "office:saved_view_new": act("GTSHDFA"),
    "office:saved_view_rename": act("GTSHDFA", "saved_view", own="GTSHDFA"),
    "office:saved_view_remove": act("GTSHDFA", "saved_view", own="GTSHDFA"),
    "office:saved_view_back": act("GTSHDFA", "saved_view", own="GTSHDFA"),
    "office:access_log": read("HDA"),
    "office:confirmations": read("GDA"),
    "office:calendar": form("GTSHDFA"),
    "office:calendar_end": act("GTSHDFA"),
    "office:tokens": form("GTSHDFA"),
    "office:token_revoke": act("GTSHDFA", "token", own="GTSHDFA"),
    # -- the stock
    "stock:dwellings": read("GTSHD"),
    "stock:places": read("GTSHD"),
    "stock:dwelling_new": form("G"),
    "stock:dwelling": read("GTSHD", "dwelling"),
    "stock:dwelling_edit": form("G", "dwelling"),
    "stock:room_new": act("G", "dwelling"),
    "stock:vacancy_reason": act("G", "dwelling"),
    "stock:vacancy_withdraw": act("G", "vacancy_told"),
    "stock:agreements": read("GSHD"),
    "stock:agreement_new": form("G"),
    "stock:agreement": read("GSHD", "agreement"),
    "stock:agreement_edit": form("G", "agreement"),
    "stock:line_new": act("G", "agreement"),
    "stock:line_end": act("G", "agreement_line"),
    "stock:import": form("G"),
    "stock:import_preview": form("G", "digest", kept=True),
    # -- households and leases
    "leases:households": read("GSHD"),
    "leases:household_new": form("G"),
    "leases:household_edit": form("G", "household"),
    "leases:household_discard": act("G", "household"),
    "leases:protection": form("H", "household"),
    "leases:member_new": act("G", "household"),
    "leases:member_leave": act("G", "membership"),
    "leases:member_back": act("G", "membership"),
    "leases:person_edit": form("G", "person"),
    "leases:leases": read("GSHD"),
    "leases:lease_new": form("G"),
    "leases:lease": read("GSHD", "lease"),
    "leases:check": act("G", "draft"),
    "leases:activate": act("G", "draft"),
    "leases:party_new": act("G", "lease"),
    "leases:outsider_new": act("G", "lease"),
    "leases:party_end": act("G", "party"),
    "leases:party_back": act("G", "party"),
    "leases:party_remove": act("G", "party"),
    "leases:guarantee_new": form("G", "lease"),
    "leases:guarantee": read("GSHD", "guarantee"),
    "leases:guarantee_correct": act("G", "guarantee"),
    "leases:guarantee_end": act("G", "guarantee"),
    "leases:guarantee_resume": act("G", "guarantee"),
    "leases:guarantee_remove": act("G", "guarantee"),
    "leases:guarantee_deeds_add": act("G", "guarantee"),
    "leases:guarantee_deed": read("GSHD", "guarantee", "guarantee_deed"),
    "leases:guarantee_deed_remove": act("G", "guarantee", "guarantee_deed"),
    "leases:term_new": act("G", "lease"),
    "leases:due_new": act("G", "lease"),
    "leases:wish_new": act("G", "lease"),
    "leases:wish_end": act("G", "wish"),
    "leases:notice": act("G", "lease"),
    "leases:notice_withdraw": act("G", "lease"),
    "leases:end": act("G", "lease"),
    "leases:end_undo": act("G", "lease"),
    "leases:take_back": act("G", "lease"),
    "leases:keys_back": act("G", "lease"),
    "leases:discard": act("G", "draft"),
    "leases:dwelling_occupancies": read("GTSHD", "dwelling"),
    # -- the rents
    "rent_ledger:runs": read("G"),
    "rent_ledger:run_launch": Page("G", get=False, post=True, sends=(("mois", "month"),)),
    "rent_ledger:run_correct": act("G"),
    "rent_ledger:draft_why": read("G", "month", "lease"),
    "rent_ledger:run": read("G", "run"),
    "rent_ledger:run_body": read("G", "run"),
    "rent_ledger:run_resume": act("G", "run"),
    "rent_ledger:run_undo": act("G", "run"),
    "rent_ledger:run_send": act("G", "run"),
    "rent_ledger:receipt_send": act("G", "receipt"),
    "rent_ledger:run_sent": act("G", "run"),
    "rent_ledger:run_unsent": act("G", "run"),
    "rent_ledger:run_pdf": read("G", "run"),
    "rent_ledger:run_sheet": read("G", "run"),
    "rent_ledger:demand": read("GSHD", "demand"),
    "rent_ledger:demand_why": read("GSHD", "demand"),
    "rent_ledger:demand_pdf": read("GH", "demand"),
    "rent_ledger:receipt_issue": act("G", "demand"),
    "rent_ledger:receipt_pdf": read("GH", "receipt"),
    "rent_ledger:statement_pdf": read("GH", "account"),
    "rent_ledger:arrears": read("GSHD"),
    "rent_ledger:arrears_decide": act("G"),
    "rent_ledger:arrears_undo": act("G"),
    "rent_ledger:arrears_export": read("GH"),
    "rent_ledger:watch": read("GSH"),
    "rent_ledger:watch_seen": act("G", "account"),
    "rent_ledger:watch_ignore": form("G", "account", writes="G"),
    "rent_ledger:watch_undo": act("G", "account"),
    "rent_ledger:arrears_why": read("GSH", "account"),
    "rent_ledger:case": read("GSH", "case"),
    "rent_ledger:case_help": act("G", "case"),
    "rent_ledger:case_help_withdraw": act("G", "case"),
    "rent_ledger:decision_undo": act("G", "case", "decision"),
    "rent_ledger:written": read("G"),
    "rent_ledger:reports": read("G"),
    "rent_ledger:reports_prepare": act("G"),
    "rent_ledger:report_new": act("G", "case"),
    "rent_ledger:departure_new": act("G", "lease"),
    "rent_ledger:registered": read("G", "formal_notice"),
    "rent_ledger:registered_pdf": read("G", "formal_notice"),
    "rent_ledger:registered_posted": act("G", "formal_notice"),
    "rent_ledger:registered_unposted": act("G", "formal_notice"),
    "rent_ledger:registered_outcome": act("G", "formal_notice"),
    "rent_ledger:registered_no_outcome": act("G", "formal_notice"),
    "rent_ledger:registered_proofs_add": act("G", "formal_notice"),
    "rent_ledger:registered_proof": read("G", "formal_notice", "registered_proof"),
    "rent_ledger:registered_proof_remove": act("G", "formal_notice", "registered_proof"),
    "rent_ledger:report": read("G", "payer_report"),
    "rent_ledger:report_pdf": read("G", "payer_report"),
    "rent_ledger:report_withdraw": act("G", "payer_report"),
    "rent_ledger:report_sent": act("G", "payer_report"),
    "rent_ledger:report_unsent": act("G", "payer_report"),
    "rent_ledger:report_answer": act("G", "payer_report"),
    "rent_ledger:report_unanswer": act("G", "payer_report"),
    "rent_ledger:report_broken": act("G", "payer_report"),
    "rent_ledger:report_unbroken": act("G", "payer_report"),
    "rent_ledger:report_proofs_add": act("G", "payer_report"),
    "rent_ledger:report_proof": read("G", "payer_report", "report_proof"),
    "rent_ledger:report_proof_remove": act("G", "payer_report", "report_proof"),
    "rent_ledger:debt_release": act("G", "case"),
    "rent_ledger:debt_release_undo": act("G", "case"),
    "rent_ledger:plan": form("GSH", "case", writes="G"),
    "rent_ledger:plan_pdf": read("G", "case", "repayment_plan"),
    "rent_ledger:plan_discard": act("G", "case", "repayment_plan"),
    "rent_ledger:plan_sign": act("G", "case", "repayment_plan"),
    "rent_ledger:plan_unsign": act("G", "case", "repayment_plan"),
    "rent_ledger:plan_end": act("G", "case", "repayment_plan"),
    "rent_ledger:plan_resume": act("G", "case", "repayment_plan"),
    "rent_ledger:plan_papers_add": act("G", "plan_of_paper"),
    "rent_ledger:plan_paper": read("GSH", "plan_of_paper", "plan_paper"),
    "rent_ledger:plan_paper_remove": act("G", "plan_of_paper", "plan_paper"),
    "rent_ledger:freezes": read("GSH", "case"),
    "rent_ledger:freeze_note": act("G", "case", "person"),
    "rent_ledger:freeze_undo": act("G", "case", "freeze_step"),
    "rent_ledger:write_offs": read("GD"),
    "rent_ledger:write_off": read("GD", "write_off"),
    "rent_ledger:write_off_new": form("G", "case"),
    "rent_ledger:write_off_sign": act("D", "write_off"),
    "rent_ledger:write_off_refuse": act("D", "write_off"),
    "rent_ledger:write_off_undo": act("D", "write_off"),
    "rent_ledger:write_off_withdraw": act("G", "write_off"),
    "rent_ledger:write_off_recover": act("G", "write_off"),
    "rent_ledger:recovery_undo": act("G", "recovery"),
    "rent_ledger:write_off_papers_add": act("G", "write_off"),
    "rent_ledger:write_off_paper": read("GD", "write_off", "write_off_paper"),
    "rent_ledger:write_off_paper_remove": act("G", "write_off", "write_off_paper"),
    "rent_ledger:procedure": read("GSH", "case"),
    "rent_ledger:procedure_step": read("GSH", "procedure_step"),
    "rent_ledger:procedure_note": act("G", "case", "step_kind"),
    "rent_ledger:procedure_undo": act("G", "case", "procedure_step"),
    "rent_ledger:procedure_proofs_add": act("G", "case", "procedure_step"),
    "rent_ledger:procedure_proof": read("GSH", "case", "procedure_step", "step_proof"),
    "rent_ledger:procedure_proof_remove": act("G", "case", "procedure_step", "step_proof"),
    "rent_ledger:procedure_delay": act("G", "case"),
    "rent_ledger:procedure_delay_forget": act("G", "case"),
    "rent_ledger:guarantees": read("GSHD"),
    "rent_ledger:guarantee": read("GSHD", "guarantee"),
    "rent_ledger:case_guarantees": read("GSH", "case"),
    "rent_ledger:claim_new": act("G", "guarantee"),
    "rent_ledger:notice_new": act("G", "guarantee"),
    "rent_ledger:notice_pdf": read("GSH", "guarantor_notice"),
    "rent_ledger:notice_sent": act("G", "guarantor_notice"),
    "rent_ledger:notice_unsent": act("G", "guarantor_notice"),
    "rent_ledger:notice_withdraw": act("G", "guarantor_notice"),
    "rent_ledger:claim": read("GSHD", "claim"),
    "rent_ledger:claim_withdraw": act("G", "claim"),
    "rent_ledger:claim_answer": act("G", "claim"),
    "rent_ledger:claim_unanswer": act("G", "claim"),
    "rent_ledger:claim_pay": act("G", "claim"),
    "rent_ledger:guarantor_payment_undo": act("G", "guarantor_payment"),
    "rent_ledger:claim_papers_add": act("G", "claim"),
    "rent_ledger:claim_paper": read("GSH", "claim", "claim_paper"),
    "rent_ledger:claim_paper_remove": act("G", "claim", "claim_paper"),
    "rent_ledger:hold_lift": act("G", "case", "hold"),
    "rent_ledger:hold_lift_undo": act("G", "case", "hold"),
    "rent_ledger:statement": read("GSHD", "account"),
    "rent_ledger:statement_print": read("GH", "account"),
    "rent_ledger:why_debt": read("GSHD", "account"),
    "rent_ledger:bank": read("G"),
    "rent_ledger:bank_accept_all": act("G"),
    "rent_ledger:bank_undo_all": act("G"),
    "rent_ledger:bank_statements": read("G"),
    "rent_ledger:bank_upload": form("G"),
    "rent_ledger:bank_statement": read("G", "statement"),
    "rent_ledger:bank_confirm": act("G", "statement"),
    "rent_ledger:bank_withdraw": form("G", "statement"),
    "rent_ledger:bank_accept": act("G", "bank_line"),
    "rent_ledger:bank_place": form("G", "bank_line"),
    "rent_ledger:bank_payees": read("G", "bank_line"),
    "rent_ledger:bank_tie": Page(
        "G", ("bank_line",), get=False, post=True, sends=(("bordereau", "benefit_statement"),)
    ),
    "rent_ledger:bank_leave": act("G", "bank_line"),
    "rent_ledger:bank_undo": act("G", "bank_line"),
    "rent_ledger:benefits": form("G"),
    "rent_ledger:benefit_columns": form("G", "digest", kept=True),
    "rent_ledger:benefit_statement": read("G", "benefit_statement"),
    "rent_ledger:benefit_withdraw": form("G", "benefit_statement"),
    "rent_ledger:benefit_assign": Page("G", ("benefit_line",), get=False, post=True, sends=(("droit", "right"),)),
    "rent_ledger:benefit_follow": act("G", "benefit_line"),
    "rent_ledger:benefit_rights": form("G", "lease"),
    "rent_ledger:benefit_right_end": act("G", "lease", "right"),
    "rent_ledger:benefit_right_keep": act("G", "lease", "right"),
    "rent_ledger:benefit_right_drop": act("G", "lease", "right"),
    "rent_ledger:benefit_settle": act("G", "lease"),
    "rent_ledger:budget": form("SH", "case", own="S"),
    "rent_ledger:budget_withdraw": act("SH", "case", own="S"),
    "rent_ledger:aid_files": read("GSH"),
    "rent_ledger:aid_file_new": form("SH", "household", own="S"),
    "rent_ledger:case_aid_file": form("GH", "case"),
    "rent_ledger:aid_file": read("GSH", "aid_file"),
    "rent_ledger:aid_file_withdraw": act("SH", "aid_file"),
    "rent_ledger:aid_step_note": act("GSH", "aid_file", "aid_step_kind"),
    "rent_ledger:aid_step_undo": act("GSH", "aid_file", "aid_step"),
    "rent_ledger:aid_papers_add": act("SH", "aid_file"),
    "rent_ledger:aid_paper": read("SH", "aid_file", "aid_paper", own="S"),
    "rent_ledger:aid_paper_remove": act("SH", "aid_file", "aid_paper"),
    "rent_ledger:retention_note": act("G", "lease"),
    "rent_ledger:retention_end": act("G", "lease", "retention"),
    "rent_ledger:retention_reopen": act("G", "lease", "retention"),
    "rent_ledger:retention_extend": act("G", "lease", "retention"),
    "rent_ledger:retention_shorten": act("G", "lease", "retention"),
    "rent_ledger:retention_withdraw": act("G", "lease", "retention"),
    "rent_ledger:credits": read("GSHD"),
    "rent_ledger:credit": form("GSHD", "account", writes="G"),
    "rent_ledger:credit_undo": act("G", "credit_choice"),
    "rent_ledger:credit_tell": act("G", "credit_choice"),
    "rent_ledger:refund_files": form("G"),
    "rent_ledger:refund_file": read("G", "refund_file"),
    "rent_ledger:refund_file_content": read("G", "refund_file"),
    "rent_ledger:refund_file_hand": act("G", "refund_file"),
    "rent_ledger:refund_file_unhand": act("G", "refund_file"),
    "rent_ledger:refund_file_withdraw": act("G", "refund_file"),
    "rent_ledger:refund_refused": act("G", "refund_transfer"),
    "rent_ledger:refund_unrefused": act("G", "refund_transfer"),
    "rent_ledger:payments": form("G"),
    "rent_ledger:payment": read("G", "payment"),
    "rent_ledger:payment_receipt": act("G", "payment"),
    "rent_ledger:payment_cancel": act("G", "payment"),
    # -- repairs
    "maintenance:tickets": read("GTSHD"),
    "maintenance:assign_many": act("G"),
    "maintenance:assign_back": act("G"),
    "maintenance:ticket_new": form("GSH"),
    "maintenance:ticket": read("GTSHD", "ticket", own="T"),
    "maintenance:ticket_assign": act("G", "ticket"),
    "maintenance:ticket_hold": act("G", "ticket"),
    "maintenance:ticket_resume": act("G", "ticket"),
    "maintenance:ticket_cancel": act("G", "ticket"),
    "maintenance:ticket_note_done": act("G", "ticket"),
    "maintenance:photo": read("GTSHD", "photo", own="T"),
    "maintenance:round": read("T"),
    "maintenance:job": read("T", "ticket", own="T"),
    "maintenance:job_start": act("T", "ticket", own="T"),
    "maintenance:job_absent": act("T", "ticket", own="T"),
    "maintenance:job_close": act("T", "ticket", own="T"),
    "maintenance:job_undo": act("T", "ticket", own="T"),
    "maintenance:job_photos": act("T", "ticket", own="T"),
    "maintenance:job_photo_remove": act("T", "ticket", "photo", own="T"),
    "maintenance:job_signal": act("T", "ticket", own="T"),
    "maintenance:signal_withdraw": act("T", "signal", own="T"),
    "maintenance:signal": read("T"),
    # -- the social service
    "social_link:alerts": read("SH"),
    "social_link:alert": read("SH", "alert", own="S"),
    "social_link:alert_take": act("SH", "alert", own="S"),
    "social_link:alert_reassign": act("SH", "alert", own="S"),
    "social_link:alert_close": act("SH", "alert", own="S"),
    "social_link:alert_followed": act("SH", "alert", own="S"),
    "social_link:alert_release": act("SH", "alert", own="S"),
    "social_link:alert_take_back": act("SH", "alert", own="S"),
    "social_link:alert_note": act("SH", "alert", own="S"),
    "social_link:alert_answer": act("SH", "alert", own="S"),
    "social_link:alert_outcome": act("SH", "alert", own="S"),
    "social_link:alert_outcome_back": act("SH", "alert", own="S"),
    "social_link:alert_step_done": act("SH", "alert", own="S"),
    "social_link:alert_step_back": act("SH", "alert", own="S"),
    "social_link:contacts": read("SH"),
    "social_link:agenda": read("SH"),
    "social_link:agenda_week": read("SH"),
    "social_link:contact_move_back": act("SH", "contact", own="S"),
    "social_link:contact_new": form("SH", "household", own="S", bare=True),
    "social_link:contact_edit": form("SH", "contact", own="S"),
    "social_link:contact_withdraw": act("SH", "contact", own="S"),
    "social_link:contact_back": act("SH", "contact", own="S"),
    "social_link:contact_again": act("SH", "contact", own="S"),
    "social_link:contact_done": act("SH", "contact", own="S"),
    "social_link:signal_photo": read("SH", "signal_photo", own="S"),
    "social_link:visit": form("SH", "contact", own="S"),
    "social_link:visit_begin": form("SH", "household", own="S"),
    "social_link:visit_take_back": act("SH", "visit", own="S"),
    "social_link:visit_reminder": act("SH", "visit", own="S"),
    "social_link:incidents": read("SH"),
    "social_link:incident_new": form("SH", "household", own="S"),
    "social_link:incident": form("SH", "incident", own="S"),
    "social_link:incident_withdraw": act("SH", "incident", own="S"),
    "social_link:incident_back": act("SH", "incident", own="S"),
    "social_link:visit_new": form("SH", "household", own="S", bare=True),
    "social_link:notes": read("SH", "household", own="S"),
    "social_link:note_edit": form("SH", "my_note", own="SH"),
    "social_link:note_withdraw": act("SH", "shared_note", own="S"),
    "social_link:note_back": act("SH", "shared_note", own="S"),
    "social_link:note_new": form("SH", "met", own="S"),
    "social_link:note_open": form("H", "note"),
    "social_link:file_request": form("SH", "household", own="S"),
    "social_link:file_request_note": act("SH", "file_request", "note", own="S"),
    "social_link:file_request_paper": read("H", "file_request"),
    "social_link:file_request_give": act("H", "file_request"),
    "social_link:file_request_again": act("H", "file_request"),
    "social_link:file_request_withdraw": act("SH", "file_request", own="S"),
    "social_link:file_request_back": act("SH", "file_request", own="S"),
    "social_link:autonomy": read("SH", "household", own="S"),
    "social_link:difficulties": form("SH", "household", own="S"),
    "social_link:difficulties_back": act("SH", "household", "gesture", own="S"),
    "social_link:difficulty_counts": read("HDF"),
    "social_link:partners": read("SH"),
    "social_link:partner_new": form("SH"),
    "social_link:partner_edit": form("SH", "partner"),
    "social_link:partner_link_new": form("SH", "household", own="S"),
    "social_link:partner_link_edit": form("SH", "household", "partner_link", own="S"),
    "social_link:partner_link_remove": act("SH", "household", "partner_link", own="S"),
    "social_link:partner_link_back": act("SH", "household", "partner_link", own="S"),
    "social_link:settling": read("SH", "household", own="S"),
    "social_link:settling_step": act("SH", "household", "settling_step", "settling_act", own="S"),
    "social_link:furniture_new": form("SH", "household", own="S"),
    "social_link:furniture_edit": form("SH", "household", "furniture", own="S"),
    "social_link:furniture_remove": act("SH", "household", "furniture", own="S"),
    "social_link:furniture_back": act("SH", "household", "furniture", own="S"),
    "social_link:measure_new": form("SH", "household", own="S"),
    "social_link:referent": form("H", "household"),
    "social_link:referent_end": form("H", "household"),
    "social_link:referrals": read("SH"),
    "social_link:referral_totals": read("HD"),
    "social_link:referral_links": form("H"),
    "social_link:referral_link_close": act("SH", "referral_link", own="S"),
    "social_link:referral_follow": act("SH", "referral", own="S"),
    "social_link:referral_new": form("SH", "household", bare=True),
    "social_link:referral": read("SH", "referral", own="S"),
    "social_link:referral_blank": read("SH"),
    "social_link:referral_sheet": read("SH", "referral", own="S"),
    "social_link:referral_out": read("SH", "referral", own="S"),
    "social_link:referral_correct": form("SH", "referral", own="S"),
    "social_link:referral_step": act("SH", "referral", "referral_state", own="S"),
    "social_link:referral_step_back": act("SH", "referral", "referral_step", own="S"),
    "social_link:referral_match": act("SH", "referral", own="S"),
    "social_link:referral_unmatch": act("SH", "referral", own="S"),
    "social_link:referral_assign": act("SH", "referral", own="S"),
    "social_link:referral_separate": act("SH", "referral", own="S"),
    "social_link:referral_withdraw": act("SH", "referral", own="S"),
    "social_link:referral_back": act("SH", "referral", own="S"),
    "social_link:rights": read("SHD"),
    "social_link:household_rights": form("SH", "household", own="S"),
    "social_link:right": form("SH", "household", "right_kind", own="S"),
    "social_link:right_withdraw": act("SH", "right_fact", own="S"),
    "social_link:right_back": act("SH", "right_fact", own="S"),
    "social_link:budgets": read("SH", "household", own="S"),
    "social_link:budget_new": form("SH", "household", own="S"),
    "social_link:budget_withdraw": act("SH", "budget", own="S"),
    "social_link:budget_back": act("SH", "budget", own="S"),
    "social_link:budget_take_over": act("SH", "budget", own="S"),
    "social_link:absences": read("H"),
    "social_link:absence_new": form("H"),
    "social_link:absence_end": act("H", "absence"),
    "social_link:absence_resume": act("H", "absence"),
    "social_link:measures": read("SHD"),
    "social_link:measure": read("SH", "measure", own="S"),
    "social_link:measure_renew": form("SH", "measure", own="S"),
    "social_link:masp": form("SH", "measure", own="S"),
    "social_link:masp_report": form("SH", "measure", own="S"),
    "social_link:agreement_draw": act("SH", "measure", own="S"),
    "social_link:agreement": form("SH", "support_contract", own="S"),
    "social_link:agreement_paper": read("SH", "support_contract", own="S"),
    "social_link:letters": read("SH", "measure", own="S"),
    "social_link:letter_write": act("SH", "measure", "letter_moment", own="S"),
    "social_link:letter_paper": read("SH", "support_letter", own="S"),
    "social_link:letter_tell": act("SH", "support_letter", own="S"),
    "social_link:letter_untell": act("SH", "support_letter", own="S"),
    "social_link:letter_withdraw": act("SH", "support_letter", own="S"),
    "social_link:letter_text": form("H", "letter_moment"),
    "social_link:agreement_scans_add": act("SH", "support_contract", own="S"),
    "social_link:agreement_scan": read("SH", "support_contract", "contract_scan", own="S"),
    "social_link:agreement_scan_remove": act("SH", "support_contract", "contract_scan", own="S"),
    "social_link:agreement_withdraw": act("SH", "support_contract", own="S"),
    "social_link:signature_withdraw": act("SH", "contract_signature", own="S"),
    "social_link:agreement_text": form("H"),
    "social_link:assessment": form("SH", "measure", own="S"),
    "social_link:road_paper": read("SH", "measure", own="S"),
    "social_link:assessment_withdraw": act("SH", "assessment", own="S"),
    "social_link:assessment_back": act("SH", "assessment", own="S"),
    "social_link:objective_new": form("SH", "measure", own="S"),
    "social_link:objective_edit": form("SH", "objective", own="S"),
    "social_link:objective_review": form("SH", "objective", own="S"),
    "social_link:objective_withdraw": act("SH", "objective", own="S"),
    "social_link:objective_back": act("SH", "objective", own="S"),
    "social_link:review_withdraw": act("SH", "objective_review", own="S"),
    "social_link:review_back": act("SH", "objective_review", own="S"),
    "social_link:commissions": read("SHD"),
    "social_link:commission_new": form("H"),
    "social_link:commission": read("SH", "commission"),
    "social_link:commission_move": form("H", "commission"),
    "social_link:commission_withdraw": act("H", "commission"),
    "social_link:commission_back": act("H", "commission"),
    "social_link:commission_fill": act("H", "commission"),
    "social_link:commission_live": read("H", "commission"),
    "social_link:commission_files": read("SH", "commission"),
    "social_link:commission_minutes": read("H", "commission"),
    "social_link:commission_tell": form("H", "commission"),
    "social_link:commission_letters": act("H", "commission"),
    "social_link:commission_posted": act("H", "commission"),
    "social_link:commission_failed": act("H", "commission", "commission_member"),
    "social_link:commission_close": act("H", "commission"),
    "social_link:commission_reopen": act("H", "commission"),
    "social_link:commission_member": act("H", "commission"),
    "social_link:commission_member_remove": act("H", "commission", "commission_member"),
    "social_link:commission_present": act("H", "commission", "commission_member"),
    "social_link:commission_item": form("SH", "commission_item", own="S"),
    "social_link:commission_off": act("SH", "commission_item", own="S"),
    "social_link:commission_on": act("SH", "commission_item", own="S"),
    "social_link:commission_rank": act("H", "commission_item"),
    "social_link:commission_decide": act("H", "commission_item"),
    "social_link:commission_undecide": act("H", "commission_item"),
    "social_link:commission_ask": form("SH", "household", own="S"),
    "social_link:commission_ask_measure": form("SH", "measure", own="S"),
    "social_link:chain": read("HD"),
    "social_link:measure_caseloads": read("H"),
    "social_link:measure_way": form("SH", "measure", own="S"),
    "social_link:intensity_new": form("SH", "measure", own="S"),
    "social_link:intensity_remove": act("SH", "ended_measure", "intensity", own="S"),
    "social_link:intensity_back": act("SH", "ended_measure", "intensity", own="S"),
    "social_link:carrier_new": form("SH", "measure", own="S"),
    "social_link:carrier_remove": act("SH", "ended_measure", "carrier", own="S"),
    "social_link:carrier_back": act("SH", "ended_measure", "carrier", own="S"),
    "social_link:diagnoses": form("SH", "household", own="S"),
    "social_link:diagnosis_withdraw": act("SH", "diagnosis", own="S"),
    "social_link:diagnosis_back": act("SH", "diagnosis", own="S"),
    "social_link:refusals": form("SH", "household", own="S"),
    "social_link:refusal_remove": act("SH", "household", "refusal", own="S"),
    "social_link:watches": read("SH"),
    "social_link:exits": read("HD"),
    "social_link:watch": form("SH", "watch", own="S"),
    "social_link:watch_back": act("SH", "watch", own="S"),
    "social_link:step_new": form("SH", "ended_measure", own="S"),
    "social_link:step_remove": act("SH", "ended_measure", "watch", own="S"),
    "social_link:step_back": act("SH", "ended_measure", "watch", own="S"),
    "social_link:orientation_new": form("SH", "ended_measure", own="S"),
    "social_link:orientation_remove": act("SH", "ended_measure", "orientation", own="S"),
    "social_link:orientation_back": act("SH", "ended_measure", "orientation", own="S"),
    "social_link:orientation_sheet": read("SH", "ended_measure", "orientation", own="S"),
    "social_link:end_paper": read("SH", "ended_measure", own="S"),
    "social_link:reopening_new": form("SH", "ended_measure", own="S"),
    "social_link:reopening": form("SH", "reopening", own="S"),
    "social_link:reopening_open": form("SH", "reopening", own="S"),
    "social_link:reopening_tell": form("SH", "reopening", own="S"),
    "social_link:reopening_again": act("SH", "reopening", own="S"),
    "social_link:reopening_withdraw": act("SH", "reopening", own="S"),
    "social_link:reopening_back": act("SH", "reopening", own="S"),
    "social_link:fundings": read("HD"),
    "social_link:funding_new": form("H"),
    "social_link:funding_edit": form("H", "funding_line"),
    "social_link:funding_withdraw": act("H", "funding_line"),
    "social_link:funding_back": act("H", "funding_line"),
    "social_link:share_new": form("SH", "measure", own="S"),
    "social_link:share_back": act("SH", "measure", "funding_share", own="S"),
    "social_link:share_remove": act("SH", "measure", "funding_share", own="S"),
    "social_link:renewal_decide": form("SH", "renewal", own="S"),
    "social_link:renewal_back": act("SH", "renewal", own="S"),
    "social_link:measure_kind": form("SH", "measure", own="S"),
    "social_link:kind_back": act("SH", "measure", "former_kind", own="S"),
    "social_link:measure_papers": form("SH", "measure", own="S"),
    "social_link:measure_reopen": act("SH", "measure", own="S"),
    "social_link:measure_move": form("SH", "measure", own="S"),
    "social_link:measure_give": form("SH", "measure", own="S"),
    "social_link:measure_withdraw": act("SH", "measure", own="S"),
    "social_link:measure_back": act("SH", "measure", own="S"),
    "social_link:measure_close": form("SH", "measure", own="S"),
    # -- the desk
    "desk:home": read("GTSHDFA"),
    "desk:search": read("GTSHD"),
    "desk:proof": read("GSHD", "account", "entry"),
    "desk:vacancy": read("GSHD"),
    "desk:recovery": read("GSHD"),
    "desk:tickets_in_time": read("GSHD"),
    "desk:alerts_in_time": read("HD"),
    "desk:contact_delays": read("HD"),
    "desk:cured": read("HD"),
    "desk:policy": read("DA"),
    "desk:replay_new": form("D"),
    "desk:replay": read("DA", "replay"),
    "desk:replay_rows": read("D", "replay"),
    "desk:replay_adopt": act("A", "replay"),
    "desk:household": read("GSHD", "household"),
    "desk:household_statement": read("GSH", "household", own="S"),
    "desk:household_technical": read("GSHD", "household"),
    "desk:household_social": read("GSH", "household"),
    "desk:task": read("GTSH", "task"),
}


def _named(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern).startswith(ELSEWHERE):
                yield from _named(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern


def test_every_url_asks_for_a_capability() -> None:
    assert [name for name, pattern in _named(get_resolver()) if not needs_of(pattern.callback)] == []


def test_every_url_is_in_the_table() -> None:
    found = {(name, len(pattern.pattern.converters)) for name, pattern in _named(get_resolver())}
    told = {(name, len(page.of)) for name, page in PAGES.items()}
    told |= {(name, 0) for name, page in PAGES.items() if page.bare}
    assert found == told


def addresses(name: str, page: Page, ids: list[Any]) -> list[str]:
    """The addresses of a page on these objects; the bare one too, where there is one."""
    return [reverse(name, args=ids), *([reverse(name)] if page.bare else [])]


class Rows:
    """How many rows each table of the product has."""

    def __init__(self) -> None:
        self.models = [m for m in apps.get_models() if m.__module__.split(".")[0] not in {"django", "allauth"}]

    def count(self) -> dict[str, int]:
        return {model._meta.label: model._default_manager.count() for model in self.models}


def _signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def ask(client: Client, method: str, address: str, sent: dict[str, Any] | None = None, *, undo: bool = False) -> int:
    """The status of one request; `undo`: nothing of it remains."""
    with transaction.atomic():
        sent = {"request_key": uuid4()} | (sent or {})
        answer = client.post(address, sent) if method == "POST" else client.get(address)
        transaction.set_rollback(undo)
    return answer.status_code


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_opens_its_pages_on_its_own_objects(letter: str, world: World, readings: Any) -> None:
    role = LETTERS[letter]
    client = _signed_in(world.people[role])
    wrong: list[str] = []
    for name, page in PAGES.items():
        for address in addresses(name, page, [world.own(kind, role) for kind in page.of]):
            for method, roles in page.methods:
                if letter in roles:
                    if method == "GET":
                        status = readings.answers[letter][address].status
                        expected = {302} if (letter, name) in LED_ELSEWHERE else {200}
                    else:
                        sent = {field: world.own(kind, role) for field, kind in page.sends}
                        status = ask(client, method, address, sent, undo=True)
                        expected = {200, 302, 400, 409, 422}
                    if status not in ({404} if page.kept else expected):
                        wrong.append(f"{method} {address} ({name}): {status}, expected {sorted(expected)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("letter", LETTERS)
def test_no_other_page_is_read(letter: str, world: World, readings: Any) -> None:
    wrong: list[str] = []
    for name, page in PAGES.items():
        if page.get and letter not in page.roles:
            for whose in (0, 1) if page.of else (0,):
                for address in addresses(name, page, [world.objects[kind][whose] for kind in page.of]):
                    if (status := readings.answers[letter][address].status) != 403:
                        wrong.append(f"GET {address} ({name}): {status}, expected 403")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("letter", [*LETTERS, ""])
def test_what_is_refused_writes_nothing(letter: str, world: World) -> None:
    """Each POST of the others, on an object of the household that most roles may see. Without a letter: somebody who
    signed in and holds no role, who reads nothing either."""
    client = _signed_in(world.people[LETTERS[letter]] if letter else make_user(role=None))
    wrong: list[str] = []
    rows = Rows()
    before = rows.count()
    for name, page in PAGES.items():
        for address in addresses(name, page, [world.objects[kind][0] for kind in page.of]):
            for method, roles in page.methods:
                if not letter or (method == "POST" and letter not in roles):
                    status = ask(client, method, address)
                    if status != 403:
                        wrong.append(f"{method} {address} ({name}): {status}, expected 403")
    assert not wrong, "\n".join(wrong)
    assert rows.count() == before


@pytest.mark.parametrize("letter", sorted({letter for page in PAGES.values() for letter in page.own}))
def test_somebody_elses_object_does_not_exist(letter: str, world: World) -> None:
    client = _signed_in(world.people[LETTERS[letter]])
    wrong: list[str] = []
    rows = Rows()
    before = rows.count()
    for name, page in PAGES.items():
        if letter in page.own:
            address = reverse(name, args=[world.objects[kind][1] for kind in page.of])
            for method, _ in page.methods:
                status = ask(client, method, address)
                if status != 404:
                    wrong.append(f"{method} {address} ({name}): {status}, expected 404")
    assert not wrong, "\n".join(wrong)
    assert rows.count() == before


def test_what_has_no_owner_opens_on_every_object(world: World, readings: Any) -> None:
    """The other half of the one before: a role that sees all of them sees somebody else's too."""
    wrong: list[str] = []
    for letter in LETTERS:
        for name, page in PAGES.items():
            if page.of and page.get and letter in page.roles and letter not in page.own and not page.kept:
                address = reverse(name, args=[world.objects[kind][1] for kind in page.of])
                status = readings.answers[letter][address].status
                if status != (302 if (letter, name) in LED_ELSEWHERE else 200):
                    wrong.append(f"{letter} {address} ({name}): {status}")
    assert not wrong, "\n".join(wrong)


def test_nobody_is_sent_to_sign_in(world: World) -> None:
    client = Client()
    rows = Rows()
    before = rows.count()
    for name, page in PAGES.items():
        for address in addresses(name, page, [world.objects[kind][0] for kind in page.of]):
            for method, _ in page.methods:
                answer = client.post(address, {"request_key": uuid4()}) if method == "POST" else client.get(address)
                assert answer.status_code == 302, (method, address)
                assert answer["Location"].startswith("/compte/login/"), (method, address)
    assert rows.count() == before


def test_a_page_answers_its_methods_only(world: World) -> None:
    wrong: list[str] = []
    for name, page in PAGES.items():
        role = LETTERS[(page.writes or page.roles)[0]]
        client = _signed_in(world.people[role])
        address = reverse(name, args=[world.own(kind, role) for kind in page.of])
        served = {method for method, _ in page.methods}
        for method in {"GET", "POST"} - served:
            if (status := ask(client, method, address, undo=True)) != 405:
                wrong.append(f"{method} {address} ({name}): {status}, expected 405")
    assert not wrong, "\n".join(wrong)
