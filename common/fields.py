"""Model fields of the house."""

from typing import Any

from django.db import models
from django.db.models.functions import Concat, Length, Replace
from django.db.models.lookups import LessThanOrEqual

from common import typography
from common.text import LONGEST_TEXT


class SortKeyField(models.GeneratedField):
    """A stored column made by PostgreSQL from name fields: lower case, no accents, single spaces.

    Names are ordered and searched by it, never by collation. The SQL function comes from office's first migration and
    gives the same result as `common.text.sort_key`.
    """

    def __init__(self, *fields: str, **kwargs: Any) -> None:
        if fields:
            parts: list[Any] = [models.F(fields[0])]
            for name in fields[1:]:
                parts += [models.Value(" "), models.F(name)]
            text = Concat(*parts, output_field=models.TextField()) if len(parts) > 1 else parts[0]
            kwargs["expression"] = models.Func(text, function="ancrage_sort_key", output_field=models.TextField())
        kwargs.setdefault("output_field", models.TextField())
        kwargs.setdefault("db_persist", True)
        super().__init__(**kwargs)


def bounded(row: str, field: str) -> models.CheckConstraint:
    """The constraint `<row>_<field>_bounded`: a text that people type has `LONGEST_TEXT` signs at most."""
    return models.CheckConstraint(
        condition=LessThanOrEqual(Length(field), LONGEST_TEXT),
        name=f"{row}_{field}_bounded",
        violation_error_message=f"Ce texte dépasse {typography.number(LONGEST_TEXT)} caractères : raccourcissez-le.",
    )


class SearchKeyField(models.GeneratedField):
    """A stored column that names are searched by: the sort key of the fields, then each once more without its spaces.

    « Le Gac » is found by `legac` and by `le gac`, « d’Almeida » by `dalmeida`. What is typed is cut
    into the words of its sort key; each is somewhere in here.
    """

    def __init__(self, *fields: str, **kwargs: Any) -> None:
        if fields:
            parts: list[Any] = []
            for name in fields:
                parts += [models.Func(models.F(name), function="ancrage_sort_key", output_field=models.TextField())]
                parts += [models.Value(" ")]
            for name in fields:
                key = models.Func(models.F(name), function="ancrage_sort_key", output_field=models.TextField())
                parts += [
                    Replace(key, models.Value(" "), models.Value(""), output_field=models.TextField()),
                    models.Value(" "),
                ]
            kwargs["expression"] = Concat(*parts[:-1], output_field=models.TextField())
        kwargs.setdefault("output_field", models.TextField())
        kwargs.setdefault("db_persist", True)
        super().__init__(**kwargs)


class PhoneKeyField(models.GeneratedField):
    """A stored column that a number is searched by, however it was typed (`common.identifiers.phone_key`)."""

    def __init__(self, field: str = "", **kwargs: Any) -> None:
        if field:
            digits = _replaced(models.F(field), "[^0-9]", "", "g")
            kwargs["expression"] = _replaced(digits, "^(0033|33)?0?", "", "")
        kwargs.setdefault("output_field", models.TextField())
        kwargs.setdefault("db_persist", True)
        super().__init__(**kwargs)


def _replaced(text: Any, pattern: str, by: str, flags: str) -> models.Func:
    return models.Func(
        text, models.Value(pattern), models.Value(by), models.Value(flags), function="regexp_replace",
        output_field=models.TextField(),
    )  # fmt: skip
