"""Addresses of what a phone needs to work without network, under `/appareil/`."""

from django.urls import path

from office.devices import views

app_name = "devices"
urlpatterns = [
    path("ancrage.webmanifest", views.manifest, name="manifest"),
    path("service.js", views.service, name="service"),
    path("hors-ligne/", views.offline, name="offline"),
    path("jeton/", views.token, name="token"),
]
