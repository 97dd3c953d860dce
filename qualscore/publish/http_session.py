"""Requests to a target: paced, repeated where that can help, with a token that is renewed when it has expired."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import Response

from qualscore.errors import ConfigurationError, TargetFailed
from qualscore.publish.pace import Pace

TIMEOUTS = (10, 300)  # seconds to connect, and to wait for the next byte
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST_BACKOFF = 64.0
RENEWALS = 2  # of the token, for one request


class Verdict(Enum):
    """What an answer asks for: to be looked at by the caller, the same again later, or the same with another token."""

    TAKE, AGAIN, RENEW = range(3)


def by_status(response: Response) -> Verdict:
    """As HTTP has it: 429 and failures of the server are temporary, 401 wants another token."""
    if response.status_code == 401:
        return Verdict.RENEW
    return Verdict.AGAIN if response.status_code in (429, 500, 502, 503, 504) else Verdict.TAKE


@dataclass
class HttpSession:
    """Sends requests to one server.

    A request that was sent and whose answer was lost is sent again: all that senders send may arrive twice without a difference.

    Attributes:
        url: of the server.
        token: gets a new token for the header Authorization; None where there is none to get.
        pace: of requests.
        most_wait: seconds that one request may be repeated for, all in all.
        verdict: what an answer asks for.
        wait: pauses for so many seconds.
        now: the time, for a Retry-After that is a date.
    """

    url: str
    token: Callable[["HttpSession"], str] | None
    pace: Pace
    most_wait: float = 900
    verdict: Callable[[Response], Verdict] = by_status
    wait: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _session: requests.Session = field(default_factory=requests.Session)
    _token: str | None = None

    def __post_init__(self) -> None:
        """Goes to this machine itself without a proxy."""
        self._session.trust_env = urlsplit(self.url).hostname not in LOOPBACK

    def send(self, method: str, path: str, *, is_signed: bool = True, **content: Any) -> Response:
        """The answer to a request, repeated until it is neither a temporary failure nor an expired token.

        Args:
            method: of HTTP.
            path: below the server's URL.
            is_signed: whether it goes with the token.
            content: as `requests` takes it: json, data, files, params, headers.

        Raises:
            TargetFailed: the server does not answer, or does not get well, for as long as that is waited for.
            ConfigurationError: the credentials are refused.
        """
        waited, tries, renewals = 0.0, 0, 0
        while True:
            answer = self._attempt(method, path, is_signed, content)
            verdict = self.verdict(answer) if isinstance(answer, Response) else Verdict.AGAIN
            if isinstance(answer, Response) and (verdict is Verdict.TAKE or (verdict is Verdict.RENEW and not is_signed)):
                return answer
            if verdict is Verdict.RENEW:
                renewals += 1
                if renewals > RENEWALS:
                    raise ConfigurationError(f"{self.url}: the credentials are refused ({_said(answer)})")
                self._token = None
                continue
            pause = self._pause(answer, tries)
            if waited + pause > self.most_wait:
                raise TargetFailed(f"{self.url}: {method} {path}: given up after {tries + 1} tries in {waited:.0f} s: {_said(answer)}")
            self.wait(pause)
            waited, tries = waited + pause, tries + 1

    def _attempt(self, method: str, path: str, is_signed: bool, content: Mapping[str, Any]) -> Response | Exception:
        headers = dict(content.get("headers", {}))
        if is_signed and self.token:
            self._token = self._token or self.token(self)
            headers["Authorization"] = f"Bearer {self._token}"
        self.pace.take()
        try:
            given = {**content, "headers": headers}
            return self._session.request(method, f"{self.url}{path}", timeout=TIMEOUTS, allow_redirects=False, **given)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            return error

    def _pause(self, answer: Response | Exception, tries: int) -> float:
        """Seconds that the server asks to wait for, else a second, two, four and so on."""
        asked = answer.headers.get("Retry-After", "") if isinstance(answer, Response) else ""
        if asked.strip().isdecimal():
            return float(asked)
        if asked:
            try:
                return max(0.0, (parsedate_to_datetime(asked) - self.now()).total_seconds())
            except (TypeError, ValueError):
                pass
        return float(min(LONGEST_BACKOFF, 2.0**tries))


def _said(answer: Response | Exception) -> str:
    """An answer in a few words; never the request, which may hold a secret."""
    if isinstance(answer, Response):
        return f"{answer.status_code} {' '.join(answer.text.split())[:200]}".strip()
    return "no connection" if isinstance(answer, requests.ConnectionError) else "no answer in time"


def expect(answer: Response, *codes: int) -> Any:
    """What an answer holds as JSON (nothing of one without content).

    Raises:
        TargetFailed: its status is none of these codes.
    """
    if answer.status_code not in codes:
        path = urlsplit(answer.url).path
        raise TargetFailed(f"{answer.request.method} {path}: {_said(answer)}")
    return answer.json() if answer.content else None
