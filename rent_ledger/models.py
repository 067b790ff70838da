"""Models of the rent ledger."""

from rent_ledger.models.arrears import (
    ArrearsCase,
    CaseDecision,
    DebtHold,
    HelpRequest,
    LetterHold,
    SocialAnswer,
)
from rent_ledger.models.bank import BankFile, BankLine, BankStatement, KnownIban, Match
from rent_ledger.models.benefit import BenefitLine, BenefitRight, BenefitStatement
from rent_ledger.models.demand import Payment, Receipt, RentDemand, RentRun
from rent_ledger.models.ledger import (
    Account,
    AccountDebtor,
    AccountState,
    Allocation,
    Counter,
    Entry,
    LedgerMonth,
    OpenItem,
    Posting,
)

__all__ = [
    "Account",
    "AccountDebtor",
    "AccountState",
    "Allocation",
    "ArrearsCase",
    "BankFile",
    "BankLine",
    "BankStatement",
    "BenefitLine",
    "BenefitRight",
    "BenefitStatement",
    "CaseDecision",
    "Counter",
    "DebtHold",
    "Entry",
    "HelpRequest",
    "KnownIban",
    "LedgerMonth",
    "LetterHold",
    "Match",
    "OpenItem",
    "Payment",
    "Posting",
    "Receipt",
    "RentDemand",
    "RentRun",
    "SocialAnswer",
]
