"""What tasks do by themselves: each morning they are compared with their causes."""

import logging
from datetime import date

from office.jobs.schedules import every_day
from office.tasks.services.checking import check_tasks

logger = logging.getLogger(__name__)


@every_day("tasks", "Tâches comparées à ce qui les demande", at_hour=6)
def check(day: date) -> None:
    """What the day itself brings (an agreement that ends soon) is opened too."""
    for difference in check_tasks():
        logger.warning("tasks: %s", difference)
