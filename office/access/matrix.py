"""Who sees and does what: the capability matrix, as data.

Each cell is a test: `tests/office/access/test_matrix.py` has the same matrix row by row, written by hand.

A row is a `Data`. A column is one role: what it may read and write, and at which level. Anything a column does not name
is refused. Pages, services, API operations and the menu check a capability such as `Read(Data.LEDGER)` or
`Write(Data.BANK)`; none of them names a role.

A person with several roles may do what any of them allows. Background jobs (`Actor.system()`) may call services, and
see nothing on a page.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from common.codes import Code
from office.access.codes import Home, Role


class Data(Code):
    """What is read or written: one member per row of the matrix."""

    # What is known of a household.
    IDENTITY = "IDENTITY", "Identité et coordonnées"
    PROTECTED_ADDRESS = "PROTECTED_ADDRESS", "Adresse protégée"
    """An address that must not be told (violence). To write it is to say who is in charge of the household, and whether
    the address is protected still."""
    LEDGER = "LEDGER", "Solde et compte"
    ARREARS_CAUSE = "ARREARS_CAUSE", "Cause de l’impayé"
    """The cause of an arrears case, and the case itself. To write it is to give the answer of the social service."""
    AID_FILE = "AID_FILE", "Dossiers d’aide et budget"
    """Files for an aid (FSL and others) and the budget of a household. The facts: of which aid, where it stands, days,
    amounts; not why it was refused, its papers, nor any line of a budget. To write the facts: what was paid."""
    SHARED_NOTE = "SHARED_NOTE", "Note partagée"
    TEAM_NOTE = "TEAM_NOTE", "Note de l’équipe sociale"
    """What the social service tells itself: never the rental side, the direction, a funder or the administration."""
    PRIVATE_NOTE = "PRIVATE_NOTE", "Note réservée"
    """Private and sealed notes."""
    TICKET = "TICKET", "Demande technique"
    """Tickets, their photos, the work."""
    SAFETY_NOTICE = "SAFETY_NOTICE", "Consigne de sécurité"
    ACCESS_NOTES = "ACCESS_NOTES", "Codes et accès"
    """How one gets in: codes, keys, the intercom."""
    ALERT = "ALERT", "Alerte et réponse"
    TIMELINE = "TIMELINE", "Fil du ménage"
    ACCOUNT_PAPERS = "ACCOUNT_PAPERS", "Pièces du compte"
    """Documents of account, exports, bank labels. To write them is to issue them."""

    # The stock and the contracts.
    STOCK = "STOCK", "Immeubles et logements"
    AGREEMENT = "AGREEMENT", "Conventions"
    """What the association holds dwellings by, with rents and fees."""
    LEASE = "LEASE", "Contrats"
    """Contracts, their terms, entries and exits, with the names that are on them."""

    # The rents.
    RENT_RUN = "RENT_RUN", "Quittancement"
    BANK = "BANK", "Relevés de banque"
    PAYMENT = "PAYMENT", "Encaissements"
    BENEFIT = "BENEFIT", "Aides au logement"
    """Rights to a benefit, statements of the payer, regularisations."""
    ARREARS = "ARREARS", "Décisions sur les impayés"
    """Deciding what to do of arrears: actions, pauses, debts put aside, reports to the payer of the benefit."""

    # What leaves the house.
    MESSAGE = "MESSAGE", "Messages aux ménages"
    """Letters, e-mails, SMS and calls, with their text. To write them is to withdraw or to send again: the decision
    that sends one asks its own row."""
    MESSAGE_TEXT = "MESSAGE_TEXT", "Textes des messages"
    """What the messages say, for everybody."""

    # The work of the social service and of the technicians.
    CONTACT = "CONTACT", "Contacts et visites"
    """Contacts with a household, and the notes that are written of them."""
    MEASURE = "MEASURE", "Mesures d’accompagnement"
    DIFFICULTY = "DIFFICULTY", "Difficultés des ménages"
    """Why a household is supported, as codes, health among them. The totals: counts, none of a few households."""
    REFERRAL = "REFERRAL", "Saisines"
    """Who asks that which household be supported. Own: nobody's yet, one's own, and those of own cases."""
    COMMISSION = "COMMISSION", "Commissions"
    """What commissions are asked and decide. To write all of it is to prepare them, to note their decisions and to send
    them; of one's own cases, to put a household on the agenda and to give an opinion."""
    RIGHT = "RIGHT", "Droits du ménage"
    """The rights of a household, asked, open or refused. Those of health are for who accompanies it, and the head."""
    BUDGET = "BUDGET", "Budget du ménage"
    """The eight lines of a budget, and what they leave to live on. Of what a plan leaves, see the files for an aid."""
    REFERENT = "REFERENT", "Référents"
    ROUND = "ROUND", "Tournée"
    """The technician's own jobs, on the phone."""

    TASK = "TASK", "Tâches"
    """What is to do. A task shows to who reads what it is about (`office.tasks.kinds`). To write it is to give it to a
    colleague: it is done on its subject."""

    # The house.
    ORGANISATION = "ORGANISATION", "Carnet d’adresses"
    STAFF = "STAFF", "Équipe et rôles"
    STAFF_SECOND = "STAFF_SECOND", "Accès à confirmer"
    """What the administration asks about an account that reads social notes, and a second person confirms."""
    IBAN_SECOND = "IBAN_SECOND", "IBAN à confirmer"
    """Where an organisation is paid, or tenants pay us, as somebody asked it; a second person confirms."""
    WRITE_OFF_SECOND = "WRITE_OFF_SECOND", "Pertes et remises à décider"
    """The debts that a rental manager asks to give up; another person decides, who reads the accounts."""
    PARAMETER = "PARAMETER", "Paramètres datés"
    JOB = "JOB", "Travaux"
    ACCESS_LOG = "ACCESS_LOG", "Journal des accès"
    HOUSE = "HOUSE", "Réglages de la maison"
    """The association and its bank accounts."""
    SELF = "SELF", "Soi-même"
    """The own home page, the own tokens of the API."""


