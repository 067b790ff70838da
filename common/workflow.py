"""States follow an allow-list: `Workflow({from: {to, …}})`."""

from collections.abc import Mapping, Set

from common.errors import Conflict


class Workflow:
    """An allow-list of transitions between the states of one field."""

    def __init__(self, transitions: Mapping[str, Set[str]]) -> None:
        self.transitions = {str(k): {str(v) for v in vs} for k, vs in transitions.items()}

    def allows(self, source: str, target: str) -> bool:
        return str(target) in self.transitions.get(str(source), set())

    def check(self, source: str, target: str, *, message: str) -> None:
        """Raise `Conflict(message)` unless `source → target` is allowed."""
        if not self.allows(source, target):
            raise Conflict(message, code="wrong_state")
