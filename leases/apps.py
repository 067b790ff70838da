from django.apps import AppConfig


class LeasesApp(AppConfig):
    name = "leases"
