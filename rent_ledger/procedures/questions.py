"""What is asked before a step is noted, in the list of confirmations."""

from office.access.matrix import Data, Read
from office.confirmations.subjects import Subject, declare
from rent_ledger.procedures.codes import ABOUT_PROCEDURE, ProcedureQuestion

declare(
    Subject(
        ABOUT_PROCEDURE,
        "Étape d’une procédure",
        (ProcedureQuestion,),
        "rent_ledger:procedure_step",
        opens=Read(Data.ARREARS_CAUSE),
        tells=Read(Data.ARREARS_CAUSE),
    )
)
