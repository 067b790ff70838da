"""What the API says of who calls."""

from ninja import Schema

from office.access.codes import Role


class Me(Schema):
    """Who calls. `scopes` is null for a session."""

    id: int
    name: str
    email: str
    roles: list[Role]
    scopes: list[str] | None
