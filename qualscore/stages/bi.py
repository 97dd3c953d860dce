"""The tables as BI tools see them: a schema made for them, and the tables' own, served until the job is stopped."""

import os
import time
from collections.abc import Mapping

from pyspark.errors import AnalysisException

from qualscore import contracts
from qualscore.errors import ConfigurationError, QualscoreError
from qualscore.publish import layer_views, thrift_server
from qualscore.publish.bi import views
from qualscore.runs.run import Outcome, Run, Stage

SECONDS_BETWEEN_LOOKS = 60
SCHEMAS = ("bi", *layer_views.LAYERS)


def bi(run: Run) -> Outcome:
    """Serves the warehouse's tables; a table that is new gets its view within a minute, and new rows are in the next answer."""
    host, given = run.options.host, thrift_server.given(run.spark)
    thrift_server.check(host, given, os.environ)
    thrift_server.check_free(host, run.options.port)
    tables: Mapping[str, str] = register(run, known={})
    with thrift_server.serving(run.spark, given, host=host, port=run.options.port) as port:
        _say_ready(run, given, port)
        while True:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            tables = _registered_again(run, tables)


def register(run: Run, *, known: Mapping[str, str]) -> dict[str, str]:
    """Makes the views, where there are other tables than those known; returns the paths of all tables by name.

    Raises:
        ConfigurationError: there are none.
    """
    if run.tables.catalog:
        raise ConfigurationError(f"bi: the tables are in the catalog {run.tables.catalog}: connect to the server that it has of its own")
    names = [it.name for it in contracts.all_contracts() if run.tables.exists(it.name)]
    paths = {name: f"{run.tables.warehouse}/{name}" for name in names}
    if not paths:
        raise ConfigurationError(f"bi: {run.settings.warehouse} holds no tables yet; run `./spark-submit.sh pipeline`")
    if paths != known:
        columns = {name: (path, run.spark.table(run.tables.identifier(name)).columns) for name, path in paths.items()}
        for statement in (*layer_views.statements(columns), *views.statements(paths)):
            run.spark.sql(statement)
    return paths


def _registered_again(run: Run, known: Mapping[str, str]) -> Mapping[str, str]:
    """What `register` gives; a table that cannot be read just now is no reason to serve the others no longer."""
    try:
        return register(run, known=known)
    except (AnalysisException, QualscoreError) as error:
        run.console.complain(f"warning: views stay as they are: {error}")
        return known


def _say_ready(run: Run, given: Mapping[str, str], port: int) -> None:
    host, is_ldap = run.options.host, thrift_server.is_ldap(given)
    if not thrift_server.is_loopback(host) and given.get(thrift_server.ENCRYPTION, "").lower() != "true":
        run.console.complain(f"warning: passwords and rows are not encrypted on their way: set spark.{thrift_server.ENCRYPTION}")
    views_of = {name: run.spark.sql(f"SHOW VIEWS IN {name}").where("NOT isTemporary").count() for name in SCHEMAS}
    url = f"hive://{'USER:PASSWORD@' if is_ldap else ''}{host}:{port}/bi{'?auth=LDAP' if is_ldap else ''}"
    schemas = ", ".join(f"{name} ({count})" for name, count in views_of.items())
    sentence = f"bi: serving {schemas} at {host}:{port}; connect to jdbc:hive2://{host}:{port}/bi or {url}; Ctrl-C stops it"
    run.console.result(sentence, host=host, port=port, schemas=views_of, authentication="LDAP" if is_ldap else None)


BI = Stage("bi", bi, lambda run: {}, is_recorded=False)
