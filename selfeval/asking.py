"""Whether a mail asks for more time, and until when. It only says that a person should decide.

Recognised carefully: the wish and the word must stand in one sentence of the sender's own; who tells of a
decision, or declines one, asks for nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from selfeval.letter import Enclosure, one_line
from selfeval.mailrules import bare_subject, is_paper
from selfeval.pattern import Pattern

_WORDS = 160
_PAST_DAYS = 60  # a day without a year that lies further back is meant in the next one
_SENTENCE = Pattern(r"[^。！？!?；;\n]+")
_MORE_TIME = Pattern(
    r"延期|延长(报送|提交|上报|申报|填报)?(的)?(时间|期限|时限)|宽限|(推迟|顺延|延后|延迟|迟|晚)(\w{0,6})(报送|提交|上报|申报|报)"
    r"|(推迟|顺延|延后|延迟|宽延|延)(到|至)|缓报|晚\s*[几两三四五\d]+\s*(个工作日|天)"
)
_WISH = Pattern(
    r"申请|恳请|请求|请示|敬请|请贵|请财政|请(予|给|同意|批准|允许)|特?此请|希望|盼|望(予|给|批准|同意)|能否|可否|能不能|可不可以|是否可以"
    r"|可以.{0,20}[吗么]|想|拟|需要|麻烦|拜托|要求"
)
_NO_REQUEST = Pattern(
    r"(不|无需|不必|不用|没有|未)(再)?(需要|申请|要求|想|打算)?\s*(延期|延长|宽限|推迟)|(同意|批准|收到|已获|关于).{0,12}延期.{0,6}(决定|通知|批复|的回复)|撤回.{0,6}延期"
)
_DAY = Pattern(r"(?:到|至)\s*(?:(20\d\d)\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*[日号]?")


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for more time: the day that it names (None: it names none) and its own words, one line."""

    day: date | None
    words: str


def asking(subject: str, text: str, *, on: date, ours: Collection[str] = ()) -> Asking | None:
    """The request that a letter makes, None when it makes none.

    `text` is what the sender wrote, `on` the day of receipt, `ours` the subjects that the bureau used: an
    answer repeats them, and what they say is not the sender's.
    """
    title = bare_subject(subject)
    said = [] if not title or any(other in title for other in ours) else [title]
    if said and "延期" in title and not _NO_REQUEST.search(title):
        return Asking(_day(f"{title}\n{text}", on), one_line(f"{title}。{text}", _WORDS))
    for sentence in (*said, *_SENTENCE.findall(text)):
        if _MORE_TIME.search(sentence) and _WISH.search(sentence) and not _NO_REQUEST.search(sentence):
            return Asking(_day(text, on), one_line(text or title, _WORDS))
    return None


def is_application(enclosure: Enclosure) -> bool:
    """Whether an attached file only supports the request: an application for more time, or a picture."""
    return "延期" in enclosure.name or not is_paper(enclosure)


def _day(text: str, on: date) -> date | None:
    """The only day up to which more time is asked; without a year one of about now."""
    found = set()
    for year, month, day in _DAY.findall(text):
        try:
            named = date(int(year or on.year), int(month), int(day))
            past = not year and (on - named).days > _PAST_DAYS
            found.add(named.replace(year=on.year + 1) if past else named)
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None
