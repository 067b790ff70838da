"""A measure names the referent of a household that has none; withdrawn, it takes him with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('social_link', '0039_aims_as_they_are_asked'),
    ]

    operations = [
        migrations.AddField(
            model_name='referent',
            name='measure',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='named_referents', to='social_link.measure', verbose_name='nommé par la mesure'),
        ),
    ]
