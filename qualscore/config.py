"""YAML to typed, frozen settings. An unknown key is an error that names the nearest known one."""

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import pycountry
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from qualscore import relative_paths
from qualscore.errors import ConfigurationError
from qualscore.paths import absolute
from qualscore.text_encodings import encoding_name
from qualscore.yaml_files import load_mapping, parse_documents

ROOT = Path(os.environ.get("QUALSCORE_HOME") or Path(__file__).resolve().parents[1])

Crm = Literal["crm_accounts", "crm_opportunities", "crm_opportunity_history"]
SourceTable = Literal[Crm, "activities", "account_lists", "firmographics", "technographics", "intent_signals", "overrides"]
DateOrder = Literal["mdy", "dmy", "ymd"]
Model = TypeVar("Model", bound=BaseModel)
# In words of YAML what pydantic says in words of Python.
TOLD = {
    "tuple_type": "should be a list, such as [one, two]",
    "string_type": "should be one text, in quotes where YAML takes it for a number, yes or no",
    "model_type": "should hold settings as 'key: value'",
}


class Strict(BaseModel):
    """Settings that are frozen, and refuse keys that they do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Jdbc(Strict):
    """A table, view or query of a database. The user and the password are in the environment or in a file, never here."""

    url: str
    table: str
    user_env: str | None = None
    password_env: str | None = None
    credentials_file: str | None = None
    partition_column: str | None = None
    partitions: int = Field(default=1, ge=1)

    @field_validator("url")
    @classmethod
    def _holds_no_password(cls, url: str) -> str:
        if re.search(r"(?i)password=|pwd=|//[^/@]*:[^/@]*@", url):
            raise ValueError("holds a password; name the environment's variable that has it (password_env), or a credentials_file")
        return url


class Source(Strict):
    """One delivery for one clean table: a file, a folder or a table of a database."""

    table: SourceTable
    path: str | None = None
    jdbc: Jdbc | None = None
    mapping: str = "auto"
    where: str | None = None
    encoding: Annotated[str, AfterValidator(encoding_name)] | None = None
    sheet: str | None = None
    dates: DateOrder | None = None
    delivers: Literal["all", "changes"] = "all"
    observed_on: date | None = None
    currency: str | None = None
    list: str | None = None
    id: str = ""

    @property
    def place(self) -> str:
        """Where the delivery comes from, for people."""
        return f"{self.jdbc.url.partition('?')[0]} {self.jdbc.table}" if self.jdbc else str(self.path)

    @property
    def name(self) -> str:
        """The last part of the place: a table's or a file's name."""
        return self.jdbc.table if self.jdbc else Path(str(self.path)).name

    @field_validator("currency")
    @classmethod
    def _is_a_currency(cls, code: str | None) -> str | None:
        return code if code is None else currency_code(code)

    @model_validator(mode="after")
    def _list_belongs_to_account_lists(self) -> "Source":
        if (self.table == "account_lists") != bool(self.list):
            raise ValueError("'list' names an account list: account_lists needs it, no other table takes it")
        return self

    @model_validator(mode="after")
    def _has_one_place(self) -> "Source":
        if (self.path is None) == (self.jdbc is None):
            raise ValueError("a source is either a 'path' or a 'jdbc' table")
        return self


class Models(Strict):
    """How models are named in the registry: PREFIX.SCORE."""

    prefix: str = Field("qualscore", pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$")


class Rate(Strict):
    """What a currency is worth from a day on."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True)

    since: date | None = Field(None, alias="from")
    rate: float = Field(gt=0)


Rates = Annotated[
    dict[str, tuple[Rate, ...]],
    BeforeValidator(
        lambda rates: (
            {code: [{"rate": it}] if isinstance(it, int | float) else it for code, it in rates.items()}
            if isinstance(rates, dict)
            else rates
        )
    ),
]


