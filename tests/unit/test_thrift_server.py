"""Who may connect to the Thrift server, and what the views of the tables are, without Spark."""

import socket

import pytest

from qualscore.errors import ConfigurationError
from qualscore.publish.layer_views import statements
from qualscore.publish.thrift_server import AUTHENTICATION, ELSEWHERE, LDAP_URL, check, check_free
from qualscore.runs import arguments

BY_LDAP = {AUTHENTICATION: "ldap", LDAP_URL: "ldap://directory"}


@pytest.mark.parametrize(
    ("host", "given"), [("127.0.0.1", {}), ("::1", {}), ("localhost", BY_LDAP), ("0.0.0.0", BY_LDAP), ("bi.acme.com", BY_LDAP)]
)
def test_this_machine_comes_in_as_it_is_and_others_by_ldap(host: str, given: dict[str, str]) -> None:
    check(host, given, {})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "bi.acme.com"])
@pytest.mark.parametrize("method", [None, "NONE", "NOSASL", "CUSTOM"])
def test_without_ldap_no_other_machine_comes_in(host: str, method: str | None) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^bi: --host {host} lets other machines in, which needs passwords: add `-- --conf spark"
    ):
        check(host, {AUTHENTICATION: method} if method else {}, {})


def test_ldap_needs_a_server_that_knows_passwords() -> None:
    with pytest.raises(
        ConfigurationError, match=f"^bi: {AUTHENTICATION}=LDAP needs the server to ask: --conf spark.{LDAP_URL}=ldaps://HOST$"
    ):
        check("127.0.0.1", {AUTHENTICATION: "LDAP"}, {})


@pytest.mark.parametrize("variable", ELSEWHERE)
def test_a_variable_does_not_open_the_server_behind_the_arguments(variable: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"^bi: unset {variable}, which the server would heed: {ELSEWHERE[variable]} says it here$"
    ):
        check("127.0.0.1", {}, {variable: "0.0.0.0"})


def test_a_port_that_another_process_has_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"^bi: 127.0.0.1:{port} cannot be listened on: choose"):
            check_free("127.0.0.1", port)
    check_free("127.0.0.1", 0)


@pytest.mark.parametrize("port", ["65536", "-1", "x"])
def test_a_port_is_one(port: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^--port: {port} is no port \(0 to 65535\)$"):
        arguments.parse("bi", "", [f"--port={port}"])


def test_a_view_has_the_contracts_columns_that_its_table_has_and_their_comments() -> None:
    """In the contract's order; tables of other layers have none."""
    tables = {"scores/market": ("file:/a`b/scores/market", ["accounts", "band", "of_before"]), "rejected/accounts": ("x", ["domain"])}
    *schemas, view = statements(tables)
    assert [it.partition(" COMMENT")[0] for it in schemas] == [
        f"CREATE DATABASE IF NOT EXISTS {it}" for it in ("clean", "features", "scores")
    ]
    head, _, query = view.partition(" AS ")
    assert query == "SELECT `band`, `accounts` FROM delta.`file:/a``b/scores/market`"
    assert head.startswith("CREATE OR REPLACE VIEW scores.market (`band` COMMENT 'band of the score; ")
    assert ", `accounts` COMMENT 'number of accounts') COMMENT 'The whole market in cells, " in head
