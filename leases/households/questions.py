"""What is asked before something unusual, in the list of confirmations."""

from leases.households.codes import ABOUT_HOUSEHOLD, LeavingQuestion
from office.access.matrix import Data, Read, Write
from office.confirmations.subjects import Subject, declare

declare(
    Subject(
        ABOUT_HOUSEHOLD,
        "Ménage",
        (LeavingQuestion,),
        "leases:household_edit",
        opens=Write(Data.IDENTITY),
        tells=Read(Data.PROTECTED_ADDRESS),
    )
)
