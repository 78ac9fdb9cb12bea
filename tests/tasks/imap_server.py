"""Debian's dovecot on loopback: own configuration, own home, a free port; any user name has an empty mailbox."""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path

from apps.mailbox import free_port

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
PASSWORD = "opensesame"
_PATIENCE_SECONDS = 20

_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = {ssl}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  # Nobody has to be kept from guessing here: a wrong password is answered at once, the second one too.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


class ImapServer:
    """Use it as a context."""

    def __init__(self, certificate: bool = False):
        # Not under the test's own folder: other accounts of the server must be able to reach it.
        self.home = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
        self.port = free_port()
        self._certificate = certificate

    def __enter__(self) -> ImapServer:
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        mail = pwd.getpwnam("nobody" if root else me)
        ssl = "no"
        if self._certificate:
            key, certificate = self.home / "key.pem", self.home / "cert.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                 "-keyout", key, "-out", certificate],
                check=True, capture_output=True,
            )  # fmt: skip
            ssl = f"required\nssl_cert = <{certificate}\nssl_key = <{key}"
        self.home.chmod(0o755)
        (self.home / "mail").mkdir()
        os.chown(self.home / "mail", mail.pw_uid, mail.pw_gid)
        configuration = self.home / "dovecot.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                home=self.home,
                password=PASSWORD,
                port=self.port,
                ssl=ssl,
                internal="dovecot" if root else me,
                group="dovecot" if root else mail.pw_gid,
                login="dovenull" if root else me,
                uid=mail.pw_uid,
                gid=mail.pw_gid,
            )
        )
        self._process = subprocess.Popen([DOVECOT, "-F", "-c", configuration])
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                imaplib.IMAP4("127.0.0.1", self.port, timeout=5).logout()
                return self
            except (OSError, imaplib.IMAP4.error):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    log = self.home / "log"
                    raise RuntimeError(log.read_text() if log.exists() else "dovecot 没有启动") from None

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_PATIENCE_SECONDS)
        shutil.rmtree(self.home, ignore_errors=True)

    def user(self, name: str) -> Account:
        """The mailbox of a name, empty at first; every name has the same password."""
        return Account(self.port, name)


class Account:
    """What a test does to a mailbox from outside, with the plain library."""

    def __init__(self, port: int, name: str):
        self.port, self.name = port, name

    def _connected(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(self.name, PASSWORD)
        return client

    def append(self, raw: bytes, at: datetime) -> None:
        with self._connected() as client:
            status, answer = client.append("INBOX", None, imaplib.Time2Internaldate(at), raw)
            assert status == "OK", answer

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        """Whole messages of a folder; its name in the modified UTF-7 of IMAP."""
        with self._connected() as client:
            if client.select(folder, readonly=True)[0] != "OK":
                return []
            numbers = client.search(None, "ALL")[1][0].split()
            return [client.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]
