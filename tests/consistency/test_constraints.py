"""Every constraint that the models declare stands in the database: break it, and PostgreSQL names it.

Each line makes a copy of a good row that breaks one rule only, written past services and `full_clean`. A constraint
without a line is a failure; so is a line whose row gets in, or is refused for another reason.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from common import clock
from common.periods import period
from common.text import LONGEST_TEXT
from leases.models import Guarantee, LeaseCheck, Person
from maintenance.models import Intervention, Photo
from office.models import (
    AidScheme,
    Confirmation,
    DeliveryReport,
    Document,
    IbanChange,
    Job,
    JobChunk,
    Message,
    MessageText,
    NoticeChoice,
    Organisation,
    Schedule,
    ScheduleRun,
    SentRequest,
    SignIn,
    User,
)
from rent_ledger.models import (
    Account,
    AccountDebtor,
    BudgetEstimate,
    BudgetLine,
    CaseDecision,
    ClauseChoice,
    DebtFreeze,
    DebtHold,
    EarlySign,
    FreezeStep,
    FrozenDebt,
    KnownIban,
    LedgerPrint,
    Match,
    PayerReport,
    PlanDebt,
    PlanInstalment,
    Posting,
    Receipt,
    RegisteredLetter,
    RentRun,
    RepaymentPlan,
    ReplayRow,
    RunPreview,
    SignAside,
    SignMeasure,
)
from social_link.models import (
    AgreementText,
    Commission,
    CommissionItem,
    FileRequest,
    NoteAnswer,
    NoteReader,
    Observation,
    Renewal,
    SignalAnswer,
    Visit,
)
from stock.models import Unit, VacancyTold
from tests.access.world import build
from tests.factories import make_bank_account, make_dwelling, number

OURS = {"office", "stock", "leases", "rent_ledger", "maintenance", "social_link"}
EMPTY = period(date(2026, 1, 1), date(2026, 1, 1))
DECIDED = {"decided_at": datetime(2026, 11, 5, 9, tzinfo=clock.PARIS)}
EMPTY_OF_OTHERS = period(date(2020, 1, 1), date(2020, 2, 1))
NOV = date(2026, 11, 5)
DAY = timedelta(days=1)

Bad = dict[str, Any] | Callable[[Any], dict[str, Any]]


def declared() -> dict[str, type[models.Model]]:
    """Constraint name → model."""
    return {
        str(constraint.name): model
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for constraint in model._meta.constraints
    }


def _other(row: Any, name: str) -> Any:
    """Another value of the foreign key, taken from another row."""
    field = row._meta.get_field(name.removesuffix("_id"))
    return field.remote_field.model._default_manager.exclude(pk=getattr(row, name)).latest("pk").pk


def _asked(row: Any) -> dict[str, Any]:
    return {"scheme_id": AidScheme.objects.all()[0].pk, "asked": Decimal(1), "asked_on": date(2026, 11, 5)}


def _in_another_home(row: Any) -> dict[str, Any]:
    unit = make_dwelling().units.get()
    return {"unit_id": unit.pk, "dwelling_id": unit.dwelling_id}


def _in_a_room(row: Any) -> dict[str, Any]:
    room = Unit.objects.create(dwelling_id=row.dwelling_id, kind="ROOM", label="Chambre 1")
    return {"unit_id": room.pk, "is_whole": False, "main_period": None, "overlap_reason": "Hébergé"}


# What makes the copy bad: fields, or a function of the good row that gives them.
BROKEN: dict[str, Bad] = {
    # -- office
    "association_single": {"id": 2},
    "bank_account_public_body_named": {"held_for": "PUBLIC_BODY", "organisation_id": None},
    "document_number_once": lambda row: {"number": row.number},
    "document_bytes_with_hash": {"pdf": None, "sha256": "a" * 64},
    "job_done_within_total": {"total": 1, "done": 2},
    "job_ended_iff_not_running": {"state": "RUNNING", "ended_at": clock.now()},
    "job_chunk_rank_once": {},
    "sent_request_once": {},
    "schedule_run_once": {},
    "staff_request_waits_once": {},
    "staff_request_second_person": lambda row: {
        "decided_by_id": row.asked_by_id,
        "decided_at": clock.now(),
        "is_granted": True,
    },
    "staff_request_decided_whole": {"decided_at": clock.now()},
    "staff_request_funder_named": {"act": "ROLE", "role": "FUNDER", "period": period(NOV, NOV + DAY)},
    "staff_request_former_of_an_address": {"former": "avant@ancrage.test"},
    "staff_request_body_of_a_role": lambda row: {"organisation_id": Organisation.objects.values_list("pk")[:1]},
    "staff_request_says_what": {"email": "a@b.fr"},
    "sign_in_unknown_iff_nobody": {"user_id": None},
    "iban_change_waits_once": {},
    "iban_change_account_waits_once": {},
    "iban_change_payee_waits_once": {},
    "iban_change_says_what": lambda row: {"iban": row.former},
    "iban_change_decided_whole": {"is_granted": True},
    "iban_change_second_person": lambda row: {
        "decided_by_id": row.asked_by_id,
        "decided_at": clock.now(),
        "is_granted": True,
    },
    "organisation_siret_null_not_empty": {"siret": ""},
    "organisation_person_or_company": {"is_person": True, "is_family_company": True},
    "organisation_body_of_a_legal_person": {"is_person": True, "body": "HLM"},
    "organisation_role_once": {},
    "aid_scheme_once": {},
    "aid_scheme_needs": {"name": "autre", "needs": ["CAR"]},
    "aid_scheme_amount_positive": {"name": "autre", "amount_most": Decimal(0)},
    "aid_scheme_income_positive": {"name": "autre", "income_most": Decimal(0)},
    "aid_scheme_days": lambda row: {"name": "autre", "last_day": row.from_day - DAY},
    "aid_scheme_source": {"name": "autre", "source": ""},
    "parameter_value_no_overlap": {},
    "parameter_value_period_not_empty": {"period": EMPTY},
    "parameter_value_territory_iff_departement": {"scope": "NATIONAL", "territory": "44"},
    "parameter_value_departement_is_over": {"scope": "DEPARTEMENT", "territory": "44"},
    "message_key_once": {"provider_ref": ""},
    "message_provider_ref_once": {"key": "autre"},
    "message_gone_is_dated": {"key": "autre", "provider_ref": "", "state": "SENT", "sent_at": None},
    "message_delivered_is_dated": {"key": "autre", "provider_ref": "", "state": "DELIVERED", "delivered_at": None},
    "message_stopped_says_why": {"key": "autre", "provider_ref": "", "state": "HELD", "why": ""},
    "message_address_where_sent": {"key": "autre", "provider_ref": "", "address": ""},
    "message_has_a_text": {"key": "autre", "provider_ref": "", "body": ""},
    "message_on_paper_has_its_paper": {"key": "autre", "provider_ref": "", "channel": "PAPER", "document_id": None},
    "task_to_do_once": {},
    "task_ended_iff_dated": {"state": "DONE", "ended_at": None},
    "task_dropped_iff_says_why": {"state": "DROPPED", "ended_at": clock.now(), "why": ""},
    "task_given_to_somebody": lambda row: {"about_id": 0, "assignee_id": None, "given_by_id": User.objects.all()[0].pk},
    "notice_choice_sms_has_phone": lambda row: {"user_id": _other(row, "user_id"), "urgent_by_sms": True, "phone": ""},
    "notice_once": {},
    "notice_told_if_urgent": {"key": "autre", "is_urgent": False, "told_at": clock.now()},
    "message_text_version_once": {},
    "message_text_version_positive": {"version": 0},
    "saved_view_name_once": {},
    "saved_view_has_name": {"name": "", "list": "autre"},
    "saved_view_searches_nobody": {"name": "autre", "query": "etat=tous&q=sarr"},
    "confirmation_once": {},
    "confirmation_has_reason": {"about_id": 0, "reason": ""},
    "delivery_report_once": {},
    "team_member_once": {},
    "role_grant_no_overlap": {},
    "role_grant_funder_named": {"role": "FUNDER", "organisation_id": None},
    "role_grant_period_not_empty": {"period": EMPTY},
    # -- stock
    "head_agreement_period_not_empty": {"period": EMPTY},
    "head_agreement_mandate_for_mandants": {"kind": "MANDATE", "rent_collected_for": "ITSELF"},
    "head_agreement_fee_plausible": {"fee_percent": Decimal(100)},
    "agreement_dwelling_no_overlap": {"gives_title": False},
    "agreement_dwelling_one_title": lambda row: {"agreement_id": _other(row, "agreement_id")},
    "agreement_dwelling_period_not_empty": {"period": EMPTY},
    "agreement_dwelling_rent_positive": {"upstream_rent": Decimal(-1)},
    "building_address_once": {},
    "dwelling_rooms_positive": {"rooms": 0},
    "dwelling_surface_plausible": {"surface": Decimal(0)},
    "unit_whole_once": {"kind": "WHOLE", "label": ""},
    "unit_room_label_once": {},
    "unit_label_iff_room": {"kind": "ROOM", "label": ""},
    "vacancy_told_once": {},
    "vacancy_told_reason_known": {"reason": "OTHER"},
    "vacancy_told_withdrawn_whole": lambda row: {
        "reason": "UNFIT",
        "withdrawn_by_id": User.objects.values_list("pk")[:1],
    },
    # -- leases
    "membership_one_household": lambda row: {"household_id": _other(row, "household_id")},
    "membership_period_not_empty": {"period": EMPTY},
    "lease_period_not_empty": {"period": EMPTY},
    "lease_signed_unless_draft": {"state": "ACTIVE", "signed_on": None},
    "lease_ended_has_end": {"state": "ENDED", "end_reason": ""},
    "lease_managed_for_mandants": {"kind": "MANAGED", "collected_for": "ITSELF"},
    "lease_party_no_overlap": {"role": "CO_HOLDER"},
    "lease_party_one_holder": lambda row: {"person_id": _other(row, "person_id"), "role": "HOLDER"},
    "lease_party_period_not_empty": {"period": EMPTY},
    "lease_check_once": {},
    "paper_wish_once": {},
    "paper_wish_express": {"proof": "", "withdrawn_at": clock.now()},
    "occupancy_unit_once": {"main_period": None, "overlap_reason": "Hébergé"},
    "occupancy_whole_or_rooms": _in_a_room,
    "occupancy_one_main_home": _in_another_home,
    "occupancy_period_not_empty": {"period": EMPTY, "main_period": None, "overlap_reason": "x"},
    "occupancy_exception_explained": {"main_period": None, "overlap_reason": ""},
    "rent_term_no_overlap": {},
    "rent_term_amount_positive": {"amount": Decimal(-1)},
    "rent_term_period_not_empty": {"period": EMPTY},
    "rent_term_mode_iff_charges": {"nature": "RENT", "mode": "PROVISION"},
    "due_terms_no_overlap": {},
    "due_terms_day_of_month": {"due_day": 32},
    "due_terms_period_not_empty": {"period": EMPTY},
    # -- maintenance
    "ticket_assigned_has_assignee": {"state": "ASSIGNED", "assignee_id": None},
    "ticket_closed_iff_ended": {"state": "ASSIGNED", "closed_at": clock.now()},
    "ticket_done_says_who_pays": {"state": "DONE", "closed_at": clock.now(), "paid_by": ""},
    "ticket_hold_whole": {"hold_reason": "PART"},
    "intervention_one_running": {"ended_at": None, "outcome": ""},
    "intervention_outcome_iff_ended": {"ended_at": None, "outcome": "DONE"},
    "photo_of_one_thing": {"intervention_id": None, "signal_id": None},
    "photo_once_per_passage": {},
    "photo_once_per_signal": {},
    "photo_once_per_ticket": {},
    "blob_named_by_digest": {"sha256": "A" * 64},
    "blob_not_empty": {"sha256": "a" * 64, "size": 0},
    "blob_picture_has_sides": {"sha256": "a" * 64, "width": None},
    # -- rent_ledger
    "arrears_case_one_open": {},
    "arrears_case_no_overlap": lambda row: {"closed_on": row.opened_on + DAY},
    "arrears_case_dates": lambda row: {"closed_on": row.opened_on - DAY},
    "arrears_case_report_if_constituted": {"constituted_on": None, "report_due_on": date(2027, 1, 1)},
    "arrears_case_ccapex_with_reason": {"ccapex_on": date(2026, 11, 1), "ccapex": None},
    "social_answer_day_of_a_step": {"next_step": "", "next_step_on": date(2026, 12, 1)},
    "debt_hold_no_overlap": {},
    "early_sign_once": {},
    "early_sign_known_after": lambda row: {"key": "other", "known_on": row.since - DAY},
    "early_sign_dates": lambda row: {"key": "other", "ended_on": row.known_on - DAY},
    "sign_measure_once": {},
    "sign_measure_period": lambda row: {"kind": "LATE", "period": period(NOV, None)},
    "sign_measure_parts": lambda row: {"kind": "LATE", "right": row.signs + 1},
    "replay_row_once": {},
    "replay_row_of_a_policy": {"number": 2, "now_on": None, "changed_on": None},
    "sign_aside_once": {},
    "sign_aside_reason": lambda row: {"undone_at": clock.now(), "until": NOV, "reason": ""},
    "letter_hold_dates": lambda row: {"until": row.from_day - DAY},
    "letter_hold_a_year": lambda row: {"until": row.from_day + timedelta(days=367)},
    "social_answer_plan_amount": {"plan_amount": Decimal("10000.01")},
    "case_decision_reason": {"decision": "PAUSE", "reason": ""},
    "case_decision_undone_after": lambda row: {"undone_at": row.decided_at - DAY},
    "case_decision_undone_by_with_day": {"undone_at": None, "undone_by_id": 1},
    "repayment_plan_one_running": {},
    "repayment_plan_one_draft": {},
    "repayment_plan_end": {"end": "KEPT"},
    "repayment_plan_ends_signed": {"signed_on": None, "ended_on": NOV, "end": "KEPT"},
    "repayment_plan_broken_by": {"ended_on": NOV, "end": "BROKEN"},
    "repayment_plan_withdrawn_why": {"ended_on": NOV, "end": "WITHDRAWN", "end_reason": ""},
    "payer_report_once": {},
    "payer_report_of_a_case": {"case_id": None},
    "payer_report_to_a_payer": {"payer_id": None},
    "payer_report_drawn_after": {"drawn_on": NOV - DAY},
    "payer_report_sent_whole": {"sent_by": ""},
    "payer_report_sent_after": {"sent_on": NOV - DAY},
    "payer_report_not_to_come": {"sent_on": NOV + DAY, "answered_on": NOV + DAY},
    "payer_report_answered_whole": {"route": ""},
    "payer_report_stage_after": {"stage_on": NOV - DAY},
    "payer_report_plan_after": {"plan_sent_on": NOV - DAY},
    "payer_report_broken_after": {"broken_told_on": NOV},
    "payer_report_withdrawn_unsent": {"withdrawn_at": clock.now()},
    "plan_paper_once": {},
    "report_proof_once": {},
    "registered_number_once": {},
    "registered_posted_whole": {"number": ""},
    "registered_outcome_whole": {"outcome": ""},
    "registered_outcome_after": lambda row: {"outcome_on": row.posted_on - DAY},
    "registered_proof_once": {},
    "plan_debt_once": {},
    "plan_debt_positive": {"amount": Decimal(0)},
    "plan_instalment_once": {},
    "plan_instalment_positive": {"amount": Decimal(0)},
    "debt_freeze_one_running": {},
    "freeze_step_once": {},
    "freeze_step_until": {"kind": "MEASURES", "until": None},
    "procedure_one_running": {},
    "procedure_has_a_track": {"ended_on": NOV, "track": "NONE"},
    "procedure_step_once": {},
    "procedure_step_items": {"kind": "COMMAND", "items": [], "amount": Decimal(1)},
    "procedure_step_hearing": {"kind": "WRIT"},
    "procedure_step_sum": {"kind": "DELAYS", "amount": None, "until": NOV + DAY, "monthly": 1, "first_on": NOV + DAY},
    "procedure_step_given": {"monthly": Decimal(1), "kind": "POSTPONED", "hearing_on": NOV + DAY},
    "procedure_step_until": {"kind": "POSTPONED", "hearing_on": NOV + DAY, "until": NOV + DAY},
    "procedure_step_bad_faith": {"kind": "POSTPONED", "hearing_on": NOV + DAY, "bad_faith": True},
    "procedure_step_why": {"kind": "CLOSED"},
    "step_proof_once": {},
    "clause_choice_reason": {"reason": ""},
    "frozen_debt_once": {},
    "frozen_debt_positive": {"amount": Decimal(0)},
    "bank_line_once": {"entry_id": None},
    "bank_file_once": {},
    "bank_statement_withdrawn_why": {"state": "OUT", "withdrawn_at": clock.now(), "withdrawn_why": ""},
    "match_account_once": {"entry_id": None},
    "match_amount_not_zero": {"amount": Decimal(0)},
    "known_iban_once": {},
    "benefit_right_no_overlap": {},
    "benefit_right_amount_positive": {"amount": Decimal(0)},
    "benefit_right_period_not_empty": {"period": EMPTY},
    "benefit_right_ends_with_stay": {"ends_with_stay": True, "period": period(date(2026, 2, 1))},
    "benefit_right_followed_where_left": {"is_followed": True},
    "benefit_retention_no_overlap": {},
    "benefit_retention_whole_months": {"period": period(date(2026, 2, 2), date(2026, 3, 1))},
    "benefit_retention_ends_with_outcome": {"period": period(date(2026, 2, 1))},
    "benefit_retention_loss_where_lost": {"loss_id": 1},
    "benefit_statement_lines_once": {"sha256": "b" * 64},
    "benefit_statement_file_once": {"lines_sha256": ""},
    "benefit_statement_withdrawn_why": {"withdrawn_at": clock.now(), "withdrawn_why": ""},
    "benefit_line_rank_once": {},
    "benefit_line_matched_has_right": {"state": "MATCHED", "right_id": None},
    "rent_run_month_first_day": {"month": date(2026, 11, 2)},
    "run_preview_month_first_day": {"month": date(2026, 11, 2)},
    "rent_run_one_at_a_time": {"state": "RUNNING"},
    "rent_demand_once": {"number": 900_000},
    "rent_demand_number_once": lambda row: {
        "lease_id": _other(row, "lease_id"),
        "kind": "INDEMNITY",
        "run_id": row.run_id,
    },
    "rent_demand_net": lambda row: {"net": row.net + 1},
    "rent_demand_benefit_within_gross": lambda row: {"benefit": row.gross + 1, "net": Decimal(-1)},
    "rent_demand_month_first_day": {"month": date(2026, 11, 2)},
    "rent_demand_cancelled_dated": {"cancelled_at": clock.now()},
    "rent_demand_days": lambda row: {"billed_to": row.billed_from},
    "demand_line_amount_not_zero": {"position": 90, "amount": Decimal(0)},
    "demand_line_month_first_day": {"position": 90, "for_month": date(2026, 11, 2)},
    "payment_amount_positive": {"amount": Decimal(0)},
    "ledger_print_once": {},
    "receipt_number_once": lambda row: {"number": row.number},
    "receipt_full_once": {"kind": "FULL", "number": 900_000},
    "ledger_month_first_day": {"month": date(2031, 1, 2)},
    "account_tenant_once": {},
    "account_benefit_once": {},
    "account_landlord_once": {},
    "account_mandant_once": {},
    "account_deposit_once": {},
    "account_general_below_1000": {"id": 999},
    "account_tenant_has_lease": {"household_id": None},
    "account_benefit_has_payer": {"kind": "BENEFIT", "organisation_id": None},
    "account_bank_iff_bank": {"bank_account_id": 1},
    "account_debtor_no_overlap": {},
    "entry_reverses_only_reversal": lambda row: {"reverses_id": row.pk},
    "entry_idempotency_key": {},
    "posting_amount_positive": {"amount": Decimal(0)},
    "posting_two_accounts": lambda row: {"credit_id": row.debit_id},
    "posting_for_month_first_day": {"for_month": date(2026, 11, 2)},
    "allocation_not_zero": {"amount": Decimal(0)},
    "open_item_remaining_positive": {"remaining": Decimal(0)},
    # -- social_link
    "referent_one_at_a_time": {},
    "referent_period_not_empty": {"period": EMPTY},
    "measure_one_lead": {},
    "measure_period_not_empty": {"period": EMPTY},
    "measure_end_explained": {"ended_on": date(2026, 11, 5), "end_reason": ""},
    "measure_ended_by_its_term": lambda row: {
        "ended_on": row.planned_end + DAY,
        "period": period(row.period.lower, row.planned_end + 2 * DAY),
        "end_reason": "TERM",
    },
    "measure_planned_after_start": lambda row: {"planned_end": row.period.lower - DAY},
    "measure_agreed_before_signature": {"signed_on": date(2026, 11, 5), "agreed_on": date(2026, 11, 6)},
    "measure_outcome_at_its_end": {"outcome": "STAYED", "is_lead": False},
    "measure_excluded_unless_why": {"exclusions": ["HOSTED"], "despite": "", "is_lead": False},
    "measure_aims_known": {"aims": ["MOON"], "is_lead": False},
    "agreement_text_version_positive": {"version": 0},
    "agreement_one_first": {},
    "agreement_bytes_with_hash": lambda row: {"measure_id": _other(row, "measure_id"), "sha256": "x"},
    "agreement_signed_once_by_each": {},
    "agreement_signature_whole": {"party": "HOUSEHOLD", "name": ""},
    "agreement_signature_drawn": {"party": "HOUSEHOLD", "way": "SCREEN"},
    "agreement_signature_stroke_bounded": lambda row: {
        "party": "HOUSEHOLD",
        "way": "SCREEN",
        "stroke": "M0 0" + "L1 1" * LONGEST_TEXT,
        "recorded_by_id": row.agreement.author_id,
    },
    "agreement_scan_once": {},
    "letter_text_version_once": {},
    "letter_text_whole": {"version": 2, "body": ""},
    "support_letter_once": {},
    "support_letter_told_whole": {"moment": "END", "told_on": date(2026, 11, 5)},
    "assessment_one_start_one_end": {"on": NOV + DAY},
    "assessment_once_a_day": {"moment": "MIDDLE"},
    "assessment_in_scale": {"moment": "MIDDLE", "on": NOV + DAY, "job": 6},
    "objective_once": {},
    "objective_whole": {"text": ""},
    "objective_early_if_second": {"text": "x", "early_why": "x"},
    "objective_review_once_a_day": {},
    "objective_review_known": {"on": NOV + DAY, "score": 6},
    "masp_contract_whole": lambda row: {"measure_id": _other(row, "measure_id"), "benefits": []},
    "masp_rent_first": lambda row: {"measure_id": _other(row, "measure_id"), "uses": ["DEBTS", "RENT"]},
    "referral_one_waits": {},
    "referral_named_once": {"last_name": "Sarr", "withdrawn_at": clock.now()},
    "referral_partner_named": {"referrer": "CAF_DESK", "withdrawn_at": clock.now()},
    "referral_asks_something": {"aims": [], "withdrawn_at": clock.now()},
    "referral_commission_before": {"commission_on": date(2100, 1, 1), "withdrawn_at": clock.now()},
    "referral_excluded_unless_why": {"state": "INSIDE", "exclusions": ["HOSTED"], "despite": ""},
    "referral_measure_opened": {"state": "MEASURE"},
    "referral_joined_to_another": lambda row: {"joined_to_id": row.pk, "household_id": None, "last_name": "Sarr"},
    "referral_link_opens_one": {"kind": "INTAKE"},
    "referral_link_one_state": {},
    "referral_step_received_once": {},
    "referral_step_oriented_somewhere": {"kind": "OUTSIDE", "service": "SUPPORT"},
    "referral_step_outside_only": {"kind": "ASSESSED", "consented_on": NOV},
    "referral_step_dropped_for": {"kind": "DROPPED"},
    "commission_once_a_day": {},
    "commission_entries_before": lambda row: {"entries_until": row.held_on + DAY, "withdrawn_at": clock.now()},
    "commission_closed_whole": {"closed_at": clock.now(), "held_on": date(2026, 12, 1)},
    "commission_closed_or_withdrawn": lambda row: {
        "closed_at": clock.now(),
        "closed_by_id": row.author_id,
        "withdrawn_at": clock.now(),
    },
    "commission_quorum_positive": {"quorum": 0, "withdrawn_at": clock.now()},
    "commission_member_once": {},
    "commission_member_function": {"function": ""},
    "commission_item_asks_whole": {"months": None, "kind": "ASLL"},
    "commission_item_renewal_once": {},
    "commission_item_measure_once": {},
    "commission_item_opening_once": {},
    "commission_item_answers_what_is_asked": {**DECIDED, "kind": "ASLL", "decision": "RENEWED", "granted": 6},
    "commission_item_decided_whole": {"kind": "ASLL", "decision": "NO"},
    "commission_item_granted_whole": lambda row: {
        **DECIDED,
        "kind": "ASLL",
        "decision": "ACCORD",
        "decided_by_id": row.referent_id,
    },
    "commission_item_conditions_of_a_yes": {"kind": "ASLL", "conditions": ["RENT"]},
    "commission_item_informs_one": {"kind": "ASLL", "agreed_to_inform": True},
    "orientation_once": {},
    "chain_day_once": {},
    "diagnosis_once_a_day": {},
    "diagnosis_line_once": {},
    "chain_day_typed": {"link": "ACCESS"},
    "intensity_once_a_day": {},
    "carrier_once": {"role": "WITH_US"},
    "carrier_one_member": lambda row: {"organisation_id": _other(row, "organisation_id")},
    "carrier_bounded": {"period": EMPTY},
    "refusal_once": {},
    "watch_once_a_month": {},
    "watch_after_the_end": {"months": 0},
    "watch_noted_whole": {"months": 20, "seen_on": date(2026, 11, 20)},
    "watch_debt_of_a_home": {"months": 20, "debt": "SOME"},
    "reopening_waits_once": {},
    "reopening_partner_who_asks": lambda row: {"partner_id": Organisation.objects.values_list("pk", flat=True)[0]},
    "reopening_whole": {"reasons": []},
    "reopening_oriented_whole": {"oriented_on": NOV},
    "reopening_measure_is_ours": lambda row: {"measure_id": _other(row, "former_id")},
    "funding_line_once": {},
    "funding_line_bounded": {"period": EMPTY},
    "funding_line_places": {"places": 0, "period": EMPTY_OF_OTHERS},
    "funding_line_rate": {"rate": Decimal(0), "period": EMPTY_OF_OTHERS},
    "funding_share_within_whole": {},
    "funding_share_of_a_hundred": {"parts": (99, 101)},
    "funding_share_bounded": {"period": EMPTY},
    "renewal_no_overlap": {"decision": "GRANTED", "decided_on": NOV},
    "renewal_waits_once": {"decision": "", "decided_on": None},
    "renewal_bounded": {"period": EMPTY},
    "renewal_decided_whole": {"decided_on": None},
    "renewal_signed_if_granted": {"signed_on": NOV},
    "former_kind_once": {},
    "absence_one_at_a_time": {},
    "absence_bounded": {"period": EMPTY},
    "absence_by_another": lambda row: {"stand_in_id": row.user_id, "ended_at": clock.now()},
    "stand_in_once": {},
    "alert_one_open_per_household": {},
    "alert_raised_not_acknowledged": {"state": "RAISED", "acknowledged_at": clock.now()},
    "alert_answered_iff_dated": {"state": "ANSWERED", "answered_at": None},
    "alert_step_of_an_answer": {"step_done_at": clock.now(), "answer": None},
    "signal_answer_known": {"outcome": "PERHAPS"},
    "signal_answer_back_iff_not_seen": {"outcome": "NOT_SEEN", "back_on": None},
    "signal_answer_ends_once": {},
    "signal_answer_back_once": {},
    "note_reader_once": {},
    "note_level_known": {"level": "PUBLIC"},
    "note_text_sealed": {"sealed_text": b"Venue seule"},
    "note_version_counted": {"version": 0},
    "difficulty_once": {},
    "difficulty_dated": {"period": EMPTY},
    "difficulty_ended_by_somebody": lambda row: {"kind": "RESOURCES", "ended_by_id": row.noted_by_id},
    "difficulty_known": {"kind": "X"},
    "partner_once": {},
    "partner_function_known": {"function": "X"},
    "partner_link_once": {},
    "partner_link_dated": {"period": EMPTY},
    "partner_consent_whole": {"given_on": date(2026, 11, 5), "period": EMPTY_OF_OTHERS},
    "partner_consent_withdrawn_after": {"withdrawn_on": date(2026, 11, 5), "period": EMPTY_OF_OTHERS},
    "settling_tick_once": {},
    "settling_tick_known": {"step": "X"},
    "furniture_once": {},
    "furniture_known": {"kind": "X"},
    "furniture_counted": {"kind": "TABLE", "quantity": 0},
    "furniture_paid_by_its_file": lambda row: {"kind": "TABLE", "aid_file": 1, **_asked(row)},
    "furniture_asked_whole": {"kind": "TABLE", "asked": Decimal(1)},
    "furniture_obtained": lambda row: {"kind": "TABLE", **_asked(row), "obtained": Decimal(-1)},
    "furniture_received_after": lambda row: {"kind": "TABLE", **_asked(row), "received_on": date(2000, 1, 1)},
    "file_request_one_waits": {},
    "file_request_given_whole": {"given_on": date(2000, 1, 1)},
    "file_request_given_or_withdrawn": lambda row: {
        "given_on": row.asked_on,
        "given_by_id": row.noted_by_id,
        "withdrawn_at": clock.now(),
    },
    "file_request_answered_after": {"answer_by": date(2000, 1, 1)},
    "right_fact_person": {"person_id": None},
    "right_fact_said": {"said": "PERHAPS", "refusal": "", "contest_by": None},
    "right_fact_renewal": lambda row: {"renew_on": row.on},
    "right_fact_amount": {"amount": 1, "per": ""},
    "right_fact_refusal": {"refusal": ""},
    "household_budget_persons": {"older": 0},
    "household_budget_amounts": {"rent": -1},
    "budget_amount_once": {},
    "budget_amount_positive": {"amount": 0},
    "note_answer_once": {},
    "note_answer_kept_for_a_reason": {"why": "OTHERS", "struck": [1]},
    "contact_outcome_of_a_meeting": {"kind": "ABSENCE", "outcome": "SEEN"},
    "contact_minutes_known": {"minutes": 20},
    "contact_theme_known": {"theme": "MOON"},
    "contact_collective_attended": {"kind": "GROUP", "outcome": "SEEN"},
    "incident_coded": {"kind": "LOVE"},
    "incident_acts_known": {"acts": ["DANCED"]},
    "incident_settled_on_a_day": {"settled_on": date(2000, 1, 1)},
    "visit_planned_whole": {"planned_as": "VISIT", "planned_on": None},
    "observation_once": {},
    "observation_coded": {"line": "ROOF"},
    "observation_ticket_of_what_is_to_treat": {"line": "ENERGY", "finding": "WATCH"},
    "reminder_coded": lambda row: {"visit_id": _other(row, "visit_id"), "kind": "SING"},
    "reminder_done_by_somebody": lambda row: {"visit_id": _other(row, "visit_id"), "done_at": clock.now()},
    "credit_choice_one_standing": {},
    "credit_choice_whole": {"iban": "x"},
    "credit_choice_ends_once": lambda row: {"undone_at": clock.now(), "replaced_at": clock.now()},
    "refund_file_pays": lambda row: {"reference": "other", "count": 0},
    "refund_file_handed_or_withdrawn": lambda row: {
        "reference": "other",
        "handed_at": clock.now(),
        "withdrawn_at": clock.now(),
    },
    "refund_transfer_once": {},
    "refund_transfer_amount": lambda row: {"is_live": False, "amount": Decimal(0)},
    # -- guarantors
    "guarantee_of_its_kind": {"kind": "JOINT", "reference": "x"},
    "guarantee_visa_has_a_number": {"reference": "", "period": EMPTY_OF_OTHERS},
    "guarantee_one_ceiling": {"ceiling": Decimal(1), "ceiling_months": 1, "period": EMPTY_OF_OTHERS},
    "guarantee_period_not_empty": {"period": EMPTY},
    "guarantee_of_a_person_once": {},
    "guarantee_of_a_body_once": {},
    "guarantee_deed_once": {},
    "guarantor_notice_one_to_send": {},
    "guarantor_notice_sent_whole": {"sent_by": "LETTER", "withdrawn_at": None},
    "guarantor_notice_withdrawn_unsent": {"sent_on": NOV, "sent_by": "LETTER", "withdrawn_at": clock.now()},
    "guarantee_claim_positive": {"amount": Decimal(0)},
    "guarantee_claim_answered_whole": {"answered_on": NOV},
    "guarantee_claim_accepted": {"accepted": Decimal(1)},
    "guarantee_claim_refused_why": {"refused_why": "LATE"},
    "claim_item_once": {},
    "claim_item_positive": {"amount": Decimal(0)},
    "claim_paper_once": {},
    "guarantor_payment_positive": {"amount": Decimal(0)},
    "guarantor_payment_once": {},
    # -- what is given up
    "aid_file_one_running": {},
    "aid_file_asked_positive": {"ended_on": NOV, "asked": Decimal(0)},
    "aid_file_debt_of_an_account": {"ended_on": NOV, "account_id": None},
    "aid_file_ends_after": lambda row: {"ended_on": row.opened_on - DAY},
    "aid_step_once": {},
    "aid_step_until": {"kind": "COMPLETED", "until": NOV + DAY},
    "aid_step_granted": {"kind": "COMPLETED", "grant": Decimal(1)},
    "aid_step_paid": {"kind": "COMPLETED", "amount": Decimal(1)},
    "aid_step_money_on_the_account": {"kind": "PAID", "amount": Decimal(1), "payee": "LANDLORD"},
    "aid_step_why": {"kind": "REFUSED", "why": "NO_NEED"},
    "aid_paper_once": {},
    "budget_persons": {"persons": 0},
    "budget_amounts": {"resources": Decimal(-1)},
    "budget_line_once": {},
    "budget_line_positive": {"kind": "TAX", "amount": Decimal(0)},
    "write_off_waits_once": {},
    "write_off_amount_positive": {"amount": Decimal(0)},
    "write_off_why_of_its_kind": {"why": "HARDSHIP"},
    "write_off_second_person": lambda row: {"of_two": True, "first_by_id": row.asked_by_id, "first_at": clock.now()},
    "write_off_two_signatures": {"first_at": clock.now()},
    "write_off_decided_whole": {"answer": "x"},
    "write_off_refused_why": lambda row: {
        "state": "REFUSED",
        "decided_by_id": row.asked_by_id,
        "decided_at": clock.now(),
    },
    "write_off_entered_iff_decided": lambda row: {"entry_id": Posting.objects.values_list("entry", flat=True)[0]},
    "write_off_undone_whole": {"undone_why": "x"},
    "write_off_item_once": {},
    "write_off_item_positive": {"amount": Decimal(0)},
    "write_off_paper_once": {},
    "recovery_positive": {"amount": Decimal(0)},
    # -- texts that people type
    **{
        f"{row}_{field}_bounded": {field: "a" * (LONGEST_TEXT + 1)} | ({"id": 1} if row == "association" else {})
        for row, field in (
            ("agreement_text", "aim"),
            ("letter_text", "body"),
            ("agreement_text", "rights"),
            ("association", "address"),
            ("organisation", "address"),
            ("aid_scheme", "conditions"),
            ("parameter_value", "source"),
            ("guarantee", "address"),
            ("building", "access_notes"),
            ("dwelling", "access_notes"),
            ("lease_check", "waiver"),
            ("ticket", "description"),
            ("intervention", "report"),
            ("measure", "advice"),
        )
    },
}
NOT_A_RULE = {
    "unit_with_dwelling": "(id, dwelling) is what the foreign key of an occupancy refers to; id is unique already",
    "measure_with_its_end": "(id, day) is what the key of what follows its end refers to; id is unique already",
    "lease_with_its_signature": "(id, day) is what the key of a measure signed with it refers to; id is unique already",
    "bank_statement_account": "(id, account) is what the foreign key of a line refers to; id is unique already",
}


def test_every_constraint_is_in_the_table() -> None:
    assert set(declared()) == set(BROKEN) | set(NOT_A_RULE)


# Which good row is copied, where the first of its table would not do.
PICK: dict[str, dict[str, Any]] = {
    "message_address_where_sent": {"channel": "SMS"},
    "iban_change_account_waits_once": {"organisation": None, "payee_id": None},
    "iban_change_payee_waits_once": {"payee_id": 1},
    **{f"task_{name}": {"state": "TODO"} for name in ("to_do_once", "ended_iff_dated", "dropped_iff_says_why")},
    **{name: {"sent_by": "LETTER"} for name in BROKEN if name.startswith("payer_report_")},
    "commission_item_renewal_once": {"ask": "RENEWAL"},
    "commission_item_measure_once": {"ask": "END"},
    "guarantee_of_a_person_once": {"kind": "JOINT"},
    **{f"guarantee_{name}": {"kind": "VISALE"} for name in ("visa_has_a_number", "of_its_kind", "of_a_body_once")},
    "repayment_plan_one_running": {"signed_on": NOV, "ended_on": None},
    "repayment_plan_one_draft": {"signed_on": None},
    "repayment_plan_end": {"signed_on": NOV, "ended_on": None},
    "repayment_plan_ends_signed": {"signed_on": NOV, "ended_on": None},
    "repayment_plan_broken_by": {"signed_on": NOV, "ended_on": None},
    "repayment_plan_withdrawn_why": {"signed_on": NOV, "ended_on": None},
    **{
        f"plan_{of}_{rule}": {"plan__signed_on": None} for of in ("debt", "instalment") for rule in ("once", "positive")
    },
    "unit_whole_once": {"kind": "WHOLE"},
    "unit_room_label_once": {"kind": "ROOM"},
    "account_tenant_once": {"kind": "TENANT"},
    "account_benefit_once": {"kind": "BENEFIT"},
    "account_landlord_once": {"kind": "LANDLORD"},
    "account_mandant_once": {"kind": "MANDANT"},
    "account_deposit_once": {"kind": "DEPOSIT"},
    "account_general_below_1000": {"kind": "TENANT"},
    "account_tenant_has_lease": {"kind": "TENANT"},
    "account_benefit_has_payer": {"kind": "TENANT"},
    "account_bank_iff_bank": {"kind": "TENANT"},
    "intervention_one_running": {"ended_at": None},
    "photo_once_per_passage": {"signal": None, "ticket": None},
    "photo_once_per_signal": {"intervention": None, "ticket": None},
    "photo_once_per_ticket": {"intervention": None, "signal": None},
    "observation_ticket_of_what_is_to_treat": {"ticket__isnull": False},
    "rent_run_one_at_a_time": {"state": "RUNNING"},
    "receipt_full_once": {"kind": "FULL"},
    "rent_term_mode_iff_charges": {"nature": "RENT"},
    "alert_one_open_per_household": {"state": "ACK"},
    "renewal_no_overlap": {"decision": "GRANTED"},
    "renewal_waits_once": {"decision": ""},
    "renewal_bounded": {"decision": "GRANTED"},
    "renewal_decided_whole": {"decision": "GRANTED"},
    "renewal_signed_if_granted": {"decision": ""},
    "signal_answer_back_once": {"outcome": "NOT_SEEN"},
    "signal_answer_ends_once": {"outcome": "WELL"},
    "organisation_siret_null_not_empty": {"siret": None},
    "entry_reverses_only_reversal": {"kind": "DEMAND"},
    "arrears_case_report_if_constituted": {"closed_on": None},
    "arrears_case_ccapex_with_reason": {"closed_on": None},
}


def _rest() -> None:
    """A row of each table that the house of the access tests leaves empty."""
    world = build()
    home, manager = world.mine, world.people["RENTAL_MANAGER"]
    posting = Posting.objects.filter(entry__kind="DEMAND", debit_id=home.account)[0]
    DebtHold.objects.create(posting=posting, kind="PLAN", period=period(date(2026, 11, 5)), reason="x", author=manager)
    running = RepaymentPlan.objects.get(account_id=home.account, signed_on=None)
    PlanDebt.objects.create(plan=running, posting=posting, amount=1)
    RepaymentPlan.objects.filter(pk=running.pk).update(signed_on=NOV)
    budget = BudgetEstimate.objects.create(account_id=home.account, persons=1, resources=1, term=1, aid=0)
    BudgetLine.objects.create(budget=budget, kind="ENERGY", amount=1)
    Guarantee.objects.create(
        lease=home.lease, kind="JOINT", person=home.lease.parties.all()[0].person, period=period(NOV)
    )
    ClauseChoice.objects.create(lease=home.lease, delay="2_MONTHS", reason="x")
    freeze, _ = DebtFreeze.objects.get_or_create(person=home.lease.parties.all()[0].person)
    FreezeStep.objects.create(freeze=freeze, kind="MORATORIUM", on=NOV, until=NOV + DAY)
    FrozenDebt.objects.create(freeze=freeze, posting=posting, amount=1)
    draft = RepaymentPlan.objects.create(account_id=home.account, author=manager)
    PlanDebt.objects.create(plan=draft, posting=posting, amount=1)
    PlanInstalment.objects.create(plan=draft, due_on=NOV, amount=1)
    PayerReport.objects.filter(lease=home.lease).update(
        sent_on=NOV, sent_by="LETTER", noted_on=NOV, route="PLAN", answered_on=NOV
    )
    CaseDecision.objects.create(case=home.case, proposed="CALL", decision="CONFIRM", action="CALL", author=manager)
    RegisteredLetter.objects.update(outcome="RECEIVED", outcome_on=models.F("posted_on"))
    IbanChange.objects.create(bank_account=make_bank_account(), iban="x", asked_by=manager)
    IbanChange.objects.create(payee_id=1, payee="Compte 1", iban="x", asked_by=manager)
    SignIn.objects.create(user=manager, outcome="DONE")
    AgreementText.objects.create(version=1, aim="x", rights="x")
    asked = {"measure": home.measure, "proposed_on": NOV, "period": period(date(2027, 4, 1), date(2027, 10, 1))}
    Renewal.objects.create(**asked)
    Renewal.objects.create(**asked, decision="GRANTED", decided_on=NOV)
    on_agenda = {"commission": Commission.objects.all()[0], "household": home.lease.household, "measure": home.measure}
    given = {**on_agenda, "referent": home.planned.author, "rank": 9}
    CommissionItem.objects.create(**given, ask="RENEWAL", renewal=Renewal.objects.filter(decision="")[0])
    CommissionItem.objects.create(**given, ask="END", end_reason="TERM")
    visit = Visit.objects.get(contact=world.objects["visit"][0])
    Observation.objects.create(visit=visit, line="ENERGY", finding="TREAT", ticket=home.ticket)
    Photo.objects.create(ticket=home.ticket, blob=home.photo.blob, name="x")
    NoteReader.objects.create(note=home.notes["SEALED"], user=manager)
    NoteAnswer.objects.create(request=FileRequest.objects.all()[0], note_id=1, version=1, decided_by=manager)
    for outcome, back_on in (("WELL", None), ("NOT_SEEN", NOV + DAY)):
        SignalAnswer.objects.create(
            fact=home.alert.facts.all()[0], outcome=outcome, back_on=back_on, said_on=NOV, said_at=clock.now(),
            said_by=manager, key=uuid4(),
        )  # fmt: skip
    Unit.objects.create(dwelling=make_dwelling(), kind="ROOM", label="Chambre 1")
    VacancyTold.objects.create(dwelling=make_dwelling(), reason="WORKS", since=NOV)
    Intervention.objects.create(ticket=home.ticket, technician=manager)
    schedule = Schedule.objects.first() or Schedule.objects.create(task="x", label="x", every="DAY")
    ScheduleRun.objects.create(schedule=schedule, period="2000-01-01")
    Confirmation.objects.create(about="lease", about_id=1, question="OCCUPIED", reason="x")
    NoticeChoice.objects.create(user=User.objects.order_by("pk")[0])
    message = Message.objects.order_by("pk")[0]
    Message.objects.filter(pk=message.pk).update(provider="file", provider_ref="r")
    MessageText.objects.create(kind=message.kind, channel=message.channel, version=1, body="x")
    DeliveryReport.objects.create(provider="file", provider_ref="r", said="x", outcome="PROGRESS", message=message)
    JobChunk.objects.get_or_create(job=Job.objects.all()[0], rank=1, defaults={"payload": {}, "size": 1})
    SentRequest.objects.create(user=manager, key=uuid4(), operation="x", digest="0" * 64)
    LeaseCheck.objects.create(lease=home.lease, item="INVENTORY", done_on=date(2026, 1, 1), author=manager)
    line = Match._meta.get_field("line").remote_field.model.objects.all()[0]
    Match.objects.get_or_create(line=line, account_id=home.account, defaults={"amount": 1, "rule": "HAND"})
    KnownIban.objects.get_or_create(
        iban="FR7630001000010000000000197", account_id=home.account, defaults={"since": NOV}
    )
    lease, body = home.lease, home.lease.agreement.owner
    for pk, kind in ((900_001, "BENEFIT"), (900_002, "LANDLORD"), (900_003, "MANDANT")):
        Account.objects.create(id=pk, kind=kind, label="x", lease=lease, organisation=body)
    Account.objects.create(id=900_004, kind="DEPOSIT", label="x", lease=lease)
    RentRun.objects.create(month=date(2027, 1, 1), state="RUNNING")
    RunPreview.objects.create(
        month=date(2026, 11, 1), version=0, draft_count=0, drafted=0, made_count=0, lease_count=0, before_count=0,
        before_total=0, now_total=0, changed_count=0, same_count=0, held_count=0, held_monthly=0,
    )  # fmt: skip
    demand = Receipt.objects.all()[0].demand
    paper = Document.objects.create(kind="QUITTANCE", number="Q-ESSAI", title="x", data={}, template_version="1")
    sign = EarlySign.objects.create(
        account=Account.objects.filter(kind="TENANT").first(), kind="LATE", key="2026-11", since=NOV, known_on=NOV,
        reason={"code": "SIGN_NOT_PAID"},
    )  # fmt: skip
    SignAside.objects.create(sign=sign)
    SignMeasure.objects.create(period=period(NOV, NOV + DAY), within_days=60, signs=1, right=1, defaults=1, foreseen=1)
    ReplayRow.objects.create(
        job=Job.objects.all()[0], account_id=home.account, what="CALL", number=1, now_on=NOV, changed_on=NOV
    )
    LedgerPrint.objects.create(subject="entry", day=NOV, rows=1, digest=1)
    Receipt.objects.create(kind="FULL", demand=demand, number=900_001, amount=1, issued_on=NOV, document=paper)
    AccountDebtor.objects.get_or_create(
        account_id=home.account, person=Person.objects.all()[0], defaults={"role": "HOLDER", "period": period(NOV)}
    )


@pytest.fixture(scope="module")
def rows(django_db_setup: Any, django_db_blocker: Any, own_media: None) -> Iterator[None]:
    """All the good rows, once for the module, undone at its end."""
    with django_db_blocker.unblock(), clock.travel(NOV), transaction.atomic():
        _rest()
        yield
        transaction.set_rollback(True)


# What breaks a rule and always another one too: PostgreSQL names the one whose index was made first. A base that
# was restored makes them in another order.
OR = {"arrears_case_one_open": "arrears_case_no_overlap"}


def _fresh(field: Any) -> Any:
    """A value that no row has, for a field that is unique by itself."""
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.CharField):
        return f"{number():0{min(field.max_length or 12, 12)}d}"
    return None if field.null else 900_000 + number()


def copy_of(row: Any, **changes: Any) -> Any:
    """The row again, as a new one."""
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for field in row._meta.concrete_fields:
        if field.unique:
            facts[field.attname] = _fresh(field)
    if isinstance(row._meta.pk, models.AutoField):
        facts.pop(row._meta.pk.attname)
    return type(row)(**(facts | changes))


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_database_refuses_what_breaks_it(name: str, rows: None) -> None:
    model = declared()[name]
    row = model._default_manager.filter(**PICK.get(name, {})).order_by("pk").first()
    assert row is not None, f"no good row in {model._meta.label}"
    broken = BROKEN[name]
    bad = copy_of(row, **(broken(row) if callable(broken) else broken))
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        model._default_manager.bulk_create([bad])
    assert refusal.value.__cause__.diag.constraint_name in (name, OR.get(name))  # type: ignore[union-attr]
