"""What is asked before a value is withdrawn, in the list of confirmations."""

from office.access.matrix import Data, Read
from office.confirmations.subjects import Subject, declare
from office.parameters.codes import ABOUT_VALUE, WithdrawalQuestion

declare(
    Subject(
        ABOUT_VALUE,
        "Paramètre retiré",
        (WithdrawalQuestion,),
        "office:parameter_value",
        opens=Read(Data.PARAMETER),
        tells=Read(Data.PARAMETER),
    )
)
