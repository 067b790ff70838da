"""kombu's filesystem broker, made safe against a process that dies half-way.

Upstream writes a message where readers look for it, so that a reader may take it half written, and binds a queue by
rewriting a shared file in place, which a `kill -9` truncates for ever. Here both appear by a rename.
"""

import fcntl
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        # Upstream's form of name, that `_size` and `_purge` look for; it sorts by age.
        name = f"{time.monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        _replace(Path(self.data_folder_out) / name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f"{name}.taken"
            try:
                (folder / name).rename(taken)  # only one reader succeeds
            except FileNotFoundError:
                continue
            content = taken.read_text()
            taken.unlink()
            return loads(content)
        raise Empty

    def get_table(self, exchange: str) -> list[Any]:
        try:
            return super().get_table(exchange)
        except ValueError:  # truncated by a power failure: a process binds a queue again when it uses it
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        self.control_folder.mkdir(exist_ok=True)
        entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with open(self.control_folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            if entry not in table:
                _replace(self._exchange_file(exchange), dumps([entry, *table]))


class Transport(filesystem.Transport):
    Channel = Channel


def _replace(path: Path, content: str) -> None:
    unfinished = path.with_name(f".{uuid.uuid4()}.unfinished")
    unfinished.write_text(content)
    unfinished.replace(path)
