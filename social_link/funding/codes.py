"""Codes of what funders pay: how their months are counted."""

from common.codes import Code


class Counting(Code):
    """How a month of a measure is counted (law.md A4): a convention says it."""

    ANY_DAY = "ANY_DAY", "Tout mois commencé"
    DAYS = "DAYS", "Jours ÷ 30,4"
