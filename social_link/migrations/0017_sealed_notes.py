"""The texts of notes, and those of their history, stood in clear: each is sealed under a key of its note.

One transaction: cut, it has done nothing and is done again. The tables are written anew at its end, since a column that is
dropped stays in the rows that had it. What was copied before (dumps, the log of the server) has the texts still:
docs/running.md says what to do of them.
"""

import os

import django.db.models.deletion
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import migrations, models

AT_ONCE = 1000
# Of the notes, of these ids, that are there or were: (note id, None, text), (note id, event id, text), in their order.
TEXTS = """
SELECT id, pgh_id, text FROM social_link_noteevent WHERE id = ANY(%(ids)s)
UNION ALL SELECT id, NULL, text FROM social_link_note WHERE id = ANY(%(ids)s)
ORDER BY 1, 2 NULLS LAST
"""
SEAL_NOTES = """
UPDATE social_link_note r SET key_id = t.k, version = t.v, sealed_text = t.s
FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::bytea[]) t(i, k, v, s) WHERE r.id = t.i
"""
SEAL_EVENTS = """
UPDATE social_link_noteevent r SET key_id = t.k, version = t.v, sealed_text = t.s
FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::bytea[]) t(i, k, v, s) WHERE r.pgh_id = t.i
"""
WRITTEN_ANEW = """
SET CONSTRAINTS ALL IMMEDIATE;
CLUSTER social_link_note USING social_link_note_pkey;
CLUSTER social_link_noteevent USING social_link_noteevent_pkey;
ALTER TABLE social_link_note SET WITHOUT CLUSTER;
ALTER TABLE social_link_noteevent SET WITHOUT CLUSTER;
"""


