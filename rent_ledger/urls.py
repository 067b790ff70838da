from django.urls import URLPattern, path

from rent_ledger import urls_money
from rent_ledger.views import arrears, cases, decisions, papers, runs, statement

app_name = "rent_ledger"
urlpatterns: list[URLPattern] = [
    path("quittancement/", runs.runs, name="runs"),
    path("quittancement/produire/", runs.run_launch, name="run_launch"),
    path("quittancement/corriger/", runs.run_correct, name="run_correct"),
    path("quittancement/<str:month>/<int:lease_id>/pourquoi/", runs.draft_why, name="draft_why"),
    path("quittancement/<int:pk>/", runs.run, name="run"),
    path("quittancement/<int:pk>/suite/", runs.run_body, name="run_body"),
    path("quittancement/<int:pk>/annuler/", runs.run_undo, name="run_undo"),
    path("quittancement/<int:pk>/envoyes/", runs.run_sent, name="run_sent"),
    path("quittancement/<int:pk>/avis.pdf", runs.run_pdf, name="run_pdf"),
    path("avis/<int:pk>/", papers.demand, name="demand"),
    path("avis/<int:pk>/pourquoi/", papers.demand_why, name="demand_why"),
    path("avis/<int:pk>/avis.pdf", papers.demand_pdf, name="demand_pdf"),
    path("avis/<int:pk>/recu/", papers.receipt_issue, name="receipt_issue"),
    path("quittances/<int:pk>.pdf", papers.receipt_pdf, name="receipt_pdf"),
    path("comptes/<int:account_id>/releve.pdf", papers.statement_pdf, name="statement_pdf"),
    path("impayes/", arrears.arrears, name="arrears"),
    path("impayes/decider/", decisions.arrears_decide, name="arrears_decide"),
    path("impayes/export.csv", arrears.arrears_export, name="arrears_export"),
    path("impayes/<int:account_id>/pourquoi/", arrears.arrears_why, name="arrears_why"),
    path("impayes/dossiers/<int:pk>/", cases.case, name="case"),
    path("impayes/dossiers/<int:pk>/alerter/", cases.case_help, name="case_help"),
    path("impayes/dossiers/<int:pk>/declarer/", cases.case_report, name="case_report"),
    path("impayes/dossiers/<int:pk>/pauses/<int:hold_id>/lever/", cases.hold_lift, name="hold_lift"),
    path("comptes/<int:account_id>/releve/", statement.statement, name="statement"),
    path("comptes/<int:account_id>/releve/imprimer/", statement.statement_print, name="statement_print"),
    path("comptes/<int:account_id>/pourquoi/", statement.why_debt, name="why_debt"),
    *urls_money.urlpatterns,
]
