"""The order of households: by surname, then first name. The database keeps it (`Household.sort_key`).

The functions are made by the migration `0009_surname_order`:

- `ancrage_household_order(household, name, reference)` gives the key: last and first name of the member whom the
  displayed name names first (of several by one surname, the one whose first name it gives, then an adult, who is here
  still, who came first), else the displayed name without its civilities. The reference makes it unique.
- `ancrage_order_households(ids)` writes the keys that have changed. It locks the households before it reads their
  members: of two changes at once the second sees the first.
"""

import pgtrigger


def order_on_write() -> pgtrigger.Trigger:
    """The key follows the displayed name. What Python holds of the key may be old: it is never written."""
    return pgtrigger.Trigger(
        name="surname_order",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="NEW.sort_key := ancrage_household_order(NEW.id, NEW.name, NEW.reference); RETURN NEW;",
    )


def order_with_members() -> list[pgtrigger.Trigger]:
    """The key follows the members, whoever writes them. By statement: thousands are imported at once."""
    old, new = "SELECT household_id FROM old_rows", "SELECT household_id FROM new_rows"
    return [
        _of_members("insert", pgtrigger.Insert, new, pgtrigger.Referencing(new="new_rows")),
        _of_members("delete", pgtrigger.Delete, old, pgtrigger.Referencing(old="old_rows")),
        _of_members(
            "update", pgtrigger.Update, f"{old} UNION {new}", pgtrigger.Referencing(old="old_rows", new="new_rows")
        ),
    ]


def _of_members(
    event: str, operation: pgtrigger.Operation, households: str, rows: pgtrigger.Referencing
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"surname_order_{event}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=rows,
        func=f"PERFORM ancrage_order_households(ARRAY({households})); RETURN NULL;",
    )


def order_with_names() -> pgtrigger.Trigger:
    """The key follows the names of a member."""
    return pgtrigger.Trigger(
        name="surname_order",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("last_name", "first_name"),
        condition=pgtrigger.Condition(
            "OLD.last_name IS DISTINCT FROM NEW.last_name OR OLD.first_name IS DISTINCT FROM NEW.first_name"
        ),
        func="""
            PERFORM ancrage_order_households(ARRAY(
                SELECT household_id FROM leases_membership WHERE person_id = NEW.id));
            RETURN NULL;
        """,
    )
