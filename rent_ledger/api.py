"""The routers of rent_ledger, in the order of the documentation."""

from rent_ledger.aid_files.api import router as aid_files
from rent_ledger.arrears.api import router as arrears
from rent_ledger.arrears.follow_api import router as follow
from rent_ledger.bank.api import router as bank
from rent_ledger.benefits.api import router as benefits
from rent_ledger.billing.api import router as billing
from rent_ledger.books.api import router as books
from rent_ledger.credits.api import router as credits
from rent_ledger.guarantees.api import router as guarantees
from rent_ledger.payments.api import router as payments
from rent_ledger.procedures.api import router as procedures
from rent_ledger.rights.api import router as rights
from rent_ledger.write_offs.api import router as write_offs

ROUTERS = (
    rights,
    benefits,
    billing,
    bank,
    payments,
    books,
    arrears,
    follow,
    aid_files,
    write_offs,
    credits,
    procedures,
    guarantees,
)
