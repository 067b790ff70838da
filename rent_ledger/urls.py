from django.urls import URLPattern, path

from rent_ledger.views import arrears, statement

app_name = "rent_ledger"
urlpatterns: list[URLPattern] = [
    path("impayes/", arrears.arrears, name="arrears"),
    path("impayes/decider/", arrears.arrears_decide, name="arrears_decide"),
    path("impayes/export.csv", arrears.arrears_export, name="arrears_export"),
    path("impayes/<int:account_id>/pourquoi/", arrears.arrears_why, name="arrears_why"),
    path("impayes/dossiers/<int:pk>/", arrears.case, name="case"),
    path("impayes/dossiers/<int:pk>/alerter/", arrears.case_help, name="case_help"),
    path("impayes/dossiers/<int:pk>/declarer/", arrears.case_report, name="case_report"),
    path("impayes/dossiers/<int:pk>/pauses/<int:hold_id>/lever/", arrears.hold_lift, name="hold_lift"),
    path("comptes/<int:account_id>/releve/", statement.statement, name="statement"),
    path("comptes/<int:account_id>/releve/imprimer/", statement.statement_print, name="statement_print"),
    path("comptes/<int:account_id>/pourquoi/", statement.why_debt, name="why_debt"),
]
