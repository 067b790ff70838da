"""Dated parameters of the legal procedures and of the prescription, and how to read them."""

from datetime import date

from common.params import Kind, Scope, declare
from office.parameters.queries import params_on
from rent_ledger.arrears.parameters import ccapex_params
from rent_ledger.arrears.step_parameters import NOTICE_MONTHS
from rent_ledger.procedures.rules.days import ProcedureParams
from rent_ledger.procedures.rules.prescription import PrescriptionParams

_L89_24 = "Loi n° 89-462 du 6 juillet 1989, art. 24"
_L2023 = "Loi n° 2023-668 du 27 juillet 2023, art. 10 ; Cass., avis du 13 juin 2024"
_L442_6_5 = "CCH, art. L. 442-6-5 et L. 353-15-2"
_TRUCE = "CPCE, art. L. 412-6"
CLAUSE_SINCE = declare(
    key="procedures.clause_since", kind=Kind.DATE, unit="", scope=Scope.NATIONAL, verified=True, default="2023-07-29",
    label="Contrats dont la clause résolutoire joue après le délai en semaines : signés à partir du", source=_L2023,
).key  # fmt: skip
CLAUSE_WEEKS = declare(
    key="procedures.clause_weeks", kind=Kind.INT, unit="semaines", scope=Scope.NATIONAL, verified=True, default=6,
    label="Délai de la clause résolutoire après le commandement de payer", source=f"{_L89_24} I", most=52,
).key  # fmt: skip
CLAUSE_MONTHS = declare(
    key="procedures.clause_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=2,
    label="Délai de la clause résolutoire des contrats d’avant", source=_L2023,
).key  # fmt: skip
GUARANTOR_DAYS = declare(
    key="procedures.guarantor_days", kind=Kind.DAYS, unit="jours", scope=Scope.NATIONAL, verified=True, default=15,
    label="Délai pour signifier le commandement à la caution", source=f"{_L89_24} I",
).key  # fmt: skip
PREFECT_WEEKS = declare(
    key="procedures.prefect_weeks", kind=Kind.INT, unit="semaines", scope=Scope.NATIONAL, verified=True, default=6,
    label="Assignation notifiée au préfet, avant l’audience au moins", source=f"{_L89_24} III", most=52,
).key  # fmt: skip
DELAYS_MONTHS = declare(
    key="procedures.delays_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=36,
    label="Délais de paiement qu’un juge peut donner, au plus", source=f"{_L89_24} V",
).key  # fmt: skip
QUIT_MONTHS = declare(
    key="procedures.quit_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=2,
    label="Délai après le commandement de quitter les lieux", source="CPCE, art. L. 412-1",
).key  # fmt: skip
TRUCE_FROM = declare(
    key="procedures.truce_from", kind=Kind.INT, unit="mois × 100 + jour", scope=Scope.NATIONAL, verified=True,
    label="Premier jour de la trêve hivernale", source=_TRUCE, default=1101, least=101, most=1231,
).key  # fmt: skip
TRUCE_TO = declare(
    key="procedures.truce_to", kind=Kind.INT, unit="mois × 100 + jour", scope=Scope.NATIONAL, verified=True,
    label="Dernier jour de la trêve hivernale", source=_TRUCE, default=331, least=101, most=1231,
).key  # fmt: skip
NOTICE_TERMS = declare(
    key="procedures.notice_terms", kind=Kind.INT, unit="termes", scope=Scope.NATIONAL, verified=True, default=3,
    least=1,
    label="Termes entiers impayés de suite à partir desquels le contrat d’un résident peut être résilié",
    source="CCH, art. R. 633-3",
).key  # fmt: skip
NOTICE_MULTIPLE = declare(
    key="procedures.notice_multiple", kind=Kind.INT, unit="× le montant mensuel", scope=Scope.NATIONAL, verified=True,
    label="Dette d’un résident qui paie en partie, à partir de laquelle le contrat peut être résilié",
    source="CCH, art. R. 633-3", default=2, most=100,
).key  # fmt: skip
PROTOCOL_MONTHS = declare(
    key="procedures.protocol_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=24,
    label="Protocole de cohésion sociale : durée au plus", source=_L442_6_5,
).key  # fmt: skip
LONGER_MONTHS = declare(
    key="procedures.longer_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=36,
    label="Protocole de cohésion sociale : prolongation au plus", source=_L442_6_5,
).key  # fmt: skip
NEW_LEASE_MONTHS = declare(
    key="procedures.new_lease_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=3,
    label="Nouveau bail après un protocole tenu", source=_L442_6_5,
).key  # fmt: skip
TRANSFER_DAYS = declare(
    key="procedures.transfer_days", kind=Kind.DAYS, unit="jours", verified=True, default=2,
    label="Temps laissé à un virement avant de juger qu’un terme fixé par le juge est impayé",
    source="Usage de la maison : un virement fait le jour dit arrive le lendemain",
).key  # fmt: skip


LEASE_BARRED = declare(
    key="procedures.lease_barred_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True,
    label="Prescription d’un terme de loyer sous la loi de 1989", source="Loi n° 89-462, art. 7-1", default=36,
).key  # fmt: skip
OTHER_BARRED = declare(
    key="procedures.other_barred_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True,
    label="Prescription d’un terme dû par un autre contrat", source="C. civ., art. 2224", default=60,
).key  # fmt: skip
BARRED_WARN = declare(
    key="procedures.barred_warn_months", kind=Kind.MONTHS, unit="mois", verified=True, default=6, most=60,
    label="Combien de temps avant la prescription d’un terme elle est signalée", source="Usage de la maison",
).key  # fmt: skip


def procedure_params(day: date) -> ProcedureParams:
    """What bounds a procedure, in force on `day`."""
    params = params_on(day)
    return ProcedureParams(
        clause_since=params.date_of(CLAUSE_SINCE),
        clause_weeks=params.integer(CLAUSE_WEEKS),
        clause_months=params.integer(CLAUSE_MONTHS),
        guarantor_days=params.integer(GUARANTOR_DAYS),
        writ_months=ccapex_params(day).writ_months,
        prefect_weeks=params.integer(PREFECT_WEEKS),
        delays_months=params.integer(DELAYS_MONTHS),
        quit_months=params.integer(QUIT_MONTHS),
        notice_months=params.integer(NOTICE_MONTHS),
        notice_terms=params.integer(NOTICE_TERMS),
        notice_multiple=params.integer(NOTICE_MULTIPLE),
        truce_from=params.integer(TRUCE_FROM),
        truce_to=params.integer(TRUCE_TO),
        protocol_months=params.integer(PROTOCOL_MONTHS),
        longer_months=params.integer(LONGER_MONTHS),
        new_lease_months=params.integer(NEW_LEASE_MONTHS),
    )


def transfer_days(day: date) -> int:
    """How long money for a due day may take to come."""
    return params_on(day).integer(TRANSFER_DAYS)


def prescription_params(day: date) -> PrescriptionParams:
    """How long a term can be claimed, in force on `day`."""
    params = params_on(day)
    return PrescriptionParams(
        lease_months=params.integer(LEASE_BARRED),
        other_months=params.integer(OTHER_BARRED),
        warn_months=params.integer(BARRED_WARN),
    )
