"""Put a published site back as it was published, after another hand changed it."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from db import cycles, publications
from db.models import Decision
from documents.site import render_site
from documents.site_folder import discard_site, stage_site
from selfeval.refusal import Refusal
from tasks.office import clock, reading
from tasks.public_content import content_hash, content_of
from tasks.publish import carry_out, writing
from tasks.settings import load_settings


@task(name="恢复公开网站", cache_policy=NO_CACHE)
def mend_site(year: int | None, now: datetime | None) -> dict[str, str | int]:
    """Write the latest proven publication again where it differs, and fetch it back.

    A newer program may show the same content on other pages: those are recorded with the publication.
    Raises Refusal when nothing is published, or the same content can no longer be made.
    """
    at, settings = clock(now), load_settings()
    with writing(settings):
        with reading() as session:
            row = cycles.cycle_of(session, year)
            publication = publications.proven_publication(session, row.id)
            if publication is None:
                raise Refusal(f"{row.name}还没有公开")
            decision = session.get_one(Decision, publication.decision_id)
            content = content_of(session, row, publication.results_at)
        staged = stage_site(render_site(content), settings.site)
        if content_hash(staged.hashes) != publication.content_hash:
            discard_site(staged)
            raise Refusal("现在生成的内容与公开时的不同（软件或名单有变化），不能恢复，请重新审批后公开")
        return carry_out(row, decision, content, staged, publication.results_at, at)
