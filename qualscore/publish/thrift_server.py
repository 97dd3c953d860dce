"""Spark's Thrift server in this process: what the session's catalogue holds, for clients that speak the protocol of HiveServer2."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address

from pyspark.sql import SparkSession

from qualscore import internals
from qualscore.errors import ConfigurationError
from qualscore.paths import of_spark

AUTHENTICATION = "hive.server2.authentication"
ENCRYPTION = "hive.server2.use.SSL"
LDAP_URL = f"{AUTHENTICATION}.ldap.url"
LDAP = (LDAP_URL, *(f"{AUTHENTICATION}.ldap.{it}" for it in ("baseDN", "userDNPattern", "Domain")))
# The server heeds these variables before its settings.
ELSEWHERE = {"HIVE_SERVER2_THRIFT_BIND_HOST": "--host", "HIVE_SERVER2_THRIFT_PORT": "--port"}


def given(session: SparkSession) -> dict[str, str]:
    """Who may connect, as the server's own settings say it, which Spark is given as `spark.hive.server2...`."""
    configuration = internals.hadoop_configuration(session)
    values = {name: configuration.get(name) for name in (AUTHENTICATION, ENCRYPTION, *LDAP)}
    return {name: str(value) for name, value in values.items() if value}


def check(host: str, given: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Makes sure that nobody of another machine comes in without a password.

    Raises:
        ConfigurationError: somebody could, or nobody could give the right one.
    """
    for name, option in ELSEWHERE.items():
        if name in environment:
            raise ConfigurationError(f"bi: unset {name}, which the server would heed: {option} says it here")
    if is_ldap(given) and LDAP_URL not in given:
        raise ConfigurationError(f"bi: {AUTHENTICATION}=LDAP needs the server to ask: --conf spark.{LDAP_URL}=ldaps://HOST")
    if not is_loopback(host) and not is_ldap(given):
        options = f"-- --conf spark.{AUTHENTICATION}=LDAP --conf spark.{LDAP_URL}=ldaps://HOST"
        raise ConfigurationError(f"bi: --host {host} lets other machines in, which needs passwords: add `{options}`")


def is_ldap(given: Mapping[str, str]) -> bool:
    """Whether clients have to give a password that an LDAP server knows."""
    return given.get(AUTHENTICATION, "").upper() == "LDAP"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "10.1.2.3", "bi.example.com")]
    [True, True, True, False, False, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_free(host: str, port: int) -> None:
    """Raises ConfigurationError where another process has the port, or the host is none of this machine."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        raise ConfigurationError(f"bi: {host}:{port} cannot be listened on: choose another with --port, or --host") from None


@contextmanager
def serving(session: SparkSession, given: Mapping[str, str], *, host: str, port: int) -> Iterator[int]:
    """Serves while the block lasts, at the port that the block gets."""
    folder, system = internals.local_folder(session), internals.java(session).java.lang.System
    settings = {
        "hive.server2.thrift.bind.host": host,
        "hive.server2.thrift.port": str(port),
        "hive.server2.transport.mode": "binary",  # over HTTP it would listen on all addresses of the machine
        "hive.server2.enable.doAs": "false",  # files are read as who runs the server, whatever name a client gives
        "hive.exec.scratchdir": of_spark(f"{folder}/hive"),
        "hive.exec.local.scratchdir": f"{folder}/hive_local",
        "hive.server2.logging.operation.log.location": f"{folder}/hive_logs",
    }
    for name, value in settings.items():
        session.conf.set(name, value)
    # What asks LDAP makes settings of its own, of these properties alone. Derby would write its log into the working directory.
    properties = {name: given[name] for name in LDAP if name in given} | {"derby.stream.error.file": f"{folder}/derby.log"}
    for name, value in properties.items():
        system.setProperty(name, value)
    try:
        server = internals.thrift_server(session)
        try:
            yield int(list(server.getServices())[-1].getPortNumber())
        finally:
            with internals.same_class_loader(session):
                server.stop()
    finally:
        for name in settings:
            session.conf.unset(name)
        for name in properties:
            system.clearProperty(name)
