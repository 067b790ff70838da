"""A message as an e-mail (RFC 5322), for the providers that carry one."""

from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings

from common import clock
from office.documents.services import file_name, render
from office.house.queries import this_association
from office.messages.models import Message


def written(message: Message) -> EmailMessage:
    """Plain text, with its document as an attachment. `Message-ID` is the same at each try."""
    mail = EmailMessage(policy=policy.SMTP)
    association = this_association()
    name = association.short_name if association else ""
    sender = Address(display_name=name, addr_spec=settings.DEFAULT_FROM_EMAIL)
    mail["From"] = sender
    mail["To"] = Address(display_name=message.addressee, addr_spec=message.address)
    if association and association.email:
        mail["Reply-To"] = Address(display_name=name, addr_spec=association.email)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{message.send_key}@{sender.domain}>"
    # No automatic answer ("absent until …") comes back to it.
    mail["Auto-Submitted"] = "auto-generated"
    # In ASCII on the way: not every server takes eight bits.
    mail.set_content(message.body, cte="quoted-printable")
    if message.document is not None:
        mail.add_attachment(
            render(message.document), maintype="application", subtype="pdf", filename=file_name(message.document)
        )
    return mail
