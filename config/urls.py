"""URLs: French paths, one namespace per app."""

from django.urls import URLPattern, URLResolver, include, path

from office.messages.views import octopush_report

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("config.api")),
    path("compte/", include("allauth.urls")),
    path("remise/", include([path("octopush/<str:secret>/", octopush_report, name="octopush_report")])),
    path("bureau/", include("office.urls")),
    path("parc/", include("stock.urls")),
    path("menages/", include("leases.urls")),
    path("loyers/", include("rent_ledger.urls")),
    path("technique/", include("maintenance.urls")),
    path("social/", include("social_link.urls")),
    path("", include("desk.urls")),
]
