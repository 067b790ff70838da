"""What is asked before something unusual, in the list of confirmations."""

from office.access.matrix import Data, Read
from office.confirmations.subjects import Subject, declare
from rent_ledger.billing.codes import ABOUT_RUN, RunQuestion

declare(
    Subject(
        ABOUT_RUN,
        "Quittancement",
        (RunQuestion,),
        "rent_ledger:run",
        opens=Read(Data.RENT_RUN),
        tells=Read(Data.RENT_RUN),
    )
)
