"""What is asked before something unusual, in the list of confirmations."""

from leases.contracts.codes import ABOUT_LEASE, LeaseQuestion
from office.access.matrix import Data, Read
from office.confirmations.subjects import Subject, declare

declare(Subject(ABOUT_LEASE, "Bail", (LeaseQuestion,), "leases:lease", opens=Read(Data.LEASE), tells=Read(Data.LEASE)))
