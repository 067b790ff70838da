from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CommonApp(AppConfig):
    name = "common"

    def ready(self) -> None:
        from common.db import ignore_no_trigger

        connection_created.connect(ignore_no_trigger)
