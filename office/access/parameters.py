"""The dated parameter of the access."""

from common.params import Kind, declare

SIGN_IN_MONTHS = declare(
    key="access.sign_in_months",
    kind=Kind.INT,
    unit="mois",
    label="Journal des connexions gardé",
    source="CNIL, délibération n° 2021-122 du 14 octobre 2021 (journalisation) : six mois à un an",
    verified=False,
    default=6,
).key
