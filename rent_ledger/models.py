"""Models of the rent ledger, re-exported for Django and for the apps above. Each subject has its own `models.py`."""

from rent_ledger.aid_files.models import AidFile, AidFileStep, AidPaper
from rent_ledger.arrears.budgets import BudgetEstimate, BudgetLine
from rent_ledger.arrears.freezes import DebtFreeze, FreezeStep, FrozenDebt
from rent_ledger.arrears.models import (
    ArrearsCase,
    CaseDecision,
    EarlySign,
    HelpRequest,
    LetterHold,
    SignAside,
    SocialAnswer,
)
from rent_ledger.arrears.plan_papers import PlanPaper
from rent_ledger.arrears.registered import RegisteredLetter, RegisteredProof
from rent_ledger.arrears.reports import PayerReport, ReportProof
from rent_ledger.bank.models import BankFile, BankLine, BankStatement, KnownIban, Match
from rent_ledger.benefits.models import BenefitLine, BenefitStatement
from rent_ledger.billing.models import (
    DemandLine,
    Receipt,
    RentDemand,
    RentRun,
    RunPreview,
    RunPreviewHeld,
    RunPreviewRow,
)
from rent_ledger.books.models import (
    Account,
    AccountDebtor,
    AccountState,
    Allocation,
    Counter,
    DebtHold,
    Entry,
    KeptAnswer,
    LedgerMonth,
    OpenItem,
    Posting,
)
from rent_ledger.books.plans import PlanDebt, PlanInstalment, RepaymentPlan
from rent_ledger.checking.models import LedgerPrint
from rent_ledger.credits.models import CreditChoice, RefundFile, RefundTransfer
from rent_ledger.guarantees.models import (
    ClaimItem,
    ClaimPaper,
    GuaranteeClaim,
    GuarantorNotice,
    GuarantorPayment,
)
from rent_ledger.payments.models import Payment
from rent_ledger.policy.models import ReplayRow, SignMeasure
from rent_ledger.procedures.models import ClauseChoice, Procedure, ProcedureStep, StepProof
from rent_ledger.rights.models import BenefitRetention, BenefitRight
from rent_ledger.write_offs.models import Recovery, WriteOff, WriteOffItem, WriteOffPaper

__all__ = [
    "Account",
    "AccountDebtor",
    "AccountState",
    "AidFile",
    "AidFileStep",
    "AidPaper",
    "Allocation",
    "ArrearsCase",
    "BankFile",
    "BankLine",
    "BankStatement",
    "BenefitLine",
    "BenefitRetention",
    "BenefitRight",
    "BenefitStatement",
    "BudgetEstimate",
    "BudgetLine",
    "CaseDecision",
    "ClaimItem",
    "ClaimPaper",
    "ClauseChoice",
    "Counter",
    "CreditChoice",
    "DebtFreeze",
    "DebtHold",
    "DemandLine",
    "EarlySign",
    "Entry",
    "FreezeStep",
    "FrozenDebt",
    "GuaranteeClaim",
    "GuarantorNotice",
    "GuarantorPayment",
    "HelpRequest",
    "KeptAnswer",
    "KnownIban",
    "LedgerMonth",
    "LedgerPrint",
    "LetterHold",
    "Match",
    "OpenItem",
    "PayerReport",
    "Payment",
    "PlanDebt",
    "PlanInstalment",
    "PlanPaper",
    "Posting",
    "Procedure",
    "ProcedureStep",
    "Receipt",
    "Recovery",
    "RefundFile",
    "RefundTransfer",
    "RegisteredLetter",
    "RegisteredProof",
    "RentDemand",
    "RentRun",
    "RepaymentPlan",
    "ReplayRow",
    "ReportProof",
    "RunPreview",
    "RunPreviewHeld",
    "RunPreviewRow",
    "SignAside",
    "SignMeasure",
    "SocialAnswer",
    "StepProof",
    "WriteOff",
    "WriteOffItem",
    "WriteOffPaper",
]
