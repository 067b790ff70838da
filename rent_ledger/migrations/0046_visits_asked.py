"""The rental side asks the social service for a visit, as a step of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rent_ledger', '0045_replay_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='helprequest',
            name='is_visit',
            field=models.BooleanField(default=False, editable=False, verbose_name='visite demandée'),
        ),
        migrations.AlterField(
            model_name='accountstate',
            name='action',
            field=models.CharField(blank=True, choices=[('NOTHING', 'Ne rien réclamer'), ('WAIT', 'Attendre'), ('COURTESY', 'Message courtois'), ('CALL', 'Appeler'), ('ALERT', 'Alerter le social'), ('VISIT', 'Demander une visite'), ('WAIT_ANSWER', 'Attendre la réponse'), ('REPORT', 'Déclarer à la CAF'), ('REMINDER', 'Relancer par écrit'), ('FORMAL', 'Mettre en demeure'), ('WRITE_GONE', 'Écrire à la nouvelle adresse'), ('PLAN', 'Répondre au plan demandé')], max_length=12, verbose_name='action proposée'),
        ),
        migrations.AlterField(
            model_name='casedecision',
            name='action',
            field=models.CharField(blank=True, choices=[('NOTHING', 'Ne rien réclamer'), ('WAIT', 'Attendre'), ('COURTESY', 'Message courtois'), ('CALL', 'Appeler'), ('ALERT', 'Alerter le social'), ('VISIT', 'Demander une visite'), ('WAIT_ANSWER', 'Attendre la réponse'), ('REPORT', 'Déclarer à la CAF'), ('REMINDER', 'Relancer par écrit'), ('FORMAL', 'Mettre en demeure'), ('WRITE_GONE', 'Écrire à la nouvelle adresse'), ('PLAN', 'Répondre au plan demandé')], max_length=12, verbose_name='action retenue'),
        ),
        migrations.AlterField(
            model_name='casedecision',
            name='proposed',
            field=models.CharField(choices=[('NOTHING', 'Ne rien réclamer'), ('WAIT', 'Attendre'), ('COURTESY', 'Message courtois'), ('CALL', 'Appeler'), ('ALERT', 'Alerter le social'), ('VISIT', 'Demander une visite'), ('WAIT_ANSWER', 'Attendre la réponse'), ('REPORT', 'Déclarer à la CAF'), ('REMINDER', 'Relancer par écrit'), ('FORMAL', 'Mettre en demeure'), ('WRITE_GONE', 'Écrire à la nouvelle adresse'), ('PLAN', 'Répondre au plan demandé')], max_length=12, verbose_name='proposée'),
        ),
    ]
