"""Scopes of a dated value, and what is asked before one is withdrawn."""

from common.codes import Code
from common.params import Scope


class ParameterScope(Code):
    """Where a value counts. Values of a département are history: no rule ever read one (ADR 30)."""

    NATIONAL = Scope.NATIONAL.value, Scope.NATIONAL.label
    DEPARTEMENT = "DEPARTEMENT", "Département"
    ASSOCIATION = Scope.ASSOCIATION.value, Scope.ASSOCIATION.label


ABOUT_VALUE = "parameter_value"


class WithdrawalQuestion(Code):
    """What is asked before a value is withdrawn that rules may have read."""

    HAS_SERVED = (
        "HAS_SERVED",
        "Cette valeur ({label}, {value}) sert depuis le {since:date} : ce qui a été calculé avec elle reste ainsi",
    )
    ALWAYS_SERVED = (
        "ALWAYS_SERVED",
        "Cette valeur ({label}, {value}) sert depuis toujours : ce qui a été calculé avec elle reste ainsi",
    )
