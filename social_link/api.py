"""The routers of social_link, in the order of the documentation."""

from social_link.alerts.api import router as alerts
from social_link.contacts.api import router as contacts
from social_link.measures.api import router as measures

ROUTERS = (alerts, contacts, measures)
