"""The migrations of stock and one that was not written yet (`MIGRATION_MODULES`)."""

from pathlib import Path

import stock.migrations

__path__ = [*stock.migrations.__path__, str(Path(__file__).parent)]
