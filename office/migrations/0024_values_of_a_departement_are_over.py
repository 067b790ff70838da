"""Values of a département end: no rule ever read one. What had not begun is in its history only (ADR 30)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0023_who_lets_in_alone'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='parametervalue',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "office_parametervalueevent" ("author_id", "id", "is_verified", "key", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "scope", "source", "territory", "value") VALUES (OLD."author_id", OLD."id", OLD."is_verified", OLD."key", OLD."period", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recorded_at", OLD."scope", OLD."source", OLD."territory", OLD."value"); RETURN NULL;', hash='117a25743a812752f719f506a325877abc2f71e2', operation='DELETE', pgid='pgtrigger_delete_delete_fe1d6', table='office_parametervalue', when='AFTER')),
        ),
        migrations.RunSQL(
            """
            DELETE FROM office_parametervalue WHERE scope = 'DEPARTEMENT' AND lower(period) >= CURRENT_DATE;
            UPDATE office_parametervalue SET period = daterange(lower(period), CURRENT_DATE)
             WHERE scope = 'DEPARTEMENT' AND (upper_inf(period) OR upper(period) > CURRENT_DATE);
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='parametervalue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scope', 'DEPARTEMENT'), _negated=True), ('period__upper_inf', False), _connector='OR'), name='parameter_value_departement_is_over', violation_error_message='Aucun calcul ne lit de valeur départementale.'),
        ),
    ]
