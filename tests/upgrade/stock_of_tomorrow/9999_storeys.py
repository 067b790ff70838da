"""What a change of tomorrow does to rows of today: a column, what it says of each row, a constraint over it."""

from pathlib import Path

from django.db import migrations, models

import stock.migrations

NEWEST = max(path.stem for path in Path(stock.migrations.__path__[0]).glob("0*.py"))
FILL = "UPDATE stock_dwelling SET storeys = 1 + id % 2"


class Migration(migrations.Migration):
    dependencies = [("stock", NEWEST)]
    operations = [
        migrations.AddField("dwelling", "storeys", models.PositiveSmallIntegerField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("dwelling", "storeys", models.PositiveSmallIntegerField()),
        migrations.AddConstraint(
            "dwelling", models.CheckConstraint(condition=models.Q(storeys__gt=0), name="dwelling_storeys")
        ),
    ]