# What a second person confirms: who may is the witness of what others ask.
WITNESS = (Data.STAFF_SECOND, Data.IBAN_SECOND)
# Reads of these are logged; of the staff, what is done to an account.
LOGGED = (
    Data.PROTECTED_ADDRESS,
    Data.SHARED_NOTE,
    Data.TEAM_NOTE,
    Data.PRIVATE_NOTE,
    Data.DIFFICULTY,
    Data.MESSAGE,
    Data.STAFF,
)


class Access(Code):
    """How much of a row is read or written."""

    NONE = "NONE"
    FULL = "FULL"
    """All of it: whoever has it has every other level too."""
    OWN = "OWN"
    """Own jobs, own cases, own declarations; a note of which one is the author or a named reader. Of the documents of
    account of an own case: all but bank labels. Of the identity: name, phone and address of own jobs. Of the access:
    that of own jobs and own cases. Of a protected address, a technician: on the day of the job only."""
    ASK = "ASK"
    """Ask for a repair; others plan it and do it."""
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
    TEAM = "TEAM"
    """Of the own teams only."""


FULL, OWN, ASK = Access.FULL, Access.OWN, Access.ASK
IN_CHARGE, MASKED, WITH_REASON = Access.IN_CHARGE, Access.MASKED, Access.WITH_REASON
SHORT, FACTS, EVENTS, TOTALS, TEAM = Access.SHORT, Access.FACTS, Access.EVENTS, Access.TOTALS, Access.TEAM

Levels = Mapping[Data, Access]


@dataclass(frozen=True, slots=True)
class Column:
    """What one role may read and write, and the home page where it starts."""

    role: Role
    home: Home
    read: Levels
    write: Levels


