"""What scores would be: with a changed definition, or of one account with other values. Nothing is written, nothing is registered."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from qualscore.definitions.definition import APPLY_AT_ONCE, Definition, load
from qualscore.errors import ConfigurationError
from qualscore.model.judging import expectations, judging
from qualscore.model.learning.judged_model import Model
from qualscore.model.scorecard import columns
from qualscore.model.scorecard.card import ScorecardModel
from qualscore.model.scoring.bands import BAND_WORDS
from qualscore.runs.run import Outcome, Run, Stage
from qualscore.scores import simulation
from qualscore.stages import gating
from qualscore.stages.describing import features_date
from qualscore.stages.labelling import labelled, selectable, with_coverage, with_facts
from qualscore.stages.models import registry_of
from qualscore.stages.nulls import null_of
from qualscore.stages.reading import ACCOUNTS, FEATURES, SCORES, clean
from qualscore.stages.simulate_account import in_words, simulate_account
from qualscore.stages.train import INPUTS as TRAINED_FROM
from qualscore.stages.train import trained_on
from qualscore.stages.train_rules import judged_rules
from qualscore.universe import labels

INPUTS = tuple(dict.fromkeys((*TRAINED_FROM, FEATURES, SCORES, ACCOUNTS)))
# Of a definition: what a model that is there shows otherwise without another training, as `score` would.
SHOWN_OTHERWISE = APPLY_AT_ONCE | {"exclude"}
COLUMNS = ("domain", "company_name", "score", "band", "action")


def simulate(run: Run) -> Outcome:
    """Says what each definition, or the one of --definition, would change.

    Raises:
        ConfigurationError: --value without --account, or an account of a score that has no model.
    """
    if run.options.value and not run.options.account:
        raise ConfigurationError("--value belongs to an account: --account acme.com --value employees=500")
    definitions = _definitions(run)
    for definition in definitions:
        model, trial = _model(run, definition)
        if run.options.account:
            if isinstance(model, ScorecardModel):
                raise ConfigurationError(f"{definition.name}: counts points; --account asks a trained model what would have to change")
            compared = simulate_account(run, definition, model)
            run.console.result(in_words(compared), **compared)
        else:
            expect = gating.expected_of(run, definition, model)
            compared = _compared(run, definition, model) | {"trained": trial is not None, "trial": trial, "expect": expect}
            run.console.result("\n".join(_lines(compared)), **compared)
    return Outcome(f"{len(definitions)} score(s) simulated; nothing was written")


def _definitions(run: Run) -> Sequence[Definition]:
    if not run.options.definition:
        return run.definitions
    sources = run.settings.sources
    lists = sorted({str(source.list) for source in sources if source.list})
    sets = sorted(run.settings.keywords)
    tables = {it.table for it in sources}
    return load([str(run.options.definition)], lists=lists, tables=tables, keyword_sets=sets, columns=columns.types(sets))


def _model(run: Run, definition: Definition) -> tuple[Model, dict[str, Any] | None]:
    """The champion as the definition shows it; where the definition asks another question a trial, and what was measured of it."""
    store = registry_of(run)
    if store.champion(definition.name) is not None:
        champion = store.load_champion(definition.name)
        if _question(champion.definition) == _question(definition) or run.options.account and not run.options.definition:
            return champion.with_presentation(definition), None
    if definition.rules:
        judged = judged_rules(run, definition)
        return judged.judged.model, judged.report
    run.console.say(f"{definition.name}: a trial is trained, and not registered")
    tried = trained_on(run, with_coverage(run, labelled(run, definition)), definition, as_of=features_date(run))
    judgement = judging.judge(tried, null=null_of(run, tried.counts["examples"], definition.training, keep=False))
    for warning in judgement.warnings:
        run.console.complain(f"warning: {warning}")
    return judgement.judged.model, judgement.report


def _question(definition: Definition) -> Mapping[str, Any]:
    return definition.model_dump(mode="json", by_alias=True, exclude=SHOWN_OTHERWISE, exclude_defaults=True)


def _compared(run: Run, definition: Definition, model: Model) -> dict[str, Any]:
    """Accounts by band and action now and then, who moves, and what the CRM would see."""
    then = scores(run, definition, model).select(*COLUMNS)
    crm = clean(run, "accounts").where(F.array_contains("sources", "crm")).select("domain")
    both = simulation.joined(_published(run, definition.name, then), then, crm).persist(StorageLevel.DISK_ONLY)
    try:
        lists = {"movers": simulation.movers(both, of_crm=False), "crm_movers": simulation.movers(both, of_crm=True)}
        return {"score_name": definition.name, "model_version": model.version, **simulation.counts(both), **lists}
    finally:
        both.unpersist()


def scores(run: Run, definition: Definition, model: Model) -> DataFrame:
    """The rows that the stage `score` would write of a definition."""
    accounts = labels.excluded(
        run.tables.read(FEATURES), selectable(run), definitions=[definition], as_of=features_date(run), own_domains=run.settings.own_domains
    )
    return model.score(with_facts(run, model, accounts))


def _published(run: Run, name: str, like: DataFrame) -> DataFrame:
    if not run.tables.exists(SCORES):
        return like.limit(0)
    return run.tables.read(SCORES).where(F.col("score_name") == name).select(*COLUMNS)


def _lines(compared: Mapping[str, Any]) -> list[str]:
    """The same for a person."""
    words = BAND_WORDS | {simulation.NO_SCORE: "no score"}
    how = "a trial, trained for this and not registered" if compared["trained"] else f"the champion, version {compared['model_version']}"
    lines = [f"\n{compared['score_name']}: by {how}", f"  {'':<16}{'accounts now':>14}{'then':>12}{'in the CRM now':>18}{'then':>10}"]
    for kind in ("bands", "actions"):
        for name, of in compared[kind].items():
            crm = compared[f"crm_{kind}"].get(name, {"now": 0, "then": 0})
            word = words.get(name, name.replace("_", " "))
            lines.append(f"  {word:<16}{of['now']:>14,}{of['then']:>12,}{crm['now']:>18,}{crm['then']:>10,}")
    lines += [
        f"  {it['accounts']:,} accounts ({it['crm']:,} of the CRM) go from {words[it['from']]} to {words[it['to']]}"
        for it in compared["moves"]
    ]
    for head, movers in (("who moves most", compared["movers"]), ("who moves most in the CRM", compared["crm_movers"])):
        lines += [f"  {head}"] if movers else []
        lines += [f"    {it['company_name'] or it['domain']} ({it['domain']}): {_of(it, 'now')} -> {_of(it, 'then')}" for it in movers]
    lines += [f"  {'expected':<16}{expectations.mark(it)}: {expectations.sentence(it)}" for it in compared["expect"]]
    return lines if compared["moves"] or compared["movers"] else [*lines, "  no account would change its band or its action"]


def _of(mover: Mapping[str, Any], side: str) -> str:
    if mover[f"score_{side}"] is None:
        return "no score"
    action = mover[f"action_{side}"]
    return f"{mover[f'score_{side}']:.2f} {BAND_WORDS[mover[f'band_{side}']]}" + (f", {action.replace('_', ' ')}" if action else "")


def _depends(run: Run) -> Mapping[str, object]:
    return {"definitions": [definition.model_dump() for definition in run.definitions]}


SIMULATE = Stage("simulate", simulate, _depends, inputs=INPUTS, is_recorded=False)
