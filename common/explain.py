"""Why an amount or a proposal is what it is: a tree that any page can show (`common/includes/why.html`)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """One node: a French label, its amount (euros) if it has one, its parts, its rule or text, a link to its proof.

    `detail` is small print beside the label, `rule` the text or rule that decided (foot of the popover at the root),
    `url` an internal path to the proof.
    """

    label: str
    amount: Decimal | None = None
    children: tuple["Explanation", ...] = ()
    detail: str = ""
    rule: str = ""
    url: str = ""
    on: date | None = field(default=None)

    def to_json(self) -> dict[str, object]:
        """A JSON tree: amounts as decimal strings, days as ISO strings; empty keys left out."""
        node: dict[str, object] = {"label": self.label}
        if self.amount is not None:
            node["amount"] = str(self.amount)
        if self.on is not None:
            node["on"] = self.on.isoformat()
        for key in ("detail", "rule", "url"):
            if getattr(self, key):
                node[key] = getattr(self, key)
        if self.children:
            node["children"] = [c.to_json() for c in self.children]
        return node
