"""How lines and matches store their reasons: `Reason.to_json` with `ok`, true where it speaks for the match."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from common.reasons import Reason
from rent_ledger.matching.codes import MatchWhy


@dataclass(frozen=True, slots=True)
class Said:
    """A reason as it was stored. `ok`: it speaks for the match."""

    reason: Reason
    ok: bool


def stored(*reasons: Reason) -> list[dict[str, Any]]:
    """What speaks for it, as a field of a model takes it."""
    return [{**reason.to_json(), "ok": True} for reason in reasons]


def stored_text(reasons: Iterable[Reason], doubts: Iterable[Reason]) -> str:
    """The same as JSON text, for COPY."""
    return f"[{', '.join([*(_one(r, True) for r in reasons), *(_one(d, False) for d in doubts)])}]"


def said(nodes: Sequence[Mapping[str, Any]]) -> list[Said]:
    """The reasons that were stored."""
    return [Said(Reason.from_json(node, MatchWhy), bool(node["ok"])) for node in nodes]


def _one(reason: Reason, ok: bool) -> str:
    if not reason.figures:
        return _bare(str(reason.code), ok)
    # By hand: `json.dumps` of these few words would cost an import more than to find them. `str` of a day is ISO.
    figures = ", ".join(
        f'"{name}": {value if type(value) is int else encode_basestring(str(value))}'
        for name, value in reason.figures.items()
    )
    return f'{{"code": "{reason.code}", "figures": {{{figures}}}, "ok": {"true" if ok else "false"}}}'


@cache
def _bare(code: str, ok: bool) -> str:
    return json.dumps({"code": code, "ok": ok})
