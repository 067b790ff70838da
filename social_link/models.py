"""Models of the link with social work, re-exported for Django and for `desk`."""

from social_link.agreements.models import Agreement, AgreementScan, AgreementSignature, AgreementText
from social_link.alerts.models import Alert, AlertFact, SignalAnswer
from social_link.budgets.models import Budget, BudgetAmount
from social_link.carrying.models import Carrier, Intensity, Refusal
from social_link.chains.models import ChainDay
from social_link.commissions.models import Commission, CommissionItem, CommissionMember
from social_link.contacts.models import Contact, Note, NoteKey, NoteReader
from social_link.diagnoses.models import Diagnosis, DiagnosisLine
from social_link.difficulties.models import Difficulty
from social_link.file_requests.models import FileRequest, NoteAnswer
from social_link.funding.models import FundingLine, FundingShare
from social_link.incidents.models import NeighbourIncident
from social_link.informing.models import LetterText, SupportLetter
from social_link.masp.models import MaspContract
from social_link.measures.models import Absence, FormerKind, Measure, Referent, Renewal, StandIn
from social_link.objectives.models import Assessment, Objective, ObjectiveReview
from social_link.partners.models import Partner, PartnerLink
from social_link.referrals.models import Referral, ReferralLink, ReferralStep
from social_link.rights.models import RightFact
from social_link.settling.models import FurnitureItem, SettlingTick
from social_link.visits.models import Observation, Reminder, Visit
from social_link.watches.models import Orientation, Reopening, Watch

__all__ = [
    "Absence", "Agreement", "AgreementScan", "AgreementSignature", "AgreementText", "Alert", "AlertFact", "Assessment",
    "Budget", "BudgetAmount", "Carrier", "ChainDay", "Commission", "CommissionItem", "CommissionMember", "Contact",
    "Diagnosis", "DiagnosisLine", "Difficulty", "FileRequest", "FormerKind", "FundingLine", "FundingShare",
    "FurnitureItem", "Intensity", "LetterText", "MaspContract", "Measure", "NeighbourIncident", "Note", "NoteAnswer",
    "NoteKey", "NoteReader", "Objective", "ObjectiveReview", "Observation", "Orientation", "Partner", "PartnerLink",
    "Referent", "Referral", "ReferralLink", "ReferralStep", "Refusal", "Reminder", "Renewal", "Reopening", "RightFact",
    "SettlingTick", "SignalAnswer", "StandIn", "SupportLetter", "Visit", "Watch",
]  # fmt: skip
