"""Dated parameters of what is asked of guarantors, and how to read them."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from common.params import Kind, declare
from leases.contracts.codes import GuaranteeKind
from office.parameters.queries import params_on
from rent_ledger.guarantees.rules.calls import CallParams
from rent_ledger.procedures.parameters import procedure_params

_VISALE = "visale.fr (foire aux questions), à relire avant d’appeler"
_NOTICE = "generali.fr, 29 janvier 2025 : source seconde, à relire sur visale.fr"
_CLAIM = "Courtier (groupe-evotion.com), ancien : à relire sur visale.fr"
_BODY = "Convention de l’organisme (FSL, Action Logement) : à recopier"
VISALE_FULL = declare(
    key="guarantees.visale_full_months", kind=Kind.INT, unit="mois", verified=False, default=2, least=1, most=12,
    label="Visale : mois entiers impayés à partir desquels l’appel est possible", source=_VISALE,
).key  # fmt: skip
VISALE_PARTIAL = declare(
    key="guarantees.visale_partial_months", kind=Kind.DECIMAL, unit="× le mois net", verified=False, default="1.00",
    label="Visale : dette au-delà de laquelle un impayé partiel s’appelle", source=_VISALE,
).key  # fmt: skip
VISALE_NOTICE = declare(
    key="guarantees.visale_notice_days", kind=Kind.DAYS, unit="jours", verified=False, default=15,
    label="Visale : mise en demeure du ménage après le premier impayé", source=_NOTICE,
).key  # fmt: skip
VISALE_CLAIM = declare(
    key="guarantees.visale_claim_days", kind=Kind.DAYS, unit="jours", verified=False, default=30,
    label="Visale : déclaration après le seuil", source=_CLAIM,
).key  # fmt: skip
VISALE_MOST = declare(
    key="guarantees.visale_most_months", kind=Kind.INT, unit="mois", verified=False, default=36, least=1, most=120,
    label="Visale : mois de loyer et charges payés en tout", source=_VISALE,
).key  # fmt: skip
VISALE_DAMAGES = declare(
    key="guarantees.visale_damage_months", kind=Kind.INT, unit="mois", verified=False, default=2, least=1, most=12,
    label="Visale : réparations locatives payées, en mois de loyer et charges (parc privé)", source=_VISALE,
).key  # fmt: skip
BODY_FULL = declare(
    key="guarantees.body_full_months", kind=Kind.INT, unit="mois", verified=False, default=2, least=1, most=12,
    label="FSL, Loca-Pass et autres : mois entiers impayés à partir desquels l’appel est possible", source=_BODY,
).key  # fmt: skip
BODY_PARTIAL = declare(
    key="guarantees.body_partial_months", kind=Kind.DECIMAL, unit="× le mois net", verified=False, default="2.00",
    label="FSL, Loca-Pass et autres : dette au-delà de laquelle un impayé partiel s’appelle", source=_BODY,
).key  # fmt: skip
BODY_CLAIM = declare(
    key="guarantees.body_claim_days", kind=Kind.DAYS, unit="jours", verified=False, default=60,
    label="FSL, Loca-Pass et autres : déclaration après le seuil", source=_BODY,
).key  # fmt: skip
SURETY_MONTHS = declare(
    key="guarantees.surety_told_months", kind=Kind.MONTHS, unit="mois", verified=False, default=1,
    label="Caution personne physique : prévenue d’un impayé qui n’est pas réglé dans ce temps",
    source="C. civ., art. 2303 (non relu)",
).key  # fmt: skip
END_WARN = declare(
    key="guarantees.end_warn_days", kind=Kind.DAYS, unit="jours", verified=True, default=60,
    label="Combien de temps avant sa fin une garantie est signalée", source="Usage de la maison",
).key  # fmt: skip


def call_params(kinds: Collection[str], day: date) -> dict[str, CallParams]:
    """What bounds the calls of these kinds of guarantee, in force on `day`."""
    params, served = params_on(day), procedure_params(day).guarantor_days
    found = {}
    for kind in kinds:
        is_visale = kind == GuaranteeKind.VISALE
        found[kind] = CallParams(
            full_months=params.integer(VISALE_FULL if is_visale else BODY_FULL),
            partial_months=Decimal(params.value(VISALE_PARTIAL if is_visale else BODY_PARTIAL)),
            notice_days=params.integer(VISALE_NOTICE),
            claim_days=params.integer(VISALE_CLAIM if is_visale else BODY_CLAIM),
            most_months=params.integer(VISALE_MOST) if is_visale else None,
            damage_months=params.integer(VISALE_DAMAGES) if is_visale else None,
            told_months=params.integer(SURETY_MONTHS),
            guarantor_days=served,
        )
    return found


def end_warn_days(day: date) -> int:
    """How long before its end a guarantee is told of."""
    return params_on(day).integer(END_WARN)
