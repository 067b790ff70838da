from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import history  # noqa: F401  registers its check
        from config.wakes import connect

        connect()
