"""Dated parameters of the benefits received, and where a fall begins."""

from common.params import Kind, declare

BENEFIT_PERCENT = declare(
    key="alert.benefit_percent",
    kind=Kind.INT,
    unit="%",
    label="Aide en baisse sous ce taux",
    source="Pratique de la maison (règles de départ), aucun texte",
    verified=False,
    default=80,
).key
"""Of the benefit of the month before; alerts and early signs read the same."""
