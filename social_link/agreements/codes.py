"""Codes of the contract of support: how a party signed it."""

from common.codes import Code


class Way(Code):
    PAPER = "PAPER", "Sur papier"
    SCREEN = "SCREEN", "À l’écran"
