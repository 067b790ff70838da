"""The routers of the office, in the order of the documentation."""

from office.house.api import router as house
from office.jobs.api import router as jobs
from office.messages.api import router as messages
from office.notices.api import router as notices
from office.parameters.api import router as parameters
from office.staff.api import router as staff
from office.tasks.api import router as tasks

ROUTERS = (staff, house, jobs, tasks, notices, parameters, messages)
