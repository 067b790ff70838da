"""Addresses of the home pages, the household page and the search."""

from django.urls import path

from desk.views import breakdowns, calendar, figures, home, household, policy, proof, search

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("comptes/<int:account_id>/ecritures/<int:entry_id>/preuve/", proof.proof, name="proof"),
    path("chiffres/vacance/", figures.vacancy, name="vacancy"),
    path("chiffres/recouvrement/", breakdowns.recovery, name="recovery"),
    path("chiffres/demandes/", breakdowns.tickets, name="tickets_in_time"),
    path("chiffres/alertes/", breakdowns.alerts, name="alerts_in_time"),
    path("chiffres/contacts/", breakdowns.contacts, name="contact_delays"),
    path("chiffres/dettes-soldees/", breakdowns.cured, name="cured"),
    path("bureau/politique-impayes/", policy.policy, name="policy"),
    path("bureau/politique-impayes/rejouer/", policy.replay_new, name="replay_new"),
    path("bureau/politique-impayes/rejouer/<int:pk>/", policy.replay, name="replay"),
    path("bureau/politique-impayes/rejouer/<int:pk>/lignes/", policy.replay_rows, name="replay_rows"),
    path("bureau/politique-impayes/rejouer/<int:pk>/adopter/", policy.replay_adopt, name="replay_adopt"),
    path("a-faire/<int:pk>/", calendar.task, name="task"),
    path("recherche/", search.search, name="search"),
    path("menages/<int:pk>/", household.rent, name="household"),
    path("menages/<int:pk>/releve/", household.statement_to_print, name="household_statement"),
    path("menages/<int:pk>/technique/", household.technical, name="household_technical"),
    path("menages/<int:pk>/social/", household.social, name="household_social"),
]
