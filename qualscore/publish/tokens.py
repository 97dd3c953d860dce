"""OAuth: how the token of each vendor is got, and got again when it has expired."""

from collections.abc import Mapping
from typing import Any

from requests import Response

from qualscore.errors import ConfigurationError
from qualscore.publish.http_session import HttpSession


def salesforce_token(secrets: Mapping[str, str]) -> Any:
    """By a refresh token if there is one, else by the client's own credentials.

    As "OAuth 2.0 Client Credentials Flow for Server-to-Server Integration" and "OAuth 2.0 Refresh Token Flow" of Salesforce's help have it.
    """

    def token(session: HttpSession) -> str:
        form = _form(secrets)
        return _token(session, session.send("POST", "/services/oauth2/token", is_signed=False, data=form))

    return token


def hubspot_token(secrets: Mapping[str, str]) -> Any:
    """The token of a private app as it is; of a public app by its refresh token.

    As "Private apps" and "OAuth tokens" of HubSpot's developer documentation have it.
    """

    def token(session: HttpSession) -> str:
        if "token" in secrets:
            return secrets["token"]
        return _token(session, session.send("POST", "/oauth/v1/token", is_signed=False, data=_form(secrets)))

    return token


def dynamics_token(secrets: Mapping[str, str], *, login_url: str, tenant: str) -> Any:
    """By the client's own credentials, from the tenant's login ("OAuth 2.0 client credentials flow" of Microsoft's identity platform)."""

    def token(session: HttpSession) -> str:
        login = HttpSession(login_url, None, session.pace, most_wait=session.most_wait, wait=session.wait)
        form = {**_form(secrets), "scope": f"{session.url}/.default"}
        return _token(login, login.send("POST", f"/{tenant}/oauth2/v2.0/token", is_signed=False, data=form))

    return token


def marketo_token(secrets: Mapping[str, str]) -> Any:
    """By the client's own credentials ("Authentication" of Marketo's REST API)."""

    def token(session: HttpSession) -> str:
        return _token(session, session.send("GET", "/identity/oauth/token", is_signed=False, params=_form(secrets)))

    return token


def _form(secrets: Mapping[str, str]) -> dict[str, str]:
    grant = "refresh_token" if "refresh_token" in secrets else "client_credentials"
    return {"grant_type": grant} | {name: secrets[name] for name in ("client_id", "client_secret", "refresh_token") if name in secrets}


def _token(session: HttpSession, answer: Response) -> str:
    try:
        content = answer.json()
    except ValueError:
        content = {}
    if answer.status_code != 200 or "access_token" not in content:
        why = str(content.get("error_description") or content.get("error") or answer.status_code)
        raise ConfigurationError(f"{session.url}: no token for these credentials: {why}")
    return str(content["access_token"])
