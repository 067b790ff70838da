"""Models of the office, re-exported for Django and for readers."""

from office.models.access import AccessLog, ApiToken
from office.models.association import Association, BankAccount
from office.models.document import Document
from office.models.job import Job, JobChunk, Schedule, ScheduleRun
from office.models.organisation import Organisation, OrganisationRole
from office.models.parameter import ParameterValue
from office.models.user import RoleGrant, Team, TeamMember, User

__all__ = [
    "AccessLog",
    "ApiToken",
    "Association",
    "BankAccount",
    "Document",
    "Job",
    "JobChunk",
    "Organisation",
    "OrganisationRole",
    "ParameterValue",
    "RoleGrant",
    "Schedule",
    "ScheduleRun",
    "Team",
    "TeamMember",
    "User",
]
