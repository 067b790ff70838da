import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import migrations

NAMES = ("secret", "seed")


def _box():
    """That of `office.staff.sealing` on the day of this migration."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ancrage second factor")
    return Fernet(base64.urlsafe_b64encode(hkdf.derive(settings.MFA_KEYS[0].encode())))


def _each(apps, change):
    for row in apps.get_model("mfa", "Authenticator").objects.all():
        row.data |= {name: change(row.data[name]) for name in NAMES if name in row.data}
        row.save(update_fields=["data"])


def seal(apps, schema_editor):
    box = _box()

    def sealed(text):
        try:
            box.decrypt(text.encode())
        except InvalidToken:
            return box.encrypt(text.encode()).decode()
        return text

    _each(apps, sealed)


def open_again(apps, schema_editor):
    box = _box()
    _each(apps, lambda text: box.decrypt(text.encode()).decode())


class Migration(migrations.Migration):
    """The secrets of second factors stood in clear."""

    dependencies = [
        ("office", "0019_iban_by_two_people"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal, open_again)]
