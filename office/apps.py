from django.apps import AppConfig


class OfficeApp(AppConfig):
    name = "office"
