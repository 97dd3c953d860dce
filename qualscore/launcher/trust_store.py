"""The certificates that Python trusts, as a trust store for Java.

The Java of the environment has its own list, which lacks a company's certificate where a proxy signs TLS anew.
"""

import os
import ssl
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

PASSWORD = b"changeit"


def trusted_files() -> Iterator[Path]:
    """Every file that this machine's tools take certificates from."""
    import certifi

    default = ssl.get_default_verify_paths()
    named = (os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE"))
    yield from (Path(file) for file in (*named, default.cafile, certifi.where()) if file)
    for folder in (os.environ.get("SSL_CERT_DIR") or default.capath or "").split(os.pathsep):
        if folder and Path(folder).is_dir():
            yield from sorted(Path(folder).iterdir())


def trusted_certificates() -> list[bytes]:
    """The certificates of these files (DER), each once; a file that holds none is passed over."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for file in trusted_files():
        try:
            context.load_verify_locations(cafile=file)
        except (OSError, ssl.SSLError):
            continue
    return context.get_ca_certs(binary_form=True)


def write_trust_store(target: Path) -> None:
    """Write the machine's trusted certificates as PKCS12, whole or not at all."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    with warnings.catch_warnings():
        # Old root certificates have serial numbers that cryptography deprecates; they are public and still in use.
        warnings.simplefilter("ignore")
        certificates = [x509.load_der_x509_certificate(data) for data in trusted_certificates()]
        named = [pkcs12.PKCS12Certificate(each, str(number).encode()) for number, each in enumerate(certificates)]
        content = pkcs12.serialize_java_truststore(named, BestAvailableEncryption(PASSWORD))
    fresh = target.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(target)


if __name__ == "__main__":
    write_trust_store(Path(sys.argv[1]))
