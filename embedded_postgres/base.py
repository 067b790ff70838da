"""Django's PostgreSQL backend over the embedded server.

`DATABASES` may say `CLUSTER` (folder under `VAR_DIR`, by default "postgres") and `CLUSTER_OPTIONS` (server settings).
"""

import subprocess
from collections.abc import Iterable
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient

from embedded_postgres.cluster import PORT, ROLE, Cluster, cluster_at
from embedded_postgres.installation import binaries, runner_for


class DatabaseClient(PostgresClient):
    """`manage.py dbshell` with the psql of the same PostgreSQL."""

    connection: "DatabaseWrapper"

    def runshell(self, parameters: Iterable[str]) -> None:
        cluster = self.connection.cluster
        host = cluster.join(self.connection.settings_dict["NAME"])
        programs, _ = binaries(runner_for(cluster.data), home=cluster.home, major=None)
        database = self.connection.settings_dict["NAME"]
        subprocess.run([programs / "psql", "-h", host, "-p", str(PORT), "-U", ROLE, *parameters, database], check=True)


class DatabaseWrapper(base.DatabaseWrapper):
    display_name = "PostgreSQL"
    client_class = DatabaseClient

    @property
    def cluster(self) -> Cluster:
        name = self.settings_dict.get("CLUSTER", "postgres")
        return cluster_at(settings.VAR_DIR / name, self.settings_dict.get("CLUSTER_OPTIONS"))

    def get_connection_params(self) -> dict[str, Any]:
        host = self.cluster.join(settings.DATABASES["default"]["NAME"])
        return {**super().get_connection_params(), "host": str(host), "port": PORT, "user": ROLE}

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            # The server may have been killed since this process joined. Where it was not, the second try says why.
            host = self.cluster.join(settings.DATABASES["default"]["NAME"], again=True)
            return super().get_new_connection({**conn_params, "host": str(host)})
