"""Addresses of the ledger (under `/loyers/`)."""

from django.urls import URLPattern, path

from rent_ledger.arrears.views import arrears, cases, decisions, plans
from rent_ledger.bank.views import inbox as bank
from rent_ledger.bank.views import lines as bank_lines
from rent_ledger.benefits import views as benefits
from rent_ledger.billing.views import papers, runs
from rent_ledger.books import views as statement
from rent_ledger.payments import views as payments

app_name = "rent_ledger"
urlpatterns: list[URLPattern] = [
    path("quittancement/", runs.runs, name="runs"),
    path("quittancement/produire/", runs.run_launch, name="run_launch"),
    path("quittancement/corriger/", runs.run_correct, name="run_correct"),
    path("quittancement/<str:month>/<int:lease_id>/pourquoi/", runs.draft_why, name="draft_why"),
    path("quittancement/<int:pk>/", runs.run, name="run"),
    path("quittancement/<int:pk>/suite/", runs.run_body, name="run_body"),
    path("quittancement/<int:pk>/reprendre/", runs.run_resume, name="run_resume"),
    path("quittancement/<int:pk>/annuler/", runs.run_undo, name="run_undo"),
    path("quittancement/<int:pk>/envoyer/", runs.run_send, name="run_send"),
    path("quittancement/<int:pk>/envoyes/", runs.run_sent, name="run_sent"),
    path("quittancement/<int:pk>/pas-envoyes/", runs.run_unsent, name="run_unsent"),
    path("quittancement/<int:pk>/avis.pdf", runs.run_pdf, name="run_pdf"),
    path("avis/<int:pk>/", papers.demand, name="demand"),
    path("avis/<int:pk>/pourquoi/", papers.demand_why, name="demand_why"),
    path("avis/<int:pk>/avis.pdf", papers.demand_pdf, name="demand_pdf"),
    path("avis/<int:pk>/recu/", papers.receipt_issue, name="receipt_issue"),
    path("quittances/<int:pk>/envoyer/", papers.receipt_send, name="receipt_send"),
    path("quittances/<int:pk>.pdf", papers.receipt_pdf, name="receipt_pdf"),
    path("comptes/<int:account_id>/releve.pdf", papers.statement_pdf, name="statement_pdf"),
    path("impayes/", arrears.arrears, name="arrears"),
    path("impayes/decider/", decisions.arrears_decide, name="arrears_decide"),
    path("impayes/decider/annuler/", decisions.arrears_undo, name="arrears_undo"),
    path("impayes/export.csv", arrears.arrears_export, name="arrears_export"),
    path("impayes/<int:account_id>/pourquoi/", arrears.arrears_why, name="arrears_why"),
    path("impayes/dossiers/<int:pk>/", cases.case, name="case"),
    path("impayes/dossiers/<int:pk>/alerter/", cases.case_help, name="case_help"),
    path("impayes/dossiers/<int:pk>/alerter/annuler/", cases.case_help_withdraw, name="case_help_withdraw"),
    path("impayes/dossiers/<int:pk>/decisions/<int:decision_id>/annuler/", cases.decision_undo, name="decision_undo"),
    path("impayes/dossiers/<int:pk>/declarer/", cases.case_report, name="case_report"),
    path("impayes/dossiers/<int:pk>/remettre/", cases.debt_release, name="debt_release"),
    path("impayes/dossiers/<int:pk>/remettre/annuler/", cases.debt_release_undo, name="debt_release_undo"),
    path("impayes/dossiers/<int:pk>/plan/", plans.plan, name="plan"),
    path("impayes/dossiers/<int:pk>/plan/<int:plan_id>/ecarter/", plans.plan_discard, name="plan_discard"),
    path("impayes/dossiers/<int:pk>/plan/<int:plan_id>/accord.pdf", plans.plan_pdf, name="plan_pdf"),
    path("impayes/dossiers/<int:pk>/plan/<int:plan_id>/signer/", plans.plan_sign, name="plan_sign"),
    path("impayes/dossiers/<int:pk>/plan/<int:plan_id>/signer/annuler/", plans.plan_unsign, name="plan_unsign"),
    path("impayes/dossiers/<int:pk>/plan/<int:plan_id>/arreter/", plans.plan_end, name="plan_end"),
    path("impayes/dossiers/<int:pk>/plan/<int:plan_id>/reprendre/", plans.plan_resume, name="plan_resume"),
    path("impayes/dossiers/<int:pk>/pauses/<int:hold_id>/lever/", cases.hold_lift, name="hold_lift"),
    path("impayes/dossiers/<int:pk>/pauses/<int:hold_id>/lever/annuler/", cases.hold_lift_undo, name="hold_lift_undo"),
    path("comptes/<int:account_id>/releve/", statement.statement, name="statement"),
    path("comptes/<int:account_id>/releve/imprimer/", statement.statement_print, name="statement_print"),
    path("comptes/<int:account_id>/pourquoi/", statement.why_debt, name="why_debt"),
    path("banque/", bank.inbox, name="bank"),
    path("banque/accepter/", bank_lines.accept_all, name="bank_accept_all"),
    path("banque/accepter/annuler/", bank_lines.undo_all, name="bank_undo_all"),
    path("banque/releves/", bank.statements, name="bank_statements"),
    path("banque/releves/deposer/", bank.upload, name="bank_upload"),
    path("banque/releves/<int:pk>/", bank.inbox, name="bank_statement"),
    path("banque/releves/<int:pk>/accepter/", bank.confirm, name="bank_confirm"),
    path("banque/releves/<int:pk>/retirer/", bank.withdraw, name="bank_withdraw"),
    path("banque/lignes/<int:pk>/accepter/", bank_lines.accept, name="bank_accept"),
    path("banque/lignes/<int:pk>/placer/", bank_lines.place, name="bank_place"),
    path("banque/lignes/<int:pk>/menages/", bank_lines.payees, name="bank_payees"),
    path("banque/lignes/<int:pk>/bordereau/", bank_lines.tie, name="bank_tie"),
    path("banque/lignes/<int:pk>/laisser/", bank_lines.leave, name="bank_leave"),
    path("banque/lignes/<int:pk>/annuler/", bank_lines.undo, name="bank_undo"),
    path("aides/", benefits.benefits, name="benefits"),
    path("aides/colonnes/<str:digest>/", benefits.columns, name="benefit_columns"),
    path("aides/bordereaux/<int:pk>/", benefits.benefit_statement, name="benefit_statement"),
    path("aides/bordereaux/<int:pk>/retirer/", benefits.benefit_withdraw, name="benefit_withdraw"),
    path("aides/lignes/<int:pk>/imputer/", benefits.benefit_assign, name="benefit_assign"),
    path("aides/lignes/<int:pk>/suivre/", benefits.benefit_follow, name="benefit_follow"),
    path("baux/<int:lease_id>/aides/", benefits.rights, name="benefit_rights"),
    path("baux/<int:lease_id>/aides/<int:pk>/terminer/", benefits.right_end, name="benefit_right_end"),
    path("baux/<int:lease_id>/aides/<int:pk>/logement-suivant/", benefits.right_keep, name="benefit_right_keep"),
    path(
        "baux/<int:lease_id>/aides/<int:pk>/logement-suivant/annuler/", benefits.right_drop, name="benefit_right_drop"
    ),
    path("baux/<int:lease_id>/aides/solder/", benefits.settle, name="benefit_settle"),
    path("encaissements/", payments.payments, name="payments"),
    path("encaissements/<int:pk>/", payments.payment, name="payment"),
    path("encaissements/<int:pk>/recu/", payments.payment_receipt_pdf, name="payment_receipt"),
    path("encaissements/<int:pk>/annuler/", payments.payment_cancel, name="payment_cancel"),
]
