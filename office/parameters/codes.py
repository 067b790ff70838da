"""Scopes of a dated value."""

from common.codes import Code
from common.params import Scope


class ParameterScope(Code):
    """Where a value counts. Values of a département are history: no rule ever read one (ADR 30)."""

    NATIONAL = Scope.NATIONAL.value, Scope.NATIONAL.label
    DEPARTEMENT = "DEPARTEMENT", "Département"
    ASSOCIATION = Scope.ASSOCIATION.value, Scope.ASSOCIATION.label
