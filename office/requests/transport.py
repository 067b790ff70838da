"""What was sent, as bytes."""

from collections.abc import Iterator

from office.access.requests import HouseRequest

NOT_CONTENT = frozenset({"csrfmiddlewaretoken", "request_key"})
"""Fields that differ each time that a form is shown."""


def content_of(request: HouseRequest) -> Iterator[bytes]:
    """The parts that make two sends the same: method, address, and body. The boundary of a form of files is none."""
    yield request.method.encode() if request.method else b""
    yield request.get_full_path().encode()
    if request.content_type not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        yield request.body
        return
    # How many values a name has is said: a=(b, c, d) is not a=(b), c=(d).
    for name, values in sorted(request.POST.lists()):
        if name not in NOT_CONTENT:
            yield from (name.encode(), b"%d" % len(values), *(value.encode() for value in values))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield from (name.encode(), b"%d" % (file.size or 0))
            yield from file.chunks()
            file.seek(0)
    if not request.POST and not request.FILES:  # JSON that is said to be a form
        yield request.body
