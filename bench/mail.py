"""5,000 mails through the outbox beside a bare aiosmtplib loop, on the same mail server in the same run.

The bare loop builds the same messages and sends them over one connection; beside it the outbox as it is set
by default, two connections (`over_bare_loop`, goal 1.25), and over one (`over_bare_loop_one_connection`). The
other rival opens a connection for every mail (`speedup_over_reconnect`). SQLite; wall time, the mail server
in a process of its own.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from sqlalchemy import select

from bench import measure
from bench.mail_host import fill, mail_server
from db.models import OutboxRow
from db.session import transaction


def messages(url: str) -> list[EmailMessage]:
    """The queued mails as a plain script would build them."""
    built = []
    with transaction(url) as session:
        for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id)):
            message = EmailMessage()
            message["Message-ID"], message["Subject"] = row.message_id, row.subject
            message["From"], message["To"] = "selfeval@bureau.example", row.recipient
            message.set_content(row.text_body, cte="base64")
            message.add_alternative(row.html_body, subtype="html", cte="base64")
            built.append(message)
    return built


async def over_one_connection(url: str, port: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for message in messages(url):
            await client.send_message(message)


async def reconnecting(url: str, port: int, share: int) -> None:
    for message in messages(url)[::share]:
        await aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=False)


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    quick = measure.quick_wanted(__doc__)
    units, share = (125, 4) if quick else (1250, 10)
    with tempfile.TemporaryDirectory() as folder, mail_server(Path(folder) / "server.log") as port:
        url, second = f"sqlite:///{folder}/selfeval.db", f"sqlite:///{folder}/second.db"
        mails = fill(url, units)
        assert fill(second, units) == mails
        os.environ |= {
            "SELFEVAL_HOME": folder, "SELFEVAL_SMTP_HOST": "127.0.0.1", "SELFEVAL_SMTP_PORT": str(port),
            "SELFEVAL_SMTP_TLS": "none", "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
        }  # fmt: skip
        bare = timed(lambda: asyncio.run(over_one_connection(url, port)))
        # A connection for every mail is slow: a share of them stands for all.
        reconnected = timed(lambda: asyncio.run(reconnecting(url, port, share))) * share
        ours = outbox(url, mails)
        single = outbox(second, mails, SELFEVAL_SMTP_CONNECTIONS="1")
        bare_again = timed(lambda: asyncio.run(over_one_connection(second, port)))
    # The machine may be busier at one end of the run than at the other.
    bare = (bare + bare_again) / 2
    measure.write(
        "mail",
        {
            "mails": mails,
            "over_bare_loop": round(ours / bare, 2),
            "over_bare_loop_one_connection": round(single / bare, 2),
            "speedup_over_reconnect": round(reconnected / ours, 2),
            "mails_per_second": round(mails / ours),
        },
    )


def outbox(url: str, mails: int, **settings: str) -> float:
    """Seconds to empty the outbox of a database."""
    from tasks.deliver import empty_outbox

    os.environ |= {"SELFEVAL_DATABASE_URL": url, **settings}
    sent: dict[str, int] = {}
    seconds = timed(lambda: sent.update(empty_outbox.fn(None)))
    assert sent == {"sent": mails}
    return seconds


if __name__ == "__main__":
    main()
