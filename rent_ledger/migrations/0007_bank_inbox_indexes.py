"""The inbox of the bank: the first lines of a statement, and the proposals that wait."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0003_history_of_roles_and_identity"),
        ("rent_ledger", "0006_implied_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="bankline",
            name="statement",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="rent_ledger.bankstatement",
                verbose_name="relevé",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["statement", "-booking_day", "id"], name="bank_line_statement"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("is_accepted", False), ("undone_at__isnull", True)),
                fields=["line"],
                name="match_waiting",
            ),
        ),
    ]
