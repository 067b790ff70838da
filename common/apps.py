from django.apps import AppConfig


class CommonApp(AppConfig):
    name = "common"
