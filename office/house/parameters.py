"""The dated parameter of the house."""

from common.params import Kind, declare

ALSACE_MOSELLE = declare(
    key="house.alsace_moselle",
    kind=Kind.BOOL,
    unit="",
    label="Jours fériés d’Alsace et de Moselle",
    source="Code du travail, art. L.3134-13 : Vendredi saint et 26 décembre",
    verified=False,
    default=False,
).key
