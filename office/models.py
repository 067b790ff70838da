"""Models of the office, re-exported for Django and for the apps above."""

from office.access.models import AccessLog, ApiToken, CalendarFeed, SignIn
from office.confirmations.models import Confirmation
from office.digests.models import NoticeChoice
from office.documents.models import Document
from office.files.models import Attachment, Blob
from office.house.models import Association, BankAccount, IbanChange, Organisation, OrganisationRole
from office.jobs.models import Job, JobChunk, Schedule, ScheduleRun
from office.messages.models import DeliveryReport, Message, MessageText
from office.notices.models import Notice
from office.parameters.models import ParameterValue
from office.requests.models import SentRequest
from office.saved_views.models import SavedView
from office.schemes.models import AidScheme
from office.staff.models import RoleGrant, StaffRequest, Team, TeamMember, User
from office.tasks.models import Task

__all__ = [
    "AccessLog",
    "AidScheme",
    "ApiToken",
    "Association",
    "Attachment",
    "BankAccount",
    "Blob",
    "CalendarFeed",
    "Confirmation",
    "DeliveryReport",
    "Document",
    "IbanChange",
    "Job",
    "JobChunk",
    "Message",
    "MessageText",
    "Notice",
    "NoticeChoice",
    "Organisation",
    "OrganisationRole",
    "ParameterValue",
    "RoleGrant",
    "SavedView",
    "Schedule",
    "ScheduleRun",
    "SentRequest",
    "SignIn",
    "StaffRequest",
    "Task",
    "Team",
    "TeamMember",
    "User",
]
