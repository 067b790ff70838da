from django.apps import AppConfig


class DeskApp(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from desk import checks  # noqa: F401  registers them
        from desk.context_processors import COUNTS
        from desk.counts import MENU_COUNTS

        COUNTS.update(MENU_COUNTS)
