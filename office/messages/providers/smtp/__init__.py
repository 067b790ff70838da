"""Sends e-mails through the SMTP server of the settings (`ANCRAGE_SMTP_…`)."""

import smtplib
import ssl
from datetime import timedelta

from django.conf import settings

from office.messages.models import Message
from office.messages.providers.base import ProviderError, Refused, TryLater, Unknown
from office.messages.providers.mail import written

TIMEOUT = 20
NO_CONNECTION = "Le serveur de courriel ne répond pas."
LOST = "La liaison avec le serveur de courriel s’est coupée pendant l’envoi : il est peut-être parti."


class SmtpProvider:
    """SMTP knows no key: after a cut in the middle of a text, nobody can say whether it left."""

    name = "smtp"
    key_life: timedelta | None = None

    def send(self, message: Message) -> str:
        mail = written(message)
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(NO_CONNECTION) from error
        try:
            self._addressed(server, settings.DEFAULT_FROM_EMAIL, message.address)
            self._handed_over(server, mail.as_bytes())
        finally:
            server.close()
        return str(mail["Message-ID"])

    @staticmethod
    def _connected() -> smtplib.SMTP:
        host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if settings.EMAIL_USE_SSL:
            server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        try:
            server.ehlo()
            if settings.EMAIL_USE_TLS:
                server.starttls(context=context)
                server.ehlo()
            if settings.EMAIL_HOST_USER:
                server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except BaseException:
            server.close()
            raise
        return server

    @staticmethod
    def _addressed(server: smtplib.SMTP, sender: str, address: str) -> None:
        """The envelope. Nothing has left while this fails."""
        try:
            code, _ = server.mail(sender)
            if code != 250:
                raise TryLater("Le serveur de courriel refuse notre adresse d’expédition.")
            code, _ = server.rcpt(address)
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(NO_CONNECTION) from error
        if code not in (250, 251):
            raise _refusal(code, "Le serveur de courriel refuse cette adresse.")

    @staticmethod
    def _handed_over(server: smtplib.SMTP, content: bytes) -> None:
        try:
            code, _ = server.data(content)
        except smtplib.SMTPDataError as error:  # refused before the text
            raise _refusal(error.smtp_code, "Le serveur de courriel refuse ce message.") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unknown(LOST) from error
        if code != 250:
            raise _refusal(code, "Le serveur de courriel refuse ce message.")


def _refusal(code: int, sentence: str) -> ProviderError:
    """RFC 5321, section 4.2.1: 5xx will not change, 4xx may."""
    return Refused(sentence) if code >= 500 else TryLater(sentence)
