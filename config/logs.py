"""What a line of the log may say: no address of anybody, no secret address, no row of the database."""

import logging
import re

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# PostgreSQL shows the row that it refuses (« DETAIL: Failing row contains (…) »), over as many lines as its texts have.
_DETAIL = re.compile(r"^DETAIL:.*?(?=^The above exception |^During handling |^Traceback |\Z)", re.MULTILINE | re.DOTALL)
# The address of a calendar is its secret, as that of a referral for a partner.
_CALENDAR = re.compile(r"(/calendrier/)[^\s/]+\.ics")
_REFERRAL = re.compile(r"(/saisine/)[^\s/]+/?")
_TOLD = "DETAIL: (tu)\n"


class DiscreetFormatter(logging.Formatter):
    """Lines without e-mail addresses or those of calendars and referrals, errors of the database without the row that
    they refuse."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))


def discreet(text: str) -> str:
    text = _REFERRAL.sub(r"\1…/", text)
    return _CALENDAR.sub(r"\1….ics", _EMAIL.sub("…@…", _DETAIL.sub(_TOLD, text)))
