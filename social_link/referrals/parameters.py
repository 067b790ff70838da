"""Dated parameters of the referrals: usage of the house, no text gives them."""

from datetime import date, timedelta

from common.params import Kind, declare
from office.parameters.queries import params_on
from social_link.referrals.rules.waiting import ReferralParams

_DELAYS = {
    "receipt_days": ("accuser réception", 5),
    "meeting_days": ("tenir le premier rendez-vous", 21),
    "urgent_days": ("tenir le premier rendez-vous, si c’est urgent", 3),
    "orient_days": ("orienter le ménage", 45),
    "complete_days": ("relancer qui doit la compléter", 15),
    "opening_days": ("ouvrir la mesure après l’orientation", 30),
}
KEYS = {
    name: declare(
        key=f"referral.{name}", kind=Kind.DAYS, unit="jours", verified=False, default=default,
        label=f"Saisine : temps pour {label}", source="Usage de la maison, aucun texte",
    ).key
    for name, (label, default) in _DELAYS.items()
}  # fmt: skip

LINK_DAYS = declare(
    key="referral.link_days", kind=Kind.DAYS, unit="jours", verified=False, default=365,
    label="Saisine : durée d’une adresse donnée à un partenaire", source="Usage de la maison, aucun texte",
).key  # fmt: skip


def referral_params(day: date) -> ReferralParams:
    """The delays in force on `day`."""
    params = params_on(day)
    return ReferralParams(**{name: params.integer(key) for name, key in KEYS.items()})


def link_ends_on(day: date) -> date:
    """The last day of an address that is given on `day`."""
    return day + timedelta(days=params_on(day).integer(LINK_DAYS))
