from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OfficeApp(AppConfig):
    name = "office"

    def ready(self) -> None:
        """Load what each app declares: dated parameters, handlers of jobs, scheduled tasks, access scopes."""
        autodiscover_modules("parameters", "jobs", "schedules")
