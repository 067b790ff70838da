"""Files on the disk of the machine: a file is there whole, or not at all."""

import os
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class DiskStorage(FileSystemStorage):
    """Writes beside the place, then renames: a crash leaves no half of a file under its name. What is written under a
    name that exists takes its place, as in an S3 bucket. There is no address under which files are served.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: "File[Any]") -> str:
        path = self.path(name)
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        with NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            try:
                for chunk in content.chunks():
                    part.write(chunk)
                part.flush()
                os.fsync(part.fileno())
                if self.file_permissions_mode is not None:
                    os.chmod(part.name, self.file_permissions_mode)
                os.replace(part.name, path)
            except BaseException:
                os.unlink(part.name)
                raise
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return name

    def url(self, name: str | None) -> str:
        raise ValueError("Files are private: a view streams them (office.files.answers).")
