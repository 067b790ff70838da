"""Codes of what a household is told of its support: how it was told."""

from common.codes import Code


class Told(Code):
    HAND = "HAND", "Remise en main propre"
    READ = "READ", "Lue ensemble"
    POST = "POST", "Postée"