class Settings(Strict):
    """All settings of a run; paths are absolute."""

    warehouse: str
    catalog: str | None = None
    sources: tuple[Source, ...] = ()
    own_domains: tuple[str, ...] = ()
    extra_suffixes: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    rates: Rates = {}
    keyword_sets: str
    models: Models = Models()
    max_rejected_share: float
    max_unread_share: float
    evaluation_accounts: int
    top_accounts: int
    most_movers: float = Field(0.2, ge=0, le=1)
    retention_days: int = Field(30, ge=1)
    checkpoints: Literal["auto", "local", "reliable"] = "auto"
    staging: str | None = None

    @field_validator("rates")
    @classmethod
    def _are_of_currencies(cls, rates: dict[str, tuple[Rate, ...]]) -> dict[str, tuple[Rate, ...]]:
        return {currency_code(code): of_code for code, of_code in rates.items()}

    @property
    def keywords(self) -> dict[str, list[str]]:
        """The keyword sets: name to keywords.

        Raises:
            ConfigurationError: the file is not there, or holds a set that is no list of keywords.
        """
        sets = load_mapping(Path(self.keyword_sets))
        wrong = [name for name, words in sets.items() if not isinstance(words, list) or not words]
        if wrong:
            raise ConfigurationError(
                f"{self.keyword_sets}: not a list of keywords: {', '.join(map(str, wrong))}; write NAME: [KEYWORD, ...]"
            )
        return {str(name): [str(word) for word in words] for name, words in sets.items()}

    @model_validator(mode="after")
    def _name_sources(self) -> "Settings":
        names: dict[str, int] = {}
        named = []
        for source in self.sources:
            name = ":".join(filter(None, [source.table, source.list, source.name]))
            names[name] = names.get(name, 0) + 1
            named.append(source.model_copy(update={"id": name if names[name] == 1 else f"{name}#{names[name]}"}))
        object.__setattr__(self, "sources", tuple(named))
        return self


def load(overlay: Path | None, *, changes: Sequence[str] = (), warehouse: str | None = None) -> Settings:
    """Settings of `conf/qualscore.yml`, overlaid by a file, by `a.b=c` changes and by a warehouse folder.

    Raises:
        ConfigurationError: with every finding of every file at once.
    """
    default = ROOT / "conf" / "qualscore.yml"
    merged = relative_paths.resolved(load_mapping(default), default.parent)
    named = str(overlay or default)
    if overlay:
        merged = _merge(merged, relative_paths.resolved(load_mapping(overlay), overlay.resolve().parent))
    if changes:
        merged = _merge(merged, relative_paths.resolved(_changes(changes), Path.cwd()))
        named = f"{named} and --set"
    if warehouse:
        merged["warehouse"] = absolute(warehouse, Path.cwd())
    return validate(Settings, merged, where=named)


def validate(model: type[Model], content: Mapping[str, Any], *, where: str) -> Model:
    """`content` as `model`.

    Raises:
        ConfigurationError: one line per finding, an unknown key with the nearest known one.
    """
    try:
        return model.model_validate(dict(content))
    except ValidationError as error:
        findings = [_finding(model, finding) for finding in error.errors()]
        raise ConfigurationError("\n".join([f"{where}: {len(findings)} finding(s)", *(f"  {line}" for line in findings)])) from None


def currency_code(code: str) -> str:
    """A code of ISO 4217 in capitals.

    Raises:
        ValueError: there is no such currency.
    """
    known = {it.alpha_3 for it in pycountry.currencies}
    if code.upper() not in known:
        raise ValueError(f"{code!r} is no currency of ISO 4217, such as USD, EUR, JPY")
    return code.upper()


def nearest(word: str, known: Sequence[str]) -> str:
    """A hint: the nearest known word, or all of them.

    >>> nearest("sorces", ["sources", "scores"])
    "did you mean 'sources'?"
    """
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(known) or 'none'}"


def _finding(model: type[BaseModel], finding: Any) -> str:
    place = ".".join(str(part) for part in finding["loc"])
    if finding["type"] == "literal_error":
        known = re.findall("'([^']+)'", finding["ctx"]["expected"])
        return f"{place}: {finding['input']!r} is none; {nearest(str(finding['input']), known)}"
    if finding["type"] != "extra_forbidden":
        return f"{place}: {TOLD.get(finding['type']) or finding['msg'].removeprefix('Value error, ')}"
    for part in finding["loc"][:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = inner_model(model.model_fields[part].annotation) or model
    names = [field.alias or name for name, field in model.model_fields.items()]
    return f"{place}: unknown; {nearest(str(finding['loc'][-1]), names)}"


def inner_model(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, by itself, several of them, or nothing; None when it holds plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(inner_model, get_args(annotation)) if found), None)


def _merge(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _changes(changes: Sequence[str]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise ConfigurationError(f"--set {change}: should read --set key=value, or --set a.b=value")
        nested: Any = next(iter(parse_documents(value, where=f"--set {change}")), None)
        for part in reversed(key.split(".")):
            nested = {part: nested}
        result = _merge(result, nested)
    return result
