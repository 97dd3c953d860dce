"""What each score definition selects, in numbers, without training."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions import connections
from qualscore.definitions.definition import Definition
from qualscore.errors import ConfigurationError
from qualscore.model.learning.preview import preview
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.stages.describing import features_date
from qualscore.stages.labelling import labelled, with_coverage, without_domain
from qualscore.stages.reading import ACCOUNTS, FEATURES, SELECTED_FROM, UNUSABLE

INPUTS = tuple(dict.fromkeys((*SELECTED_FROM, ACCOUNTS, FEATURES, *UNUSABLE)))

MOST_STAGES = 40


def check_ready(run: Run) -> Outcome:
    """Whether there is anything to count.

    Raises:
        ConfigurationError: names the command that is missing.
    """
    for table, job in ((ACCOUNTS, "ingest"), (FEATURES, "build_features")):
        if not run.tables.exists(table):
            raise ConfigurationError(
                f"{table} is not there yet: run `./spark-submit.sh {job}` with the same --config and --warehouse first"
            )
    if run.tables.exists("clean/crm_opportunities"):
        stages = outcomes_by_stage(run.tables.read("clean/crm_opportunities"))
        lines = [f"  {it['deals']:>8,}  {it['outcome']:<5} {it['stage']}" for it in stages]
        run.console.result("\n".join(["deals by stage and outcome", *lines]), stages=stages) if stages else None
    return Outcome(f"{len(run.definitions)} score definition(s)")


def outcomes_by_stage(opportunities: DataFrame) -> list[dict[str, object]]:
    """How many deals each stage has, and of which outcome: the most frequent ones. An action."""
    counted = opportunities.where("stage is not null").groupBy("stage", "outcome").agg(F.count(F.lit(1)).alias("deals"))
    return [row.asDict() for row in counted.orderBy(F.desc("deals"), "stage", "outcome").limit(MOST_STAGES).collect()]


def show(run: Run, definition: Definition) -> Outcome:
    """Prints what one definition selects."""
    as_of, own_domains = features_date(run), run.settings.own_domains
    mode = connections.mode({source.table for source in run.settings.sources})
    shown = preview(
        with_coverage(run, labelled(run, definition)),
        definition,
        as_of=as_of,
        connection_mode=f"{mode} ({connections.MEANING[mode]})",
        own_domains=own_domains,
        without_domain=without_domain(run, definition),
    )
    run.console.result(shown.text, **shown.record)
    sentence = f"{shown.counts['examples']:,} customers, {shown.verdict}"
    return Outcome(sentence, shown.counts)


def _preview_depends(run: Run, definition: Definition) -> Mapping[str, object]:
    return {"definition": definition.model_dump()}


READY = Stage("check_tables", check_ready, lambda run: {}, inputs=(ACCOUNTS, FEATURES))
PREVIEW = Stage("preview", show, _preview_depends, per_score=True, inputs=INPUTS)
