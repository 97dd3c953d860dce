"""A real LDAP server of the tests' own (ldaptor), on the loopback interface, that knows one person. As a program it is that server."""

import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

USER, PASSWORD, BASE = "ada", "s3cret-Word", "ou=people,dc=acme"
ENTRIES = f"""\
dn: dc=acme
objectClass: dcObject
dc: acme

dn: {BASE}
objectClass: organizationalUnit
ou: people

dn: uid={USER},{BASE}
objectClass: inetOrgPerson
uid: {USER}
cn: Ada
sn: Ada
userPassword:: {b64encode(PASSWORD.encode()).decode()}

"""


@contextmanager
def running() -> Iterator[int]:
    """Starts the server, and stops it; its value is the port."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def serve() -> None:
    """Answers until the process is stopped, and prints at which port."""
    from ldaptor.inmemory import fromLDIFFile
    from ldaptor.interfaces import IConnectedLDAPEntry
    from ldaptor.protocols.ldap.ldapserver import LDAPServer
    from twisted.internet import reactor
    from twisted.internet.protocol import ServerFactory
    from twisted.python.components import registerAdapter

    def listen(root: object) -> None:
        factory = ServerFactory.forProtocol(LDAPServer)
        factory.root = root
        print(reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port, flush=True)

    registerAdapter(lambda factory: factory.root, ServerFactory, IConnectedLDAPEntry)
    fromLDIFFile(BytesIO(ENTRIES.encode())).addCallback(listen)
    reactor.run()


if __name__ == "__main__":
    serve()
