"""Charts: a strip of twelve months, a line of shares, a road travelled. Each has its table, for who does not see it."""

from collections.abc import Sequence
from typing import Any

from django import template

from common.charts import FOOT, FROM, ROW, STEP, TOP, MoneyMonth, RoadRow, TrendPoint, strip_columns
from common.charts import road as road_of
from common.charts import trend as trend_of

register = template.Library()


@register.inclusion_tag("common/includes/strip.html")
def strip(months: Sequence[MoneyMonth], id: str = "douze-mois") -> dict[str, Any]:
    """Twelve months of an account: asked behind received, the aid apart, what came back, a plan.

    `{% strip statement.months %}` inside the body of a card; nothing is written where there are no `months`. `id` is
    its own on the page.
    """
    columns = strip_columns(months)
    shown = [column.of for column in columns]
    return {
        "columns": columns,
        "id": id,
        "foot": FOOT,
        "has_aid": any(row.aid for row in shown),
        "has_rejected": any(row.rejected for row in shown),
        "has_plan": any(row.has_plan for row in shown),
    }


@register.inclusion_tag("common/includes/trend.html")
def trend(points: Sequence[TrendPoint], id: str, caption: str, head: str) -> dict[str, Any]:
    """A line of shares in per cent, month by month: `{% trend points id="l-rec" caption="Payé à 30 j" head="Payé" %}`.

    `caption` says what is drawn; `head` is the head of the column in its table.
    """
    return {"line": trend_of(points), "id": id, "caption": caption, "head": head, "foot": FOOT, "top": TOP}


@register.inclusion_tag("common/includes/road.html")
def road(
    rows: Sequence[RoadRow], moments: Sequence[str], levels: Sequence[str], id: str, caption: str
) -> dict[str, Any]:
    """From where to where, on a scale of five `levels`: an empty circle for the first of the `moments`, a full one for
    the last. `{% road axes.rows moments axes.levels id="g-axes" caption="…" %}`; its table has each moment.
    """
    marks = road_of(rows)
    table = [(row.label, [levels[level - 1] if level else "" for level in row.levels]) for row in rows]
    return {
        "marks": marks,
        "grid": [FROM + STEP * n for n in range(len(levels))],
        "first": levels[0],
        "last": levels[-1],
        "height": ROW * len(marks) + ROW,
        "moments": moments,
        "table": table,
        "id": id,
        "caption": caption,
    }
