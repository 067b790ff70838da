"""States follow an allow-list: `Workflow({from: {to, …}})`.

Each model with a state says which one it follows: `flow = JOB_FLOW`, declared beside the codes of its states.
"""

from collections.abc import Mapping, Set

from common.errors import Conflict


class Workflow:
    """An allow-list of transitions between the states of one field."""

    def __init__(self, transitions: Mapping[str, Set[str]]) -> None:
        self.transitions = {str(k): {str(v) for v in vs} for k, vs in transitions.items()}

    @property
    def states(self) -> set[str]:
        """All states of the workflow. A final state is declared with no target."""
        return set(self.transitions) | {target for targets in self.transitions.values() for target in targets}

    def allows(self, source: str, target: str) -> bool:
        return str(target) in self.transitions.get(str(source), set())

    def check(self, source: str, target: str, *, message: str) -> None:
        """Raise `Conflict(message)` unless `source → target` is allowed."""
        if not self.allows(source, target):
            raise Conflict(message, code="wrong_state")
