"""How a figure is taken and printed."""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

PAIRS = 7


def clocked(work: Callable[[], Any]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def show(name: str, n: int, ours: list[float], limit: list[float] | None = None, **more: Any) -> None:
    """Print one JSON line: medians, minima, ratio of the medians (null without a limit)."""
    median = statistics.median(ours)
    least = statistics.median(limit) if limit else None
    line = {
        "name": name,
        "n": n,
        "ours_s": round(median, 4),
        "limit_s": round(least, 4) if least is not None else None,
        "ratio": round(median / least, 3) if least else None,
        "pairs": len(ours),
        "ours_min_s": round(min(ours), 4),
        "limit_min_s": round(min(limit), 4) if limit else None,
    }
    print(json.dumps(line | more), flush=True)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
