from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rent_ledger', '0018_gestures_taken_back'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='receipt',
            name='receipt_full_once',
        ),
        migrations.AddField(
            model_name='receipt',
            name='cancelled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='annulé le'),
        ),
        # Those of a corrected demand were cancelled on their document alone.
        migrations.RunSQL(
            """
            UPDATE rent_ledger_receipt r SET cancelled_at = t.cancelled_at
            FROM office_document t WHERE t.id = r.document_id AND t.cancelled_at IS NOT NULL
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(
                condition=models.Q(('cancelled_at', None), ('kind', 'FULL')),
                fields=('demand',),
                name='receipt_full_once',
                violation_error_message='La quittance de ce terme est déjà établie.',
            ),
        ),
    ]
