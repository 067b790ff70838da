"""What tells a send from another was a plain SHA-256 of a form, which may hold a note: each is keyed now.

`salted_hmac` of the plain digest, as `office.requests.services.digest_of` does on the day of this migration: a form that
a phone sends again after it is still the same. One transaction: cut, it has done nothing and is done again. The key
must be that of the running installation. It is not undone: a plain digest is not found again.
"""

from django.db import migrations
from django.utils.crypto import salted_hmac

AT_ONCE = 2000


def key(apps, schema_editor):
    sent = apps.get_model("office", "SentRequest").objects
    last = 0
    while rows := list(sent.filter(pk__gt=last).order_by("pk").only("pk", "digest")[:AT_ONCE]):
        for row in rows:
            row.digest = salted_hmac("office.requests", row.digest, algorithm="sha256").hexdigest()
        sent.bulk_update(rows, ["digest"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("office", "0032_refund_iban")]

    operations = [migrations.RunPython(key, migrations.RunPython.noop)]
