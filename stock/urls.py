"""Addresses of dwellings and agreements (under `/parc/`)."""

from django.urls import path

from stock.agreements import views as agreements
from stock.dwellings import views as dwellings
from stock.importing import views as importing

app_name = "stock"
urlpatterns = [
    path("logements/", dwellings.dwellings, name="dwellings"),
    path("logements/choix/", dwellings.places, name="places"),
    path("logements/nouveau/", dwellings.dwelling_new, name="dwelling_new"),
    path("logements/<int:pk>/", dwellings.dwelling, name="dwelling"),
    path("logements/<int:pk>/modifier/", dwellings.dwelling_edit, name="dwelling_edit"),
    path("logements/<int:pk>/chambres/", dwellings.room_new, name="room_new"),
    path("logements/<int:pk>/vacance/", dwellings.vacancy_reason, name="vacancy_reason"),
    path("vacance/<int:pk>/retirer/", dwellings.vacancy_withdraw, name="vacancy_withdraw"),
    path("conventions/", agreements.agreements, name="agreements"),
    path("conventions/nouvelle/", agreements.agreement_new, name="agreement_new"),
    path("conventions/<int:pk>/", agreements.agreement, name="agreement"),
    path("conventions/<int:pk>/modifier/", agreements.agreement_edit, name="agreement_edit"),
    path("conventions/<int:pk>/logements/", agreements.line_new, name="line_new"),
    path("conventions/lignes/<int:pk>/sortie/", agreements.line_end, name="line_end"),
    path("import/", importing.upload, name="import"),
    path("import/<slug:digest>/", importing.preview, name="import_preview"),
]
