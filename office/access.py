"""Who sees what: the access matrix as data. Each cell is a test (`tests/office/rules/test_access.py`).

A person with several roles sees what any of them sees. The house's own jobs (`Actor.system()`) see nothing on a page.
"""

from enum import StrEnum

from office.actor import Actor
from office.enums import Role


class Data(StrEnum):
    """What is looked at: one member per row of the matrix."""

    IDENTITY = "IDENTITY"
    """Identity, phone, address of a household."""
    PROTECTED_ADDRESS = "PROTECTED_ADDRESS"
    """An address that must not be told (violence)."""
    LEDGER = "LEDGER"
    """Balance and ledger of an account."""
    ARREARS_CAUSE = "ARREARS_CAUSE"
    """Cause code of an arrears case."""
    SUPPORT_REASON = "SUPPORT_REASON"
    """Reason of the support, difficulties."""
    SHARED_NOTE = "SHARED_NOTE"
    PRIVATE_NOTE = "PRIVATE_NOTE"
    """Private and sealed notes."""
    TICKET = "TICKET"
    """Ticket and photos of a dwelling."""
    SAFETY_NOTICE = "SAFETY_NOTICE"
    CRISIS_STAFF = "CRISIS_STAFF"
    """The part of a crisis that concerns the staff."""
    ALERT = "ALERT"
    """An alert and its answer."""
    TIMELINE = "TIMELINE"
    """Timeline of a household."""
    ACCOUNT_PAPERS = "ACCOUNT_PAPERS"
    """Documents of account, exports, bank labels."""
    HOUSE = "HOUSE"
    """Staff accounts, parameters, jobs, access log."""


LABELS = {
    Data.IDENTITY: "Identité et coordonnées",
    Data.PROTECTED_ADDRESS: "Adresse protégée",
    Data.LEDGER: "Solde et compte",
    Data.ARREARS_CAUSE: "Cause de l’impayé",
    Data.SUPPORT_REASON: "Motif de l’accompagnement",
    Data.SHARED_NOTE: "Note partagée",
    Data.PRIVATE_NOTE: "Note réservée",
    Data.TICKET: "Demande technique",
    Data.SAFETY_NOTICE: "Consigne de sécurité",
    Data.CRISIS_STAFF: "Situation de crise, part du personnel",
    Data.ALERT: "Alerte et réponse",
    Data.TIMELINE: "Fil du ménage",
    Data.ACCOUNT_PAPERS: "Pièces du compte",
    Data.HOUSE: "Réglages de la maison",
}


class Access(StrEnum):
    """How much of it is seen."""

    NONE = "NONE"
    FULL = "FULL"
    READ = "READ"
    """All of it, changing nothing."""
    OWN = "OWN"
    """Own jobs, own cases, own declarations; a note of which one is the author or a named reader. Of the documents of
    account of an own case: all but bank labels. Of the identity: name, phone and address of own jobs. Of a protected
    address, a technician: on the day of the job only."""
    IN_CHARGE = "IN_CHARGE"
    """Masked unless in charge of the household."""
    MASKED = "MASKED"
    """That it exists, nothing more."""
    WITH_REASON = "WITH_REASON"
    """After giving a reason, and the read is logged."""
    SHORT = "SHORT"
    """The short form only."""
    FACTS = "FACTS"
    """Facts, cause code, hold, plan and next step."""
    EVENTS = "EVENTS"
    """Rent and technical events; a social event shows as « réservé »."""
    TOTALS = "TOTALS"
    """Totals without names."""
    CODES = "CODES"
    """Codes in place of names."""
    STAFF = "STAFF"
    """Of the staff only, never of a household."""
    TEAM_LOG = "TEAM_LOG"
    """The access log of the own team only."""


_COLUMNS = (
    Role.RENTAL_MANAGER,
    Role.TECHNICIAN,
    Role.SOCIAL_WORKER,
    Role.HEAD_OF_SOCIAL,
    Role.DIRECTOR,
    Role.FUNDER,
    Role.ADMINISTRATOR,
)
_A = Access
# Columns: rental manager, technician, social worker, head of social, director, funder, administrator.
_ROWS: dict[Data, tuple[Access, ...]] = {
    Data.IDENTITY: (_A.FULL, _A.OWN, _A.FULL, _A.FULL, _A.FULL, _A.CODES, _A.STAFF),
    Data.PROTECTED_ADDRESS: (_A.IN_CHARGE, _A.OWN, _A.OWN, _A.FULL, _A.MASKED, _A.NONE, _A.NONE),
    Data.LEDGER: (_A.FULL, _A.NONE, _A.FULL, _A.FULL, _A.FULL, _A.TOTALS, _A.NONE),
    Data.ARREARS_CAUSE: (_A.FULL, _A.NONE, _A.FULL, _A.FULL, _A.TOTALS, _A.TOTALS, _A.NONE),
    Data.SUPPORT_REASON: (_A.NONE, _A.NONE, _A.OWN, _A.FULL, _A.TOTALS, _A.TOTALS, _A.NONE),
    Data.SHARED_NOTE: (_A.FULL, _A.NONE, _A.FULL, _A.FULL, _A.NONE, _A.NONE, _A.NONE),
    Data.PRIVATE_NOTE: (_A.NONE, _A.NONE, _A.OWN, _A.WITH_REASON, _A.NONE, _A.NONE, _A.NONE),
    Data.TICKET: (_A.FULL, _A.OWN, _A.FULL, _A.FULL, _A.FULL, _A.TOTALS, _A.NONE),
    Data.SAFETY_NOTICE: (_A.SHORT, _A.SHORT, _A.FULL, _A.FULL, _A.NONE, _A.NONE, _A.NONE),
    Data.CRISIS_STAFF: (_A.NONE, _A.OWN, _A.OWN, _A.FULL, _A.FULL, _A.NONE, _A.NONE),
    Data.ALERT: (_A.FACTS, _A.NONE, _A.OWN, _A.FULL, _A.TOTALS, _A.TOTALS, _A.NONE),
    Data.TIMELINE: (_A.EVENTS, _A.OWN, _A.FULL, _A.FULL, _A.NONE, _A.NONE, _A.NONE),
    Data.ACCOUNT_PAPERS: (_A.FULL, _A.NONE, _A.OWN, _A.FULL, _A.TOTALS, _A.NONE, _A.NONE),
    Data.HOUSE: (_A.NONE, _A.NONE, _A.NONE, _A.TEAM_LOG, _A.READ, _A.NONE, _A.FULL),
}
MATRIX: dict[Data, dict[Role, Access]] = {
    data: dict(zip(_COLUMNS, cells, strict=True)) for data, cells in _ROWS.items()
}


def access_of(actor: Actor, data: Data) -> frozenset[Access]:
    """The levels that the actor's roles give on `data`; empty where they give none."""
    return frozenset(MATRIX[data][role] for role in actor.roles) - {Access.NONE}


def can(actor: Actor, data: Data, *levels: Access) -> bool:
    """Whether the actor has one of `levels` on `data`; without levels, whether any access at all."""
    found = access_of(actor, data)
    return bool(found & set(levels)) if levels else bool(found)


def roles_with(data: Data, *levels: Access) -> frozenset[Role]:
    """The roles to which the matrix gives one of `levels` on `data` (any access without levels)."""
    wanted = set(levels) or set(Access) - {Access.NONE}
    return frozenset(role for role, access in MATRIX[data].items() if access in wanted)
