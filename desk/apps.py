from django.apps import AppConfig


class DeskApp(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from desk import checks  # noqa: F401  registers them
        from desk.context_processors import COUNTS, DOTS
        from desk.counts import MENU_COUNTS, MENU_DOTS

        COUNTS.update(MENU_COUNTS)
        DOTS.update(MENU_DOTS)
