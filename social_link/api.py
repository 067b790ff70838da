"""The routers of social_link, in the order of the documentation."""

from social_link.alerts.api import router as alerts
from social_link.contacts.api import router as contacts
from social_link.incidents.api import router as incidents
from social_link.measures.api import router as measures
from social_link.partners.api import router as partners
from social_link.settling.api import router as settling
from social_link.visits.api import router as visits

ROUTERS = (alerts, contacts, visits, incidents, partners, settling, measures)
