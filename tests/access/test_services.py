"""Who calls which service: each is asked alone, with no page or operation before it, for the seven roles and nobody.

`SERVICES` is typed from what each trade does ("Who sees what" in docs/features.md, and the days of users), not read
from the code. A service that takes an `actor` and is missing from it, or from the list of those that ask nothing, is a
failure.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from common.errors import DomainError, NotAllowed
from office.access.actor import Actor
from office.access.permissions import needs_of
from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.services.letter_holds import hold_letters_of, lift_hold
from rent_ledger.arrears.services.taking_back import undo_lift
from rent_ledger.models import LetterHold
from tests.access.test_pages import LETTERS

ROOT = Path(__file__).resolve().parents[2]
APPS = ("office", "stock", "leases", "maintenance", "rent_ledger", "social_link")

# Service → letters of who may call it (G rental manager, T technician, S social worker, H head of social, D director,
# F funder, A administrator). What may be done to which object is decided behind, and tested with each service.
SERVICES: dict[str, str] = {
    # -- the house
    "office.house.save_association": "A",
    "office.house.save_bank_account": "A",
    "office.house.save_organisation": "GDA",
    "office.schemes.save_scheme": "HA",
    "office.house.decide_iban": "DA",
    "office.house.take_back_iban": "GDA",
    "office.house.ask_refund_iban": "G",
    "office.house.give_up_refund_iban": "G",
    "office.jobs.start_job": "GTSHDA",
    "office.jobs.resume_job": "GTSHDA",
    "office.outbox.withdraw": "G",
    "office.outbox.send_again": "G",
    "office.outbox.mark_seen": "G",
    "office.calls.record_call": "G",
    "office.calls.take_back_call": "G",
    "office.reading.open_message": "GSH",
    "office.reading.open_together": "GSH",
    "office.post.take_out": "G",
    "office.post.print_lot": "G",
    "office.post.mark_posted": "G",
    "office.post.take_back_posted": "G",
    "office.post.put_back": "G",
    "office.post.mark_returned": "G",
    "office.tasks.give_task": "G",
    "office.texts.save_text": "GA",
    "office.choices.save_choice": "GTSHDFA",
    "office.notices.mark_seen": "GTSHDFA",
    "office.notices.mark_opened": "GTSHDFA",
    "office.notices.mark_all_seen": "GTSHDFA",
    "office.notices.mark_unseen": "GTSHDFA",
    "office.saved_views.save_view": "GTSHDFA",
    "office.saved_views.rename_view": "GTSHDFA",
    "office.saved_views.remove_view": "GTSHDFA",
    "office.saved_views.put_back_view": "GTSHDFA",
    "office.parameters.set_value": "A",
    "office.parameters.withdraw_value": "A",
    "office.parameters.verify_value": "A",
    "office.calendars.make_calendar_address": "GTSHDFA",
    "office.calendars.end_calendar_address": "GTSHDFA",
    "office.tokens.issue_token": "GTSHDFA",
    "office.tokens.revoke_token": "GTSHDFA",
    "office.staff.save_user": "A",
    "office.staff.set_active": "A",
    "office.staff.password_path": "A",
    "office.staff.grant_role": "A",
    "office.staff.end_role": "A",
    "office.staff.confirm_request": "HD",
    "office.staff.refuse_request": "HD",
    "office.staff.save_team": "A",
    # -- the stock
    "stock.agreements.create_agreement": "G",
    "stock.agreements.update_agreement": "G",
    "stock.agreements.add_dwelling": "G",
    "stock.agreements.add_dwellings": "G",
    "stock.agreements.remove_dwelling": "G",
    "stock.dwellings.create_building": "G",
    "stock.dwellings.create_dwelling": "G",
    "stock.dwellings.update_dwelling": "G",
    "stock.dwellings.add_room": "G",
    "stock.dwellings.tell_vacancy_reason": "G",
    "stock.dwellings.withdraw_vacancy_reason": "G",
    "stock.importing.import_stock": "G",
    # -- households and leases
    "leases.households.create_household": "G",
    "leases.households.create_households": "G",
    "leases.households.update_household": "G",
    "leases.households.discard_household": "G",
    "leases.households.name_manager": "GH",
    "leases.households.lift_protection": "H",
    "leases.households.create_person": "G",
    "leases.households.update_person": "G",
    "leases.households.join_household": "G",
    "leases.households.leave_household": "G",
    "leases.households.come_back": "G",
    "leases.intake.take_in": "G",
    "leases.preparation.create_lease": "G",
    "leases.preparation.discard_draft": "G",
    "leases.preparation.take_back_lease": "G",
    "leases.parties.add_party": "G",
    "leases.parties.end_party": "G",
    "leases.parties.bind_again": "G",
    "leases.parties.remove_party": "G",
    "leases.guarantees.add_guarantee": "G",
    "leases.guarantees.correct_guarantee": "G",
    "leases.guarantees.end_guarantee": "G",
    "leases.guarantees.resume_guarantee": "G",
    "leases.guarantees.remove_guarantee": "G",
    "leases.guarantees.add_deed": "G",
    "leases.guarantees.remove_deed": "G",
    "leases.preparation.tick_check": "G",
    "leases.preparation.untick_check": "G",
    "leases.preparation.activate_lease": "G",
    "leases.wishes.record_wish": "G",
    "leases.wishes.withdraw_wish": "G",
    "leases.ending.record_notice": "G",
    "leases.ending.record_notices": "G",
    "leases.ending.withdraw_notice": "G",
    "leases.ending.undo_end": "G",
    "leases.ending.end_lease": "G",
    "leases.ending.end_leases": "G",
    "leases.ending.leave": "G",
    "leases.terms.set_rent_term": "G",
    "leases.terms.end_rent_term": "G",
    "leases.terms.set_due_terms": "G",
    # -- repairs
    "maintenance.tickets.open_ticket": "GSH",
    "maintenance.tickets.assign": "G",
    "maintenance.tickets.assign_many": "G",
    "maintenance.taking_back.take_back_given": "G",
    "maintenance.tickets.plan": "G",
    "maintenance.tickets.cancel": "G",
    "maintenance.tickets.hold": "GT",
    "maintenance.tickets.resume": "GT",
    "maintenance.tickets.start": "GT",
    "maintenance.tickets.mark_absent": "GT",
    "maintenance.tickets.close": "GT",
    "maintenance.taking_back.take_back": "GT",
    "maintenance.photos.add_photo": "GT",
    "maintenance.photos.remove_photo": "GT",
    "maintenance.photos.open_photo": "GTSHD",
    "maintenance.tickets.send_signal": "GT",
    "maintenance.tickets.withdraw_signal": "GT",
    # -- the rents
    "rent_ledger.runs.launch_run": "G",
    "rent_ledger.runs.resume_run": "G",
    "rent_ledger.runs.undo_run": "G",
    "rent_ledger.sending.mark_sent": "G",
    "rent_ledger.sending.unmark_sent": "G",
    "rent_ledger.sending.send_run": "G",
    "rent_ledger.sending.send_receipt": "G",
    "rent_ledger.sending.send_wanted_receipts": "G",
    "rent_ledger.corrections.correct_demand": "G",
    "rent_ledger.corrections.correct_all": "G",
    "rent_ledger.bank.import_bank_file": "G",
    "rent_ledger.bank.confirm_statement": "G",
    "rent_ledger.withdrawal.withdraw_statement": "G",
    "rent_ledger.benefit_credits.tie_credit": "G",
    "rent_ledger.inbox.accept_match": "G",
    "rent_ledger.inbox.accept_matches": "G",
    "rent_ledger.inbox.place_line": "G",
    "rent_ledger.inbox.place_lines": "G",
    "rent_ledger.inbox.undo_match": "G",
    "rent_ledger.inbox.undo_matches": "G",
    "rent_ledger.inbox.leave_line": "G",
    "rent_ledger.payments.take_payment": "G",
    "rent_ledger.payments.cancel_payment": "G",
    "rent_ledger.payment_receipts.payment_receipt": "G",
    "rent_ledger.rights.set_right": "G",
    "rent_ledger.rights.set_rights": "G",
    "rent_ledger.rights.end_right": "G",
    "rent_ledger.rights.end_rights": "G",
    "rent_ledger.settlement.settle_benefit_month": "G",
    "rent_ledger.settlement.settle_months": "G",
    "rent_ledger.settlement.settle_received_months": "G",
    "rent_ledger.benefit_statements.import_benefit_statement": "G",
    "rent_ledger.benefit_statements.assign_benefit_line": "G",
    "rent_ledger.withdrawal.withdraw_benefit_statement": "G",
    "rent_ledger.departure.keep_departure_month": "G",
    "rent_ledger.departure.drop_departure_month": "G",
    "rent_ledger.retention.note_retention": "G",
    "rent_ledger.retention.extend_retention": "G",
    "rent_ledger.retention.shorten_retention": "G",
    "rent_ledger.retention.end_retention": "G",
    "rent_ledger.retention.reopen_retention": "G",
    "rent_ledger.retention.withdraw_retention": "G",
    "rent_ledger.receipts.issue_receipt": "G",
    "rent_ledger.receipts.issue_due_receipts": "G",
    "rent_ledger.papers.demand_documents": "GH",
    "rent_ledger.statement_paper.statement_document": "GH",
    "rent_ledger.detection.detect_arrears": "G",
    "rent_ledger.signs.set_aside": "G",
    "rent_ledger.signs.undo_aside": "G",
    "rent_ledger.decisions.decide": "G",
    "rent_ledger.decisions.decide_many": "G",
    "rent_ledger.social.request_help": "G",
    "rent_ledger.decisions.record_report": "G",
    "rent_ledger.reports.prepare_reports": "G",
    "rent_ledger.reports.prepare_report": "G",
    "rent_ledger.reports.prepare_departure": "G",
    "rent_ledger.reports.withdraw_report": "G",
    "rent_ledger.reports.note_sent": "G",
    "rent_ledger.reports.take_back_sent": "G",
    "rent_ledger.reports.note_answer": "G",
    "rent_ledger.reports.take_back_answer": "G",
    "rent_ledger.registered.note_posted": "G",
    "rent_ledger.registered.take_back_posted": "G",
    "rent_ledger.registered.note_outcome": "G",
    "rent_ledger.registered.take_back_outcome": "G",
    "rent_ledger.registered.add_registered_proof": "G",
    "rent_ledger.registered.remove_registered_proof": "G",
    "rent_ledger.report_proofs.add_proof": "G",
    "rent_ledger.report_proofs.remove_proof": "G",
    "rent_ledger.taking_back.undo_decision": "G",
    "rent_ledger.taking_back.undo_decisions": "G",
    "rent_ledger.taking_back.withdraw_request": "G",
    "rent_ledger.taking_back.undo_lift": "GSH",
    "rent_ledger.taking_back.undo_release": "G",
    "rent_ledger.plans.propose_plan": "G",
    "rent_ledger.plans.discard_plan": "G",
    "rent_ledger.plan_paper.plan_document": "G",
    "rent_ledger.plans.sign_plan": "G",
    "rent_ledger.plans.undo_signature": "G",
    "rent_ledger.plan_papers.add_plan_paper": "G",
    "rent_ledger.plan_papers.remove_plan_paper": "G",
    "rent_ledger.plans.end_plan": "G",
    "rent_ledger.plans.resume_plan": "G",
    "rent_ledger.freezes.note_step": "G",
    "rent_ledger.freezes.undo_step": "G",
    "rent_ledger.credits.decide_credit": "G",
    "rent_ledger.telling.tell_household": "G",
    "rent_ledger.transfers.prepare_refund_file": "G",
    "rent_ledger.transfers.hand_refund_file": "G",
    "rent_ledger.transfers.take_back_handing": "G",
    "rent_ledger.transfers.withdraw_refund_file": "G",
    "rent_ledger.transfers.note_refused": "G",
    "rent_ledger.transfers.take_back_refused": "G",
    "rent_ledger.credits.undo_credit_choice": "G",
    "rent_ledger.budgets.estimate_budget": "SH",
    "rent_ledger.budgets.withdraw_budget": "SH",
    "rent_ledger.payer_plans.note_broken_told": "G",
    "rent_ledger.payer_plans.take_back_broken_told": "G",
    "rent_ledger.aid_files.open_on_answer": "GH",
    "rent_ledger.files.open_file": "SH",
    "rent_ledger.files.withdraw_file": "SH",
    "rent_ledger.files.add_aid_paper": "SH",
    "rent_ledger.files.remove_aid_paper": "SH",
    "rent_ledger.steps.note_aid_step": "GSH",
    "rent_ledger.steps.undo_aid_step": "GSH",
    "rent_ledger.write_offs.ask_write_off": "G",
    "rent_ledger.write_offs.sign_write_off": "D",
    "rent_ledger.write_offs.refuse_write_off": "D",
    "rent_ledger.write_offs.withdraw_write_off": "G",
    "rent_ledger.write_offs.undo_write_off": "D",
    "rent_ledger.write_offs.recover": "G",
    "rent_ledger.write_offs.undo_recovery": "G",
    "rent_ledger.papers.add_paper": "G",
    "rent_ledger.papers.remove_paper": "G",
    "rent_ledger.claims.ask_claim": "G",
    "rent_ledger.claims.withdraw_claim": "G",
    "rent_ledger.claims.note_answer": "G",
    "rent_ledger.claims.take_back_answer": "G",
    "rent_ledger.payments.note_payment": "G",
    "rent_ledger.payments.undo_payment": "G",
    "rent_ledger.notices.prepare_notice": "G",
    "rent_ledger.notices.withdraw_notice": "G",
    "rent_ledger.notices.note_sent": "G",
    "rent_ledger.notices.take_back_sent": "G",
    "rent_ledger.papers.add_claim_paper": "G",
    "rent_ledger.papers.remove_claim_paper": "G",
    "rent_ledger.steps.note_step": "G",
    "rent_ledger.steps.undo_step": "G",
    "rent_ledger.proofs.add_step_proof": "G",
    "rent_ledger.proofs.remove_step_proof": "G",
    "rent_ledger.clauses.choose_delay": "G",
    "rent_ledger.clauses.forget_delay": "G",
    "rent_ledger.debt_holds.hold_debt": "G",
    "rent_ledger.debt_holds.release_debt": "G",
    "rent_ledger.letter_holds.hold_letters_of": "GSH",
    "rent_ledger.letter_holds.lift_hold": "GSH",
    "rent_ledger.social.record_social_answer": "SH",
    "rent_ledger.social.withdraw_social_answer": "SH",
    "rent_ledger.measuring.measure_signs": "A",
    "rent_ledger.replaying.start_replay": "DA",
    "rent_ledger.replaying.adopt_replay": "A",
    # -- the social service
    "social_link.raising.raise_alerts": "H",
    "social_link.answers.acknowledge": "SH",
    "social_link.releasing.release": "SH",
    "social_link.answers.reassign": "SH",
    "social_link.answers.answer": "SH",
    "social_link.answers.already_followed": "SH",
    "social_link.answers.close_paid": "SH",
    "social_link.answers.take_back_answer": "SH",
    "social_link.signals.say_outcome": "SH",
    "social_link.signals.take_back_outcome": "SH",
    "social_link.steps.finish_step": "SH",
    "social_link.steps.resume_step": "SH",
    "social_link.contacts.log_contact": "SH",
    "social_link.contacts.log_contacts": "SH",
    "social_link.contacts.plan_contact": "SH",
    "social_link.contacts.complete_contact": "SH",
    "social_link.contacts.plan_again": "SH",
    "social_link.contacts.correct_contact": "SH",
    "social_link.contacts.withdraw_contact": "SH",
    "social_link.contacts.bring_back_contact": "SH",
    "social_link.contacts.write_note": "SH",
    "social_link.contacts.withdraw_note": "SH",
    "social_link.contacts.bring_back_note": "SH",
    "social_link.contacts.edit_note": "SH",
    "social_link.contacts.open_note": "GSH",
    "social_link.contacts.show_notes": "GSH",
    "social_link.contacts.open_signal_photo": "SH",
    "social_link.difficulties.note_difficulties": "SH",
    "social_link.difficulties.take_back_difficulties": "SH",
    "social_link.difficulties.show_difficulties": "SH",
    "social_link.file_requests.note_request": "SH",
    "social_link.file_requests.read_for": "SH",
    "social_link.file_requests.answer_note": "SH",
    "social_link.file_requests.print_file": "H",
    "social_link.file_requests.hand_over": "H",
    "social_link.file_requests.take_back_hand_over": "H",
    "social_link.file_requests.withdraw_request": "SH",
    "social_link.file_requests.bring_back_request": "SH",
    "social_link.referents.set_referent": "H",
    "social_link.naming.name_referent": "H",
    "social_link.referents.end_referent": "H",
    "social_link.absences.set_absence": "H",
    "social_link.absences.end_absence": "H",
    "social_link.absences.resume_absence": "H",
    "social_link.measures.open_measure": "SH",
    "social_link.measures.close_measure": "SH",
    "social_link.masp.write_masp": "SH",
    "social_link.axes.assess": "SH",
    "social_link.axes.withdraw_assessment": "SH",
    "social_link.axes.bring_back_assessment": "SH",
    "social_link.objectives.fix_objective": "SH",
    "social_link.objectives.fix_objectives": "SH",
    "social_link.objectives.correct_objective": "SH",
    "social_link.objectives.withdraw_objective": "SH",
    "social_link.objectives.bring_back_objective": "SH",
    "social_link.objectives.review_objective": "SH",
    "social_link.objectives.withdraw_review": "SH",
    "social_link.objectives.bring_back_review": "SH",
    "social_link.referrals.receive": "SH",
    "social_link.referrals.correct": "SH",
    "social_link.referrals.match": "SH",
    "social_link.referrals.match_new": "SH",
    "social_link.referrals.unmatch": "SH",
    "social_link.referrals.assign": "SH",
    "social_link.referrals.separate": "SH",
    "social_link.referrals.withdraw": "SH",
    "social_link.referrals.bring_back": "SH",
    "social_link.steps.note_step": "SH",
    "social_link.steps.take_back_step": "SH",
    "social_link.sittings.plan_commission": "H",
    "social_link.sittings.move_commission": "H",
    "social_link.sittings.withdraw_commission": "H",
    "social_link.sittings.bring_back_commission": "H",
    "social_link.sittings.add_member": "H",
    "social_link.sittings.remove_member": "H",
    "social_link.sittings.mark_present": "H",
    "social_link.decisions.decide": "H",
    "social_link.decisions.take_back": "H",
    "social_link.decisions.close_commission": "H",
    "social_link.decisions.reopen_commission": "H",
    "social_link.agenda.fill_agenda": "H",
    "social_link.agenda.ask_opening": "SH",
    "social_link.agenda.ask_about_measure": "SH",
    "social_link.agenda.take_off": "SH",
    "social_link.agenda.put_back": "SH",
    "social_link.agenda.move_item": "H",
    "social_link.agenda.prepare_item": "SH",
    "social_link.renewals.take_back_decision": "SH",
    "social_link.papers.print_files": "SH",
    "social_link.papers.print_minutes": "H",
    "social_link.after.add_step": "SH",
    "social_link.after.remove_step": "SH",
    "social_link.after.bring_back_step": "SH",
    "social_link.after.note_step": "SH",
    "social_link.after.take_back_step": "SH",
    "social_link.after.add_orientation": "SH",
    "social_link.after.remove_orientation": "SH",
    "social_link.after.bring_back_orientation": "SH",
    "social_link.reopening.ask_again": "SH",
    "social_link.reopening.orient_again": "SH",
    "social_link.reopening.take_back_orientation": "SH",
    "social_link.reopening.open_again": "SH",
    "social_link.reopening.withdraw_asking": "SH",
    "social_link.reopening.bring_back_asking": "SH",
    "social_link.paper.print_end": "SH",
    "social_link.funding.write_line": "H",
    "social_link.funding.withdraw_line": "H",
    "social_link.funding.bring_back_line": "H",
    "social_link.funding.bring_back_share": "SH",
    "social_link.funding.add_share": "SH",
    "social_link.funding.remove_share": "SH",
    "social_link.renewals.renew_measure": "SH",
    "social_link.renewals.decide_renewal": "SH",
    "social_link.renewals.sign_renewal": "SH",
    "social_link.renewals.take_back_renewal": "SH",
    "social_link.kinds.change_kind": "SH",
    "social_link.kinds.take_back_kind": "SH",
    "social_link.measures.reopen_measure": "SH",
    "social_link.measures.complete_papers": "SH",
    "social_link.measures.move_measure": "SH",
    "social_link.measures.give_measure": "SH",
    "social_link.measures.withdraw_measure": "SH",
    "social_link.measures.bring_back_measure": "SH",
}

ASKING_NOTHING: dict[str, str] = {
    "office.access_log.log_access": "whoever reads is logged",
    "office.access_log.log_reads": "whoever reads is logged",
    "office.access_log.note_read": "whoever reads is logged",
    "office.documents.new_document": "the archive: the service that issues the paper has asked",
    "office.documents.make_document": "the archive: the service that issues the paper has asked",
    "maintenance.tickets.tell_desk": "the service that leaves an emergency with nobody has asked",
    "office.confirmations.keep": "the service that asked keeps the answers with what it did",
    "rent_ledger.files.open_for": "behind open_file, and open_on_answer of the case",
    "rent_ledger.sending.write_avis": "a chunk of the job that `send_run` started",
    "office.attachments.keep_file": "the service of the owner has asked",
    "office.outbox.write_messages": "the outbox: the service that decides has asked",
    "office.tasks.refresh_tasks": "tasks follow their causes: the service that changes a cause has asked",
    "social_link.contacts.hand_over_visits": "behind set_referent",
    "social_link.measures.hand_over_measures": "behind name_referent",
    "social_link.after.plan_after": "behind close_measure",
    "social_link.after.forget_after": "behind reopen_measure",
    "social_link.after.refresh_watches": "steps follow what accompanies the household: who changes it has asked",
    "social_link.contacts.refresh_notes_to_take": "the service that gives the visits on has asked",
    "social_link.giving.give": "behind reassign, and the pass of the absences that who names referents has entered",
    "social_link.absences.follow_absences": "a pass: who entered or ended an absence has asked",
    "social_link.answers.take": "the same, of one that is taken",
    "social_link.answers.locked": "the row under lock: the service that acts on it has asked",
    "social_link.deadlines.refresh_alert_tasks": "the same, for the three tasks of an alert",
    "office.failures.come_back": "what failed comes back: who sent, called or read the report has asked",
    "office.notices.notify": "who is told: the service that tells has asked",
    "office.notices.forget_unreadable": "what the actor may not read any more is not shown to him",
    "rent_ledger.courtesy.send_decided": "behind decide and decide_many",
    "rent_ledger.cases.refresh_broken": "plans are judged: what is to tell of them follows",
    "rent_ledger.cases.refresh_reports": "reports follow what is done of them: the service that does it has asked",
    "rent_ledger.taking_back.forget_report": "a sending is taken back by a service that has asked",
    "rent_ledger.cases.refresh_cases": "cases follow what is done of them: the service that does it has asked",
    "social_link.agenda.fill": "behind fill_agenda and plan_commission",
    "rent_ledger.courtesy.without_address": "behind decide and decide_many",
    "rent_ledger.posting.post": "the door of the books: the service that posts has asked",
    "rent_ledger.posting.reverse": "the door of the books: the service that reverses has asked",
    "rent_ledger.demands.write_demands": "the door of a run, behind produce",
    "rent_ledger.runs.produce": "the work of a job that launch_run started; its author may have left since",
    "rent_ledger.runs.cancel": "the work of a job that undo_run started; its author may have left since",
    "rent_ledger.benefit_credits.untie": "behind undo_match",
    "rent_ledger.outgoing.place_outgoing": "behind place_lines and accept_match",
    "rent_ledger.waiting.back_to_suspense": "behind undo_match",
    "maintenance.attaching.attached": "behind create_ticket: for whom a request is, and where",
    "rent_ledger.letter_holds.write_holds": "behind hold_letters_of, decide and record_social_answer",
    "rent_ledger.social.make_requests": "behind request_help and decide",
    "rent_ledger.letter_holds.may_hold": "for hold_letters_of and lift_hold: each side makes and lifts its own",
    "rent_ledger.bank_entries.enter_lines": "behind import_bank_file and confirm_statement",
}


def _taking_an_actor() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions of the services with an `actor`, and their names: `app.module.name`, `app.subject.name` for a
    `services.py`."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "services" not in parts or parts[-1] == "__init__":
                continue
            module = importlib.import_module(".".join(parts))
            place = parts[-2] if parts[-1] == "services" else parts[-1]
            for name, found in vars(module).items():
                is_own = inspect.isfunction(found) and found.__module__ == module.__name__
                if is_own and not name.startswith("_") and "actor" in inspect.signature(found).parameters:
                    yield f"{app}.{place}.{name}", found


FOUND = dict(_taking_an_actor())


def test_every_service_asks_for_a_capability_or_says_why_not() -> None:
    asking = {name for name, service in FOUND.items() if needs_of(service)}
    assert asking == set(SERVICES)
    assert set(FOUND) - asking == set(ASKING_NOTHING)


def refuses(service: Callable[..., Any], actor: Actor) -> bool:
    """Whether it refuses an actor before it looks at anything else: it is given nothing else."""
    try:
        service(actor=actor)
    except NotAllowed:
        return True
    except (TypeError, DomainError):  # let in, then told of what is missing
        return False
    return False


@pytest.mark.django_db
@pytest.mark.parametrize("name", SERVICES)
def test_each_role_calls_its_services_and_no_other(name: str) -> None:
    letters = "".join(
        letter for letter, role in LETTERS.items() if not refuses(FOUND[name], Actor(None, frozenset({role})))
    )
    assert letters == "".join(letter for letter in LETTERS if letter in SERVICES[name])


@pytest.mark.django_db
@pytest.mark.parametrize("name", SERVICES)
def test_who_holds_no_role_is_refused_and_the_house_is_not(name: str) -> None:
    assert refuses(FOUND[name], Actor(None))
    assert not refuses(FOUND[name], Actor.system())


# -- which side may hold letters: the source decides, behind the door ------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "letters"),
    [(LetterHoldSource.RENT, "G"), (LetterHoldSource.SOCIAL, "SH"), (LetterHoldSource.RULE, "SH")],
)
def test_each_side_makes_and_lifts_its_own_holds(source: LetterHoldSource, letters: str) -> None:
    for letter, role in LETTERS.items():
        if letter in "GSH" and letter not in letters:
            actor = Actor(None, frozenset({role}))
            with pytest.raises(NotAllowed):
                hold_letters_of(holds=[], source=source, actor=actor)
            with pytest.raises(NotAllowed):
                lift_hold(hold=LetterHold(source=source), actor=actor)
            with pytest.raises(NotAllowed):
                undo_lift(hold=LetterHold(source=source), actor=actor)
