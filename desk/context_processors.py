"""What every page of the desk needs around its content: the menu of the person, their name, the search."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from common.links import link
from desk.menu import ACCOUNT, BELL, PLACES, Place, may_open
from desk.roles import DESKS, Desk, homes_of
from desk.waiting import Waiting, read_together
from office.access.codes import Home, Role
from office.access.requests import HouseRequest

if TYPE_CHECKING:
    from office.access.actor import Actor

# Count functions by url name. All the `Waiting` ones are read by one query, the others by one query each.
COUNTS: "dict[str, Callable[[Actor], int]]" = {}
# Whether something is new behind a place, for which no number is shown; read with the counts.
DOTS: "dict[str, Waiting]" = {}

THEMES = (
    ("auto", "Système", "device-desktop"),
    ("light", "Clair", "sun"),
    ("dark", "Sombre", "moon"),
)
TABS = 4  # and « Plus »


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    short: str
    icon: str
    url: str
    go: str
    hue: str
    current: bool
    count: int | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=512)
def _menu(sections: tuple[Section, ...], prefix: str) -> SafeString:
    """The rendered menu. Cached: the same entries with the same numbers give the same HTML."""
    return render_to_string("common/includes/menu.html", {"sections": sections, "prefix": prefix})


@lru_cache(maxsize=64)
def _keys(places: tuple[Entry, ...]) -> SafeString:
    return render_to_string("common/includes/keys_dialog.html", {"places": places})


class Shell:
    """The frame of a page, read by `common/base.html`. Each part is computed when the template reads it."""

    themes = THEMES

    def __init__(self, request: HouseRequest, actor: "Actor") -> None:
        self._request = request
        self._actor = actor
        self._counted: dict[str, int | None] = {}
        self._new: set[str] = set()
        self._urls: dict[str, str] = {}

    def _url(self, name: str) -> str:
        if name not in self._urls:
            self._urls[name] = link(name)
        return self._urls[name]

    @cached_property
    def _homes(self) -> dict[Role, Home]:
        return homes_of(self._actor)

    @cached_property
    def _desks(self) -> list[Desk]:
        return [DESKS[home] for home in self._homes.values()]

    @cached_property
    def _names(self) -> list[tuple[str, list[str]]]:
        """Sections of the menu: those of the first desk, then the other desks' entries. Only what may be opened."""
        sections: list[tuple[str, list[str]]] = []
        seen: set[str] = set()
        last: list[str] = []
        for desk in self._desks:
            for i, group in enumerate(desk.groups):
                new = [name for name in group.names if name not in seen and may_open(self._actor, name)]
                seen.update(new)
                if i and not group.title:
                    last += new
                    continue
                same = next((names for title, names in sections if title == group.title), None)
                if same is not None:
                    same += new
                elif new:
                    sections.append((group.title, new))
        if last:
            sections.append(("", last))
        return sections

    @cached_property
    def _current(self) -> str:
        """The current entry: the longest address that the page's path starts with. The home matches exactly only."""
        path = self._request.path
        urls = {self._url(name): name for _, names in self._names for name in names}
        found = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
        return urls[max(found, key=len)] if found else ""

    def _count(self, name: str) -> int | None:
        if name not in self._counted:
            self._read_counts(name)
        return self._counted[name]

    def _read_counts(self, name: str) -> None:
        """The number of `name`; with it, by the same query, those of the other places of the menu and of the bell."""
        count = COUNTS.get(name)
        if isinstance(count, Waiting):
            places = dict.fromkeys([name, *(place for _, names in self._names for place in names), BELL.name])
            self._read({place: told for place in places if isinstance(told := COUNTS.get(place), Waiting)})
        else:
            self._counted[name] = count(self._actor) if count else None

    def _read(self, counts: dict[str, Waiting]) -> None:
        """These counts, and the dots, by one query."""
        numbers = read_together([*counts.values(), *DOTS.values()], self._actor)
        self._counted |= dict(zip(counts, numbers, strict=False))
        self._new = {name for name, number in zip(DOTS, numbers[len(counts) :], strict=True) if number}

    def _entry(self, place: Place, *, counted: bool = True) -> Entry:
        return Entry(
            label=place.label,
            short=place.short or place.label,
            icon=place.icon,
            url=self._url(place.name),
            go=place.go,
            hue=place.hue,
            current=place.name == self._current,
            count=self._count(place.name) if counted else None,
        )

    @cached_property
    def sections(self) -> list[Section]:
        return [Section(title, tuple(self._entry(PLACES[name]) for name in names)) for title, names in self._names]

    @property
    def side_menu(self) -> SafeString:
        return _menu(tuple(self.sections), "nav")

    @property
    def whole_menu(self) -> SafeString:
        """The same for the panel of a phone, with another prefix because ids must be unique in a page."""
        return _menu(tuple(self.sections), "menu")

    @cached_property
    def bell(self) -> Entry:
        """What is for today and was not seen, and whether something else is. A page without menu asks for this only."""
        count = COUNTS.get(BELL.name)
        if "sections" not in self.__dict__ and isinstance(count, Waiting):
            self._read({BELL.name: count})
        current = self._request.path == self._url(BELL.name)
        return replace(self._entry(BELL), current=current, is_new=BELL.name in self._new)

    @cached_property
    def tabs(self) -> list[Entry]:
        """At most four places for the thumb; the fifth is « Plus »."""
        tabs = dict.fromkeys(name for desk in self._desks for name in desk.tabs)
        names = [name for name in tabs if may_open(self._actor, name)]
        return [self._entry(PLACES[name], counted=False) for name in names[:TABS]]

    @cached_property
    def has_more(self) -> bool:
        """Whether the menu has places that no tab leads to. The home of who has few of them is one of the tabs."""
        urls = {self._url(name) for _, names in self._names for name in names}
        return bool(urls - {self.home_url} - {entry.url for entry in self.tabs})

    @cached_property
    def keys_dialog(self) -> SafeString:
        """The help of the keys, with the letter of each place that has one."""
        lettered = [PLACES[name] for _, names in self._names for name in names if PLACES[name].go]
        return _keys(tuple(self._entry(place, counted=False) for place in (*lettered, BELL)))

    @cached_property
    def account(self) -> list[Entry]:
        return [self._entry(place, counted=False) for place in ACCOUNT]

    @cached_property
    def _user(self) -> Any:
        return self._actor.user

    @cached_property
    def name(self) -> str:
        return str(self._user.get_full_name())

    @cached_property
    def title(self) -> str:
        """The person's own job title, else the name of the first role."""
        if self._user.job_title:
            return str(self._user.job_title)
        return next((role.label for role in self._homes), "")

    @cached_property
    def hue(self) -> str:
        return next((desk.hue for desk in self._desks if desk.hue), "rent")

    @cached_property
    def search_url(self) -> str:
        """Address of the search; empty for a user who may not search anything."""
        return self._url("desk:search") if may_open(self._actor, "desk:search") else ""

    @cached_property
    def query(self) -> str:
        return self._request.GET.get("q", "") if self._request.path == self.search_url else ""

    home_url = cached_property(lambda self: self._url("desk:home"))
    logout_url = cached_property(lambda self: self._url("account_logout"))


def shell(request: HouseRequest) -> dict[str, Shell | None]:
    """`shell` for who is signed in, `None` for a visitor."""
    actor = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    if actor is None or user is None or not user.is_authenticated:
        return {"shell": None}
    return {"shell": Shell(request, actor)}
