"""A receipt is given by hand or by phone too: its step says so. Labels only."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('social_link', '0040_referent_named_by_a_measure'),
    ]

    operations = [
        migrations.AlterField(
            model_name='referral',
            name='state',
            field=models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception donné'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], default='RECEIVED', max_length=8, verbose_name='état'),
        ),
        migrations.AlterField(
            model_name='referralevent',
            name='state',
            field=models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception donné'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], default='RECEIVED', max_length=8, verbose_name='état'),
        ),
        migrations.AlterField(
            model_name='referralstep',
            name='kind',
            field=models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception donné'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], max_length=8, verbose_name='étape'),
        ),
        migrations.AlterField(
            model_name='referralstepevent',
            name='kind',
            field=models.CharField(choices=[('RECEIVED', 'Reçue'), ('ACKNOWL', 'Accusé de réception donné'), ('TO_COMPL', 'À compléter'), ('ASSESSED', 'En évaluation'), ('COMMISS', 'En commission'), ('INSIDE', 'Orientée dans la maison'), ('OUTSIDE', 'Orientée ailleurs'), ('DROPPED', 'Sans suite'), ('MEASURE', 'Mesure ouverte')], max_length=8, verbose_name='étape'),
        ),
    ]