# -- the matrix: one column per role --------------------------------------------------------------------------------

RENTAL_MANAGER = Column(
    Role.RENTAL_MANAGER,
    Home.RENTAL,
    read={
        Data.IDENTITY: FULL,
        Data.PROTECTED_ADDRESS: IN_CHARGE,
        Data.LEDGER: FULL,
        Data.AID_FILE: FACTS,
        Data.ARREARS_CAUSE: FULL,
        Data.SHARED_NOTE: FULL,
        Data.TICKET: FULL,
        Data.SAFETY_NOTICE: SHORT,
        Data.ACCESS_NOTES: FULL,
        Data.ALERT: FACTS,
        Data.TIMELINE: EVENTS,
        Data.ACCOUNT_PAPERS: FULL,
        Data.STOCK: FULL,
        Data.AGREEMENT: FULL,
        Data.LEASE: FULL,
        Data.RENT_RUN: FULL,
        Data.BANK: FULL,
        Data.PAYMENT: FULL,
        Data.BENEFIT: FULL,
        Data.ORGANISATION: FULL,
        Data.MESSAGE: FULL,
        Data.MESSAGE_TEXT: FULL,
        Data.TASK: OWN,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
    write={
        Data.IDENTITY: FULL,
        Data.PROTECTED_ADDRESS: IN_CHARGE,
        Data.STOCK: FULL,
        Data.AGREEMENT: FULL,
        Data.LEASE: FULL,
        Data.RENT_RUN: FULL,
        Data.BANK: FULL,
        Data.PAYMENT: FULL,
        Data.BENEFIT: FULL,
        Data.ARREARS: FULL,
        Data.AID_FILE: FACTS,
        Data.ACCOUNT_PAPERS: FULL,
        Data.TICKET: FULL,
        Data.ORGANISATION: FULL,
        Data.MESSAGE: FULL,
        Data.MESSAGE_TEXT: FULL,
        Data.TASK: OWN,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
)

TECHNICIAN = Column(
    Role.TECHNICIAN,
    Home.TECHNICAL,
    read={
        Data.IDENTITY: OWN,
        Data.PROTECTED_ADDRESS: OWN,
        Data.TICKET: OWN,
        Data.ROUND: FULL,
        Data.SAFETY_NOTICE: SHORT,
        Data.ACCESS_NOTES: OWN,
        Data.STOCK: FULL,
        Data.TASK: OWN,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
    write={
        Data.TICKET: OWN,
        Data.ROUND: FULL,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
)

SOCIAL_WORKER = Column(
    Role.SOCIAL_WORKER,
    Home.SOCIAL,
    read={
        Data.IDENTITY: FULL,
        Data.PROTECTED_ADDRESS: OWN,
        Data.LEDGER: FULL,
        Data.AID_FILE: OWN,
        Data.ARREARS_CAUSE: FULL,
        Data.SHARED_NOTE: FULL,
        Data.TEAM_NOTE: FULL,
        Data.PRIVATE_NOTE: OWN,
        Data.TICKET: FULL,
        Data.SAFETY_NOTICE: FULL,
        Data.ACCESS_NOTES: OWN,
        Data.ALERT: OWN,
        Data.TIMELINE: FULL,
        Data.ACCOUNT_PAPERS: OWN,
        Data.STOCK: FULL,
        Data.AGREEMENT: FULL,
        Data.LEASE: FULL,
        Data.CONTACT: OWN,
        Data.MEASURE: OWN,
        Data.DIFFICULTY: OWN,
        Data.REFERRAL: OWN,
        Data.COMMISSION: OWN,
        Data.RIGHT: OWN,
        Data.BUDGET: OWN,
        Data.MESSAGE: FULL,
        Data.TASK: OWN,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
    write={
        Data.AID_FILE: OWN,
        Data.ARREARS_CAUSE: OWN,
        Data.ALERT: OWN,
        Data.CONTACT: OWN,
        Data.MEASURE: OWN,
        Data.DIFFICULTY: OWN,
        Data.REFERRAL: OWN,
        Data.COMMISSION: OWN,
        Data.RIGHT: OWN,
        Data.BUDGET: OWN,
        Data.TICKET: ASK,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
)

HEAD_OF_SOCIAL = Column(
    Role.HEAD_OF_SOCIAL,
    Home.HEAD,
    read={
        Data.IDENTITY: FULL,
        Data.PROTECTED_ADDRESS: FULL,
        Data.LEDGER: FULL,
        Data.AID_FILE: FULL,
        Data.ARREARS_CAUSE: FULL,
        Data.SHARED_NOTE: FULL,
        Data.TEAM_NOTE: FULL,
        Data.PRIVATE_NOTE: WITH_REASON,
        Data.TICKET: FULL,
        Data.SAFETY_NOTICE: FULL,
        Data.ACCESS_NOTES: FULL,
        Data.ALERT: FULL,
        Data.TIMELINE: FULL,
        Data.ACCOUNT_PAPERS: FULL,
        Data.STOCK: FULL,
        Data.AGREEMENT: FULL,
        Data.LEASE: FULL,
        Data.CONTACT: FULL,
        Data.MEASURE: FULL,
        Data.DIFFICULTY: FULL,
        Data.REFERRAL: FULL,
        Data.COMMISSION: FULL,
        Data.RIGHT: FULL,
        Data.BUDGET: FULL,
        Data.ACCESS_LOG: TEAM,
        Data.MESSAGE: FULL,
        Data.TASK: OWN,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
    write={
        Data.PROTECTED_ADDRESS: FULL,
        Data.AID_FILE: FULL,
        Data.ARREARS_CAUSE: FULL,
        Data.ALERT: FULL,
        Data.CONTACT: FULL,
        Data.MEASURE: FULL,
        Data.DIFFICULTY: FULL,
        Data.REFERRAL: FULL,
        Data.COMMISSION: FULL,
        Data.RIGHT: FULL,
        Data.BUDGET: FULL,
        Data.REFERENT: FULL,
        Data.STAFF_SECOND: FULL,
        Data.TICKET: ASK,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
)

DIRECTOR = Column(
    Role.DIRECTOR,
    Home.DIRECTION,
    read={
        Data.IDENTITY: FULL,
        Data.PROTECTED_ADDRESS: MASKED,
        Data.LEDGER: FULL,
        Data.ARREARS_CAUSE: TOTALS,
        Data.TICKET: FULL,
        Data.ALERT: TOTALS,
        Data.STOCK: FULL,
        Data.AGREEMENT: FULL,
        Data.LEASE: FULL,
        Data.MEASURE: TOTALS,
        Data.DIFFICULTY: TOTALS,
        Data.REFERRAL: TOTALS,
        Data.COMMISSION: TOTALS,
        Data.RIGHT: TOTALS,
        Data.ORGANISATION: FULL,
        Data.STAFF: FULL,
        Data.PARAMETER: FULL,
        Data.JOB: FULL,
        Data.ACCESS_LOG: FULL,
        Data.HOUSE: FULL,
        Data.SELF: OWN,
    },
    write={
        Data.ORGANISATION: FULL,
        Data.STAFF_SECOND: FULL,
        Data.IBAN_SECOND: FULL,
        Data.WRITE_OFF_SECOND: FULL,
        Data.JOB: OWN,
        Data.SELF: OWN,
    },
)

FUNDER = Column(
    Role.FUNDER,
    Home.FUNDER,
    read={
        Data.LEDGER: TOTALS,
        Data.ARREARS_CAUSE: TOTALS,
        Data.ALERT: TOTALS,
        Data.DIFFICULTY: TOTALS,
        Data.SELF: OWN,
    },
    write={
        Data.SELF: OWN,
    },
)

ADMINISTRATOR = Column(
    Role.ADMINISTRATOR,
    Home.HOUSE,
    read={
        Data.ORGANISATION: FULL,
        Data.STAFF: FULL,
        Data.PARAMETER: FULL,
        Data.MESSAGE_TEXT: FULL,
        Data.JOB: FULL,
        Data.ACCESS_LOG: FULL,
        Data.HOUSE: FULL,
        Data.SELF: OWN,
    },
    write={
        Data.ORGANISATION: FULL,
        Data.STAFF: FULL,
        Data.IBAN_SECOND: FULL,
        Data.PARAMETER: FULL,
        Data.MESSAGE_TEXT: FULL,
        Data.JOB: FULL,
        Data.HOUSE: FULL,
        Data.SELF: FULL,
    },
)

COLUMNS: dict[str, Column] = {
    column.role: column
    for column in (
        RENTAL_MANAGER, TECHNICIAN, SOCIAL_WORKER, HEAD_OF_SOCIAL, DIRECTOR, FUNDER, ADMINISTRATOR,
    )
}  # fmt: skip
"""By code of role, in the order in which pages name roles. A new role is one more column here."""


# -- checking the matrix --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, init=False)
class Capability(ABC):
    """Reading or writing a row, all of it or at one of `levels`. FULL is always enough."""

    data: Data
    levels: frozenset[Access]

    def __init__(self, data: Data, *levels: Access) -> None:
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "levels", frozenset({FULL, *levels}) - {Access.NONE})

    @abstractmethod
    def level(self, column: Column) -> Access:
        """The level that the column gives on this row, for this kind of access (read or write)."""

    def is_given_by(self, column: Column) -> bool:
        return self.level(column) in self.levels


class Read(Capability):
    """`Read(Data.LEDGER)`, `Read(Data.TICKET, OWN)`."""

    __slots__ = ()

    def level(self, column: Column) -> Access:
        return column.read.get(self.data, Access.NONE)


class Write(Capability):
    """`Write(Data.BANK)`, `Write(Data.ALERT, OWN)`."""

    __slots__ = ()

    def level(self, column: Column) -> Access:
        return column.write.get(self.data, Access.NONE)


class Roles(Protocol):
    """What the matrix asks of who acts (`office.access.actor.Actor`)."""

    @property
    def roles(self) -> frozenset[Role]: ...


def can(actor: Roles, *wanted: Capability) -> bool:
    """Whether one of the actor's roles gives one of the capabilities."""
    return any(one.is_given_by(COLUMNS[role]) for role in actor.roles for one in wanted)


def access_of(actor: Roles, data: Data) -> frozenset[Access]:
    """The levels at which the actor's roles read `data`; empty where they give none."""
    return frozenset(Read(data).level(COLUMNS[role]) for role in actor.roles) - {Access.NONE}


def roles_with(*wanted: Capability) -> tuple[Role, ...]:
    """The roles that give one of the capabilities, in the order of the columns."""
    return tuple(column.role for column in COLUMNS.values() if any(one.is_given_by(column) for one in wanted))


def exceeds(column: Column, other: Column) -> bool:
    """Whether `column` reads or writes, of any row, what `other` does not."""
    return any(
        theirs.get(data) not in (FULL, level)
        for ours, theirs in ((column.read, other.read), (column.write, other.write))
        for data, level in ours.items()
    )


def guarded_roles() -> tuple[Role, ...]:
    """The roles that who gives roles may not give alone: they open what she does not read or write herself, or make a
    witness of their holder."""
    givers = [COLUMNS[role] for role in roles_with(Write(Data.STAFF))]
    witnesses = roles_with(*(Write(data) for data in WITNESS))
    return tuple(
        column.role
        for column in COLUMNS.values()
        if column.role in witnesses or any(exceeds(column, giver) for giver in givers)
    )
