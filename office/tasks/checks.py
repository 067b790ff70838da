"""What Django refuses to start with (`manage.py check`): a kind of task or notice that could not be kept or shown."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register

from common.icons import icons
from common.looks import HUES
from office.notices import kinds as notices
from office.tasks import kinds as tasks


@register()
def kinds_of_task_and_notice(**_: Any) -> list[Error]:
    """E1: a code or an « about » that its column can't hold. E2: an icon that there is not. E3: no singular and plural.
    E4: a hue that there is not."""
    return [*_of_tasks(), *_of_notices()]


def _of_tasks() -> Iterator[Error]:
    for kind in tasks.declared().values():
        look, name = kind.look, f"The kind of task {kind.code}"
        yield from _bounds(name, (str(kind.code), tasks.KIND_LENGTH), (kind.about, tasks.ABOUT_LENGTH))
        yield from _looks(name, look.icon, look.many)
        if look.hue not in HUES:
            yield Error(f"{name} has the hue {look.hue!r}.", hint=f"One of {', '.join(sorted(HUES))}.", id="tasks.E4")


def _of_notices() -> Iterator[Error]:
    for kind in notices.declared().values():
        name = f"The kind of notice {kind.code}"
        yield from _bounds(name, (str(kind.code), notices.KIND_LENGTH), (kind.about, notices.ABOUT_LENGTH))
        yield from _looks(name, kind.icon, kind.many)


def _bounds(name: str, *bounded: tuple[str, int]) -> Iterator[Error]:
    for text, length in bounded:
        if len(text) > length:
            yield Error(f"{name}: {text!r} is too long.", hint=f"At most {length} characters.", id="tasks.E1")


def _looks(name: str, icon: str, many: str) -> Iterator[Error]:
    if icon not in icons():
        yield Error(f"{name} has the icon {icon!r}, which there is not.", hint="See docs/ui.md, 5.", id="tasks.E2")
    if not all(many.partition(",")):
        yield Error(f"{name} is counted as {many!r}.", hint="Write « singular,plural ».", id="tasks.E3")
