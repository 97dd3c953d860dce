"""What all targets of `publish` have. Limits are those that vendors publish, and can be changed: they change."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from qualscore.config import Strict
from qualscore.errors import ConfigurationError
from qualscore.publish.fields import CardField, Naming, card_fields, snake_name
from qualscore.publish.http_session import LOOPBACK, HttpSession
from qualscore.publish.pace import Pace
from qualscore.yaml_files import load_mapping

RESERVED = ("sent_rows", "failed_rows", "reverse_etl")


def _server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("has to begin with https://")
    if parts.username or parts.password or parts.query:
        raise ValueError("holds more than a server's address; credentials are named under 'credentials'")
    return url.rstrip("/")


TokenSource = Callable[[HttpSession], str]
Url = Annotated[str, AfterValidator(_server)]


class Credentials(Strict):
    """Where the secrets are: variables of the environment, or a file with the same names without _env. Never here."""

    client_id_env: str | None = None
    client_secret_env: str | None = None
    refresh_token_env: str | None = None
    token_env: str | None = None
    file: str | None = None

    def secrets(self, target: str) -> dict[str, str]:
        """The secrets by name.

        Raises:
            ConfigurationError: a variable or the file is not there, or nothing is named.
        """
        held = {str(key): str(value) for key, value in load_mapping(Path(self.file)).items()} if self.file else {}
        names = {key.removesuffix("_env"): name for key, name in self.model_dump(exclude={"file"}).items() if name}
        absent = [f"{key}_env: {name}" for key, name in names.items() if name not in os.environ]
        if absent:
            raise ConfigurationError(f"target {target}: the environment has no variable for {', '.join(absent)}; set it before the run")
        secrets = held | {key: os.environ[name] for key, name in names.items()}
        if not secrets:
            raise ConfigurationError(f"target {target}: no credentials; name the environment's variables or a file under 'credentials'")
        return secrets


class NewRecords(Strict):
    """Records that the target does not have yet: accounts of one segment that are not in the CRM, the best first.

    Attributes:
        segment: its name.
        most: never more than so many that the CRM has not delivered back yet.
        key: the target's unique field that is given the domain, so that none is made twice.
    """

    segment: str
    most: int = Field(100, ge=1)
    key: str


class BasicTarget(Strict):
    """What all targets have.

    Attributes:
        name: of the target.
        scores: the products that it is told of; default: all.
        fields: other names of the target's fields, by the names of the card; null leaves a field out.
        prefix: what the target's field names begin with where `fields` does not say.
        most_failures: more failed rows than this stop the publish: something is wrong with all of them.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    scores: tuple[str, ...] = ()
    fields: dict[str, str | None] = {}
    prefix: str = ""
    most_failures: int = Field(1000, ge=0)

    @model_validator(mode="after")
    def _has_a_free_name(self) -> "BasicTarget":
        if self.name in RESERVED:
            raise ValueError(f"name: {self.name} is a table's; choose another")
        return self

    @property
    def place(self) -> str:
        """Where it is, for people."""
        raise NotImplementedError

    @property
    def naming(self) -> Naming:
        """How a field of the card is named there."""
        return snake_name

    def named(self, products: Sequence[str]) -> dict[str, CardField]:
        """The fields that are sent, by the target's own names."""
        chosen = [it for it in products if not self.scores or it in self.scores]
        names = {it.name: self.fields.get(it.name, self.naming(self.prefix, it.name)) for it in card_fields(chosen)}
        return {str(names[it.name]): it for it in card_fields(chosen) if names[it.name] is not None}


class HttpTarget(BasicTarget):
    """A target that is reached by HTTP.

    Attributes:
        url: of its server.
        credentials: where the secrets are.
        requests: at most so many ...
        seconds: ... in so many.
        batch: rows of one request.
        most_wait: seconds that a request is repeated for while the server is busy.
    """

    url: Url
    credentials: Credentials = Credentials()
    requests: int = Field(100, ge=1)
    seconds: float = Field(20, gt=0)
    batch: int = Field(200, ge=1)
    most_wait: float = Field(900, ge=0)

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self.url

    def session(self, token: TokenSource) -> HttpSession:
        """Requests to the server, paced as it wants."""
        return HttpSession(self.url, token, Pace(self.requests, self.seconds), most_wait=self.most_wait)


class CrmTarget(HttpTarget):
    """A CRM that is told of its own accounts, and of new ones where a segment names them.

    Attributes:
        key: the record's id, or a unique field that holds what the deliveries have as the account's id.
        new_records: which accounts are made where there are none; default: none at all.
        new_fields: what only new records are told, by the CRM's names.
    """

    key: str
    new_records: NewRecords | None = None
    new_fields: dict[Literal["company_name", "domain"], str] = {}

    @property
    def record_key(self) -> str:
        """The CRM's own id."""
        raise NotImplementedError
