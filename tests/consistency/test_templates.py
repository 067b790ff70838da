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