def _derived(word):
    """That of `social_link.contacts.sealing` on the day of this migration, as all that follows."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ancrage note keys").derive(word.encode())


def _sealed(plain, key, about):
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def _opened(box, key, about):
    return AESGCM(key).decrypt(bytes(box[1:13]), bytes(box[13:]), about.encode())


def _note_ids(cursor):
    cursor.execute("SELECT id FROM social_link_note UNION SELECT id FROM social_link_noteevent ORDER BY 1")
    return [pk for (pk,) in cursor.fetchall()]


def _in_history(cursor, wish):
    """The triggers that keep history as it was sleep while it is sealed."""
    cursor.execute(f"ALTER TABLE social_link_noteevent {wish} TRIGGER USER")


def seal(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        ids = _note_ids(cursor)
        if not ids:
            return
        if not settings.NOTE_KEYS:
            raise ValueError("ANCRAGE_NOTE_KEYS est vide : donnez une clé pour les notes, gardée hors de la base.")
        name, word = next(iter(settings.NOTE_KEYS.items()))
        _in_history(cursor, "DISABLE")
        for at in range(0, len(ids), AT_ONCE):
            _seal(cursor, ids[at : at + AT_ONCE], name, _derived(word))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _in_history(cursor, "ENABLE")


def _seal(cursor, ids, name, wrapping):
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('social_link_notekey', 'id')) FROM generate_series(1, %s)", [len(ids)]
    )
    keys = {pk: (key_id, AESGCM.generate_key(256)) for pk, (key_id,) in zip(ids, cursor.fetchall(), strict=True)}
    cursor.execute(
        "INSERT INTO social_link_notekey (id, name, wrapped) SELECT i, %s, w FROM unnest(%s::bigint[], %s::bytea[]) t(i, w)",
        [
            name,
            [key_id for key_id, _ in keys.values()],
            [_sealed(key, wrapping, f"note key {key_id}") for key_id, key in keys.values()],
        ],
    )
    cursor.execute(TEXTS, {"ids": ids})
    of_notes, of_events, last = [], [], (None, None, 0)
    for pk, event, text in cursor.fetchall():
        if pk != last[0]:
            last = (pk, text, 1)
        elif text != last[1]:
            last = (pk, text, last[2] + 1)
        key_id, key = keys[pk]
        row = (event or pk, key_id, last[2], _sealed(text.encode(), key, f"note {pk} {last[2]}"))
        (of_notes if event is None else of_events).append(row)
    for statement, rows in ((SEAL_NOTES, of_notes), (SEAL_EVENTS, of_events)):
        if rows:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def open_again(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        _in_history(cursor, "DISABLE")
        cursor.execute("SELECT id, name, wrapped FROM social_link_notekey")
        keys = {
            pk: _opened(wrapped, _derived(settings.NOTE_KEYS[name]), f"note key {pk}")
            for pk, name, wrapped in cursor.fetchall()
        }
        for found, kept in (
            (
                "SELECT id, id, key_id, version, sealed_text FROM social_link_note",
                "UPDATE social_link_note SET text = %s WHERE id = %s",
            ),
            (
                "SELECT pgh_id, id, key_id, version, sealed_text FROM social_link_noteevent",
                "UPDATE social_link_noteevent SET text = %s WHERE pgh_id = %s",
            ),
        ):
            cursor.execute(found)
            for row, pk, key_id, version, box in cursor.fetchall():
                text = _opened(box, keys[key_id], f"note {pk} {version}").decode()
                cursor.execute(kept, [text, row])
        _in_history(cursor, "ENABLE")


class Migration(migrations.Migration):

    dependencies = [
        ('leases', '0011_guarantees'),
        ('social_link', '0016_signed_with_the_lease'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoteKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=32, verbose_name='clé de l’installation')),
                ('wrapped', models.BinaryField(verbose_name='clé de la note, scellée')),
            ],
            options={
                'verbose_name': 'clé d’une note',
                'verbose_name_plural': 'clés des notes',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='note',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='note',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='note',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='note',
            name='note_text_bounded',
        ),
        migrations.AddField(
            model_name='note',
            name='version',
            field=models.PositiveIntegerField(default=1, verbose_name='version'),
        ),
        migrations.AddField(
            model_name='noteevent',
            name='version',
            field=models.PositiveIntegerField(default=1, verbose_name='version'),
        ),
        migrations.AddField(
            model_name='note',
            name='sealed_text',
            field=models.BinaryField(null=True, verbose_name='note, scellée'),
        ),
        migrations.AddField(
            model_name='noteevent',
            name='sealed_text',
            field=models.BinaryField(null=True, verbose_name='note, scellée'),
        ),
        migrations.AddField(
            model_name='note',
            name='key',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='note', to='social_link.notekey', verbose_name='clé'),
        ),
        migrations.AddField(
            model_name='noteevent',
            name='key',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.notekey', verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='note',
            name='text',
            field=models.TextField(default='', max_length=4000, verbose_name='note'),
        ),
        migrations.AlterField(
            model_name='noteevent',
            name='text',
            field=models.TextField(default='', max_length=4000, verbose_name='note'),
        ),
        migrations.RunPython(seal, open_again),
        migrations.AlterField(
            model_name='note',
            name='sealed_text',
            field=models.BinaryField(verbose_name='note, scellée'),
        ),
        migrations.AlterField(
            model_name='noteevent',
            name='sealed_text',
            field=models.BinaryField(verbose_name='note, scellée'),
        ),
        migrations.AlterField(
            model_name='note',
            name='key',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='note', to='social_link.notekey', verbose_name='clé'),
        ),
        migrations.AlterField(
            model_name='noteevent',
            name='key',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='social_link.notekey', verbose_name='clé'),
        ),
        migrations.RemoveField(
            model_name='note',
            name='text',
        ),
        migrations.RemoveField(
            model_name='noteevent',
            name='text',
        ),
        migrations.RunSQL(WRITTEN_ANEW, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('sealed_text'), models.Value(0), function='get_byte', output_field=models.IntegerField()), 1), django.db.models.lookups.LessThanOrEqual(models.Func(models.F('sealed_text'), function='octet_length', output_field=models.IntegerField()), 16029)), name='note_text_sealed', violation_error_message='Le texte d’une note n’est gardé que scellé.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='note_version_counted', violation_error_message='La première version d’une note est la version 1.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_noteevent" ("author_id", "contact_id", "household_id", "id", "key_id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sealed_text", "version", "written_at") VALUES (NEW."author_id", NEW."contact_id", NEW."household_id", NEW."id", NEW."key_id", NEW."level", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sealed_text", NEW."version", NEW."written_at"); RETURN NULL;', hash='fd9202ecb038e3258dd5ab74be834ab6103e1666', operation='INSERT', pgid='pgtrigger_insert_insert_88441', table='social_link_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "social_link_noteevent" ("author_id", "contact_id", "household_id", "id", "key_id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sealed_text", "version", "written_at") VALUES (NEW."author_id", NEW."contact_id", NEW."household_id", NEW."id", NEW."key_id", NEW."level", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sealed_text", NEW."version", NEW."written_at"); RETURN NULL;', hash='a6957bfa397eccaf3634a37be0323556ade1db6e', operation='UPDATE', pgid='pgtrigger_update_update_550a3', table='social_link_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "social_link_noteevent" ("author_id", "contact_id", "household_id", "id", "key_id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sealed_text", "version", "written_at") VALUES (OLD."author_id", OLD."contact_id", OLD."household_id", OLD."id", OLD."key_id", OLD."level", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sealed_text", OLD."version", OLD."written_at"); RETURN NULL;', hash='913bdb9cf8d2c36738b188765885cf5ff065e8f9', operation='DELETE', pgid='pgtrigger_delete_delete_8df63', table='social_link_note', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notekey',
            trigger=pgtrigger.compiler.Trigger(name='is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b33a9c5d93df481ce53573d555c32f372e51952e', operation='DELETE', pgid='pgtrigger_is_kept_23daf', table='social_link_notekey', when='BEFORE')),
        ),
    ]
