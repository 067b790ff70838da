"""Dated parameters of contracts, and how to read them."""

from datetime import date
from decimal import Decimal

from common.params import Kind, Params, Scope, declare
from common.typography import uncapitalised
from leases.contracts.codes import LeaseKind
from leases.contracts.rules.families import Durations
from office.parameters.queries import params_on

_L89_15 = "Loi n° 89-462, art. 15 : trois mois, un mois en zone tendue ou pour un motif de la liste"
_ONE_MONTH = "Usage (parc social, minima sociaux) : la convention ou le contrat peut dire autrement"
_NOTICES = {
    LeaseKind.SUBLEASE: (1, _ONE_MONTH, False),
    LeaseKind.SLIDING: (1, _ONE_MONTH, False),
    LeaseKind.MANAGED: (3, _L89_15, True),
    LeaseKind.OCCUPANCY: (1, "Usage : à fixer par la convention d’occupation", False),
}
NOTICE = {
    kind: declare(
        key=f"lease.notice_{kind.value.lower()}",
        kind=Kind.MONTHS,
        unit="mois",
        label=f"Préavis du ménage : {uncapitalised(kind.label)}",
        source=source,
        verified=verified,
        default=months,
    ).key
    for kind, (months, source, verified) in _NOTICES.items()
}
MONTHLY_MOST = declare(
    key="lease.monthly_most",
    kind=Kind.DECIMAL,
    unit="€",
    label="Montant par mois au-delà duquel une confirmation est demandée",
    source="Usage de la maison, à régler : aucun texte ne le fixe",
    verified=False,
    default="2000.00",
).key
SLIDING_REVIEW = declare(
    key="lease.sliding_review_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Bail glissant : temps entre deux examens contradictoires",
    source="CCH, art. R. 442-4-1 : un entretien tous les six mois à compter de la signature",
    verified=True,
    default=6,
    scope=Scope.NATIONAL,
).key
SLIDING_LONGEST = declare(
    key="lease.sliding_longest_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Bail glissant : durée la plus longue",
    source="Usage (recommandations ANIL, FNARS, USH de juillet 2010) : à fixer par la convention",
    verified=False,
    default=24,
    optional=True,
).key


def durations(params: Params, kind: str) -> Durations:
    """Notice, reviews and longest stay of a kind of lease."""
    slides = kind == LeaseKind.SLIDING
    return Durations(
        notice=params.integer(NOTICE[LeaseKind(kind)]),
        review=params.integer(SLIDING_REVIEW) if slides else None,
        longest=params.bound(SLIDING_LONGEST) if slides else None,
    )


def durations_on(day: date, kind: str) -> Durations:
    """The same as in force on `day` (one query)."""
    return durations(params_on(day), kind)


def monthly_most(day: date) -> Decimal:
    """Above it a monthly amount is asked about, in euros."""
    return params_on(day).decimal(MONTHLY_MOST)
