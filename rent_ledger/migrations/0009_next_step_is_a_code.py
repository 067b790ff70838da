"""The next step of an answer becomes a code and a day. The texts of before are kept, for the social service alone."""

from django.db import migrations, models

# The first pattern that is found gives the code. A text that none of them knows is « Autre démarche en cours ».
CODES = (
    ("PAID", r"pay[ée] le|sold[ée]e|r[ée]gl[ée]"),
    ("FSL", r"\mfsl\M"),
    ("OVERDEBT", r"surendettement|banque de france"),
    ("BENEFIT", r"\mcaf\M|\mmsa\M|\mapl\M|aide au logement"),
    ("PLAN", r"\mplan\M|[ée]ch[ée]ancier"),
    ("VISIT", r"visite"),
    ("CONTACT", r"nouvel essai|\mrappel"),
    ("MEETING", r"budget"),
    ("REFERRAL", r"orient"),
)
SQL = (
    "UPDATE rent_ledger_socialanswer SET next_step = CASE "  # noqa: S608
    + " ".join(f"WHEN former_step ~* '{pattern}' THEN '{code}'" for code, pattern in CODES)
    + " ELSE 'OTHER' END WHERE former_step <> '' AND next_step = ''"
)


class Migration(migrations.Migration):
    dependencies = [("rent_ledger", "0008_right_that_follows")]

    operations = [
        migrations.RenameField("socialanswer", "next_step", "former_step"),
        migrations.AlterField(
            model_name="socialanswer",
            name="former_step",
            field=models.CharField(
                blank=True, editable=False, max_length=120, verbose_name="prochaine étape, avant les codes"
            ),
        ),
        migrations.AddField(
            model_name="socialanswer",
            name="next_step",
            field=models.CharField(
                blank=True,
                choices=[
                    ("MEETING", "Rendez-vous budget"),
                    ("VISIT", "Visite à domicile"),
                    ("CONTACT", "Nouvel essai de contact"),
                    ("BENEFIT", "Dossier d’aide au logement"),
                    ("FSL", "Dossier FSL"),
                    ("PLAN", "Plan d’apurement"),
                    ("OVERDEBT", "Dossier de surendettement"),
                    ("REFERRAL", "Orientation vers un partenaire"),
                    ("PAID", "Réglé"),
                    ("OTHER", "Autre démarche en cours"),
                ],
                default="",
                max_length=8,
                verbose_name="prochaine étape",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="socialanswer",
            name="next_step_on",
            field=models.DateField(blank=True, null=True, verbose_name="prochaine étape le"),
        ),
        migrations.AddConstraint(
            model_name="socialanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_step_on", None), models.Q(("next_step", ""), _negated=True), _connector="OR"),
                name="social_answer_day_of_a_step",
                violation_error_message="Un jour va avec une prochaine étape.",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
