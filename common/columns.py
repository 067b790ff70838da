"""Column heads of a table, declared once by the view (`common/includes/table_head.html`)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the name in `?tri=`, empty where the column can't be sorted; `first` the order of the first click."""

    label: str
    key: str = ""
    num: bool = False
    first: Literal["asc", "desc"] = "asc"
