"""Take the pictures of docs/tour.md: the example county's year, run on a real Prefect server.

    python -m examples.make_tour [FOLDER]        (make tour)

Every picture shows a page of the Prefect UI as an administrator sees it at that point of the year. Deployments
are found by their Chinese names, runs and boards by theirs: what another version adds to a page is on the next
pictures by itself. Needs Chromium and a Chinese font.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click
from PIL import Image

from apps.county import example_county
from apps.mailbox import Mailbox
from apps.prefect_server import PrefectServer
from examples.tour_pictures import Picture, pictures
from tests.documents.browser import Tab, chromium

if TYPE_CHECKING:
    from prefect.client.schemas.responses import DeploymentResponse

    from apps.year import Year

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
_COLOURS = 64
_PATIENCE = 40
_STEADY = 3


class _Pages:
    """Addresses of pages, by the names that a person knows."""

    def deployment(self, name: str) -> str:
        return f"/deployments/deployment/{self._deployment(name).id}"

    def form(self, name: str) -> str:
        """The run form of a deployment."""
        return f"{self.deployment(name)}/run"

    def run(self, name: str) -> str:
        """The last run whose name begins so."""
        from prefect import get_client
        from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
        from prefect.client.schemas.sorting import FlowRunSort

        with get_client(sync_client=True) as client:
            found = client.read_flow_runs(
                flow_run_filter=FlowRunFilter(name=FlowRunFilterName(like_=name)),
                sort=FlowRunSort.START_TIME_DESC,
                limit=1,
            )
        return f"/runs/flow-run/{found[0].id}"

    def board(self, key: str) -> str:
        """The newest state of a board."""
        from prefect import get_client
        from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
        from prefect.client.schemas.sorting import ArtifactSort

        with get_client(sync_client=True) as client:
            found = client.read_artifacts(
                artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])),
                sort=ArtifactSort.CREATED_DESC,
                limit=1,
            )
        return f"/artifacts/artifact/{found[0].id}"

    @staticmethod
    def _deployment(name: str) -> DeploymentResponse:
        from prefect import get_client

        with get_client(sync_client=True) as client:
            return client.read_deployment_by_name(f"{name}/{name}")


def _take(tab: Tab, address: str, picture: Picture) -> tuple[bytes, bool]:
    """The page as a small PNG once it stands still, and whether it shows what it should."""
    tab.open(address, width=picture.width, height=picture.height)
    given_up = time.monotonic() + _PATIENCE
    text, steady = "", 0
    while steady < _STEADY and time.monotonic() < given_up:
        time.sleep(0.5)
        before, text = text, tab.run("document.body.innerText")
        there = all(words in text for words in picture.shows)
        steady = steady + 1 if there and text == before else 0
    shot = base64.b64decode(tab.send("Page.captureScreenshot", format="png")["data"])
    small = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(_COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue(), steady == _STEADY


def _page(taken: list[Picture]) -> str:
    lines = [
        "# 一年里的 Prefect 界面",
        "",
        "管理员在 Prefect 界面里看进度、填表单、查原因。下面是示例县一个完整周期里的各个页面，按先后排列；"
        "`make demo UI=1` 可以在自己的机器上打开同样的界面。界面的按钮是英文，名称、表单、记录和看板是中文。",
        "",
        "一年在几分钟里演完：看板上“截至”的日期是演练的日期，界面自己写的 Created、Start Time 是拍照那天。",
        "",
        "（由 `make tour` 从一次真实的运行生成，不要手改。）",
    ]
    for number, picture in enumerate(taken, start=1):
        lines += ["", f"## {number}. {picture.title}", "", picture.caption, ""]
        lines.append(f"![{picture.title}](tour/{picture.name}.png)")
    return "\n".join(lines) + "\n"


def _played(year: Year, unready: Callable[[], None]) -> Iterator[str]:
    """The year, step by step; before the approval somebody tries to publish."""
    for step in year.play():
        if step.startswith("第二人确认脱敏"):
            unready()
        yield step
    yield ""


def make(docs: Path) -> None:
    """Write tour.md and tour/*.png below `docs`."""
    county = example_county(HERE)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="selfeval-")))
        server = PrefectServer(folder / "prefect")
        server.start()
        stack.callback(server.stop)
        mailbox = stack.enter_context(Mailbox(folder / "mails"))
        os.environ.update(server.environment)
        os.environ.update(
            SELFEVAL_HOME=str(folder),
            SELFEVAL_MAIL_FROM="selfeval@bureau.example",
            SELFEVAL_ADMIN_EMAILS="admin@bureau.example",
            SELFEVAL_BUREAU_EMAILS="chief@bureau.example",
            SELFEVAL_SMTP_HOST="127.0.0.1",
            SELFEVAL_SMTP_PORT=str(mailbox.port),
            SELFEVAL_SMTP_TLS="none",
            TZ="Asia/Shanghai",
        )
        # Prefect reads its settings when it is imported: not before this line.
        from prefect import get_client

        from apps.registration import register_all
        from apps.year import Year, flush_logs
        from db.session import migrate
        from flows.publish import PublicationNow, publish_results
        from tasks.settings import WORK_POOL, load_settings

        migrate(load_settings().database_url)
        register_all()
        year, pages, taken, amiss = Year(county), _Pages(), [], []
        wanted = pictures(county.cycle.year)

        def too_early() -> None:
            publish_results(PublicationNow(year=county.cycle.year), year.now, return_state=True)

        (docs / "tour").mkdir(parents=True, exist_ok=True)
        for step in _played(year, too_early):
            flush_logs()
            at_this_step = wanted.pop(step, ())
            if not at_this_step:
                continue
            # A worker that asks for work is what makes deployments ready; here nothing is handed out to one,
            # since the year runs on a clock of its own.
            with get_client(sync_client=True) as client:
                client.get_scheduled_flow_runs_for_work_pool(WORK_POOL)
            # A browser that waits for a stage of the year to end would be given up for lost.
            with chromium(folder / "browser") as tab:
                for picture in at_this_step:
                    image, whole = _take(tab, server.address + picture.path(pages), picture)
                    (docs / "tour" / f"{picture.name}.png").write_bytes(image)
                    click.echo(f"{picture.name}.png  {len(image) // 1024} KB  {picture.title}")
                    taken.append(picture)
                    if not whole:
                        amiss.append(f"{picture.name} 上没有 {'、'.join(picture.shows)}")
        amiss += [f"演示里没有“{step}”这一步" for step in wanted]
        if amiss:
            raise click.ClickException("；".join(amiss))
    (docs / "tour.md").write_text(_page(taken), encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
