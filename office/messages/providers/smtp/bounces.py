"""What mail servers report of e-mails that they took: delivery status notifications (RFC 3464), read from a Maildir.

SMTP says that a server took an e-mail; that it could not be delivered comes later, as an e-mail to our sender address.
`ANCRAGE_BOUNCE_FOLDER` names the Maildir where the mail server drops what comes for that address. Each minute what is
new there is read, and moved to what was seen; a person reads there what is no report, and, flagged, what is one that
could not be read.
"""

import mailbox
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path

from django.conf import settings

from office.messages.codes import Outcome

MAX_BYTES = 2_000_000
OUTCOMES = {"failed": Outcome.FAILED, "delivered": Outcome.DELIVERED}
"""By `Action` (RFC 3464, 2.3.3). Delayed, relayed, expanded: it is still under way."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """`reference`: the Message-ID of the e-mail that it is about. `said`: action and status, `failed 5.1.1`."""

    reference: str
    said: str
    said_on: str
    outcome: Outcome
    diagnostic: str


def read_bounce(content: bytes) -> Bounce | None:
    """None for an e-mail that is no report, or that doesn't name the one it is about."""
    mail = message_from_bytes(content[:MAX_BYTES], policy=policy.default)
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        return None
    reference, fields = "", None
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields = _recipient_fields(part)
        elif kind == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            reference = reference or (str(inner["Message-ID"] or "") if isinstance(inner, Message) else "")
        elif kind == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            headers = message_from_bytes(text if isinstance(text, bytes) else b"", policy=policy.default)
            reference = reference or str(headers["Message-ID"] or "")
    if not reference or fields is None:
        return None
    action = str(fields["Action"] or "").strip().lower()
    return Bounce(
        reference=reference.strip(),
        said=f"{action} {str(fields['Status'] or '').split(' ')[0]}".strip()[:40],
        said_on=str(mail["Date"] or "")[:40],
        outcome=OUTCOMES.get(action, Outcome.PROGRESS),
        diagnostic=str(fields["Diagnostic-Code"] or "")[:300],
    )


def _recipient_fields(part: Message) -> Message | None:
    """The fields about the recipient: an e-mail of ours has one. The first block is about the report as a whole."""
    blocks = part.get_payload() if part.is_multipart() else []
    return next((block for block in blocks if isinstance(block, Message) and block["Action"]), None)


def new_keys() -> list[str]:
    """What is new in the Maildir, by key. Nothing where none is set up."""
    if not settings.BOUNCE_FOLDER:
        return []
    return [key for key in _folder().iterkeys() if _is_new(key)]


def content_of(key: str) -> bytes:
    """The e-mail; `KeyError` where somebody has taken it away."""
    return _folder().get_bytes(key)


def mark_read(key: str, *, is_odd: bool = False) -> None:
    """It was dealt with: it goes from what is new to what was seen. `is_odd`: it is flagged there, for a person."""
    folder = _folder()
    mail = folder.get_message(key)
    mail.set_subdir("cur")
    mail.add_flag("FS" if is_odd else "S")
    folder[key] = mail


def _folder() -> mailbox.Maildir:
    return mailbox.Maildir(settings.BOUNCE_FOLDER, create=False)


def _is_new(key: str) -> bool:
    return (Path(settings.BOUNCE_FOLDER) / "new" / key).exists()
