"""Codes are strings with labels, whichever layer reads them, and SQL names them."""

import pytest
from django.template import Context, Template

from common.codes import Code, with_codes


class Colour(Code):
    RED = "R", "Rouge"
    BLUE = "B", "Bleu d’azur"


def test_a_member_is_its_code_with_a_label():
    assert Colour.RED == "R"
    assert f"{Colour.RED}" == str(Colour.RED) == "R"
    assert Colour("B").label == "Bleu d’azur"
    assert Colour.choices == [("R", "Rouge"), ("B", "Bleu d’azur")]
    assert Colour.values == ["R", "B"]
    assert Colour.labels == ["Rouge", "Bleu d’azur"]


def test_a_template_reads_members():
    page = Template("{% if colour == codes.RED %}{{ codes.RED.label }}{% endif %}")
    assert page.render(Context({"colour": "R", "codes": Colour})) == "Rouge"


def test_sql_names_codes_and_sets():
    sql = with_codes("a = Colour.RED AND b IN COLD AND id >= FIRST", Colour, COLD={Colour.BLUE}, FIRST=1000)
    assert sql == "a = 'R' AND b IN ('B') AND id >= 1000"


def test_sql_with_a_member_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        with_codes("a = Colour.GREEN", Colour)


def test_sql_that_names_no_code_of_a_class_is_an_error():
    with pytest.raises(ValueError):
        with_codes("a = 1", Colour)
    with pytest.raises(ValueError):
        with_codes("a = Colour.RED", Colour, COLD={Colour.BLUE})
