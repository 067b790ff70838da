from django.apps import AppConfig


class MaintenanceApp(AppConfig):
    name = "maintenance"
