"""Templates are read by people: short lines, and what a tag writes is written by nothing else."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LONGEST = 160
TEMPLATES = {
    path.relative_to(ROOT).as_posix().split("/templates/", 1)[1]: path
    for path in sorted(ROOT.glob("*/templates/**/*.html"))
}

# What must not be written by hand: who writes it, and those that may all the same, with the reason.
HAND_WRITTEN = {
    # {% card %}
    r'class="card[ "{]': {
        "common/includes/card.html": "the tag",
        "common/includes/job_progress.html": "its attributes ask for the next state",
    },
    r'class="card-header': {"common/includes/card.html": "the tag"},
    r'class="card-title': {"common/includes/card.html": "the tag"},
    r'include "common/includes/card\.html': {},
    # {% nothing %}
    r'class="a-empty': {
        "common/includes/nothing.html": "the tag",
        "common/problem.html": "its title is the title of the page",
    },
    r'include "common/includes/nothing\.html': {},
    # {% confirm %}
    r'role="alertdialog"': {"common/includes/confirm_dialog.html": "the tag"},
    r'include "common/includes/confirm_dialog\.html': {},
    # `5 nov.` brings its full stop: {{ day|jour|phrase }} writes one
    r"\|(?:jour|raison)\b[^}]*\}\}\.": {},
    # « 1er » is raised by a <sup>, which closes the drawing it stands in: dates stand under it
    r"(?s)<text\b(?:(?!</text>).)*\|(?:jour|jour_long|instant|typo)\b": {},
    # a number that calls: {{ phone|appel }}, for an address has no spaces
    r"tel:\{": {},
    # « déclarer à la CAF », « par SMS »: {{ label|minuscule }} leaves capitals that are not the first letter
    r"(?:_display|label)\|lower\b": {},
    # Filters in the head of a list, and the list under them
    r'hx-select="#liste"': {"common/includes/filter_head.html": "the include"},
    r'id="t-liste"': {
        "common/list.html": "the shell",
        "office/access/tokens.html": "not all of a list: a form stands beside it",
        "office/jobs/list.html": "two lists",
        "office/messages/texts.html": "no pages",
    },
}

# What a template doesn't say itself, in the order in which one may hold the next: comments, scripts, tags, values, HTML
_UNSAID = (
    r"(?s)\{%\s*comment.*?endcomment\s*%\}|<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|<textarea.*?</textarea>",
    r"(?s)\{#.*?#\}|\{%.*?%\}",
    r"(?s)\{\{.*?\}\}",
    r"(?s)<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>",
)
_MASKS = ("\x01", "\x01", "\x01", "\x02")
# A plain space or a new line before « : ; ? ! » », with a word or a value before it; one after « « ».
_BREAKS = re.compile(r"(?<=[\w)\]’»%€.\x01\x02])[ \n]+\x01*(?=[:;?!»](?:[\s\x01\x02.,)]|$))|«[ \n]")


def breaks(template: str) -> list[int]:
    """The numbers of the lines of a template where a plain space may send a sign to the next line."""
    for pattern, mask in zip(_UNSAID, _MASKS, strict=True):
        template = re.sub(pattern, lambda found, mask=mask: re.sub(r"[^\n]", mask, found[0]), template)
    return [template.count("\n", 0, found.start()) + 1 for found in _BREAKS.finditer(template)]


def test_they_are_found() -> None:
    assert len(TEMPLATES) > 200


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_line_is_too_long(name: str) -> None:
    long = [
        f"{number}: {len(line)}"
        for number, line in enumerate(TEMPLATES[name].read_text().split("\n"), start=1)
        if len(line) > LONGEST
    ]
    assert long == []


@pytest.mark.parametrize("pattern", HAND_WRITTEN)
def test_what_a_tag_writes_is_not_written_by_hand(pattern: str) -> None:
    """Both ways: an exception that is none any more goes."""
    assert {name for name, path in TEMPLATES.items() if re.search(pattern, path.read_text())} == set(
        HAND_WRITTEN[pattern]
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_title_of_the_window_holds_no_tag(name: str) -> None:
    """Of a 1st, `|jour` writes `1<sup>er</sup>`: the tab and the history of a browser would show the tag."""
    titles = re.findall(r"{% block title %}(.*?){% endblock %}", TEMPLATES[name].read_text(), re.DOTALL)
    days = [
        value for title in titles for value in re.findall(r"{{.*?}}", title) if re.search(r"\|(jour|ordinaux)", value)
    ]
    assert [value for value in days if "|striptags" not in value] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_sign_begins_a_line(name: str) -> None:
    """`&nbsp;` before « : ; ? ! » » and after « « »: what a value or a tag brings is set by |typo."""
    assert breaks(TEMPLATES[name].read_text()) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("<p>À qui ?</p>", [1]),
        ("<p>À qui&nbsp;?</p>", []),
        ("<p>\n  {{ name }} : {{ iban }}", [2]),
        ("<p>un\n  {{ day }}\n  : deux", [2]),
        ("dit « {{ word }}&nbsp;»", [1]),
        ("{{ a }}{% if b %} ; {% endif %}", [1]),
        ('{% card "Qui ?" %}<a title="Qui ?" href="?a">!</a><kbd>?</kbd>', []),
        ("<script>a ? b : c</script>", []),
        ("12:30, a:b", []),
    ],
)
def test_what_may_break(text: str, lines: list[int]) -> None:
    assert breaks(text) == lines
