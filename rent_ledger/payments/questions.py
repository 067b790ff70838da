"""What is asked before something unusual, in the list of confirmations."""

from office.access.matrix import Data, Read
from office.confirmations.subjects import Subject, declare
from rent_ledger.payments.codes import ABOUT_PAYMENT, PaymentQuestion

declare(
    Subject(
        ABOUT_PAYMENT,
        "Encaissement",
        (PaymentQuestion,),
        "rent_ledger:payment",
        opens=Read(Data.PAYMENT),
        tells=Read(Data.PAYMENT),
    )
)
