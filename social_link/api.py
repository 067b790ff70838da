"""The routers of social_link, in the order of the documentation."""

from social_link.agreements.api import router as agreements
from social_link.alerts.api import router as alerts
from social_link.budgets.api import router as budgets
from social_link.carrying.api import router as carrying
from social_link.chains.api import router as chains
from social_link.commissions.api import router as commissions
from social_link.contacts.api import router as contacts
from social_link.diagnoses.api import router as diagnoses
from social_link.incidents.api import router as incidents
from social_link.measures.api import router as measures
from social_link.objectives.api import router as objectives
from social_link.partners.api import router as partners
from social_link.referrals.api import router as referrals
from social_link.rights.api import router as rights
from social_link.settling.api import router as settling
from social_link.visits.api import router as visits
from social_link.watches.api import router as watches

ROUTERS = (
    alerts, contacts, visits, incidents, partners, settling, rights, budgets, referrals, commissions, measures,
    objectives, agreements, carrying, diagnoses, chains, watches,
)  # fmt: skip
