"""Scopes of a dated value."""

from common.params import Scope

ParameterScope = Scope
