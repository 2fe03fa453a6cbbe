"""What an address is and how reliable it is, as `herald run` would treat it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.app.ingestion import Reader
from bot.discovery.contents import SourceKind
from bot.feeds.document import FeedDocument
from bot.http.client import Failed, FailureKind, Fetched, FetchRequest, Gone, NotModified
from bot.models import LinkKind
from bot.urls import origin
from bot.worker.pool import ParseFailedError

MIN_ARTICLE = 250  # characters; a page without author and date that says less is no article
NETWORK_WORDS = re.compile(r"^Client\w+Error: | ssl:(?:default|True|False|None)")
SHARED = 0.5  # of the entries; more with one link or one date make it useless


class Severity(StrEnum):
    """How serious a result is; only an error makes the command fail."""

    OK = "ok"
    WARNING = "note"
    ERROR = "bad"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the report: what was checked, its state, and what to do."""

    subject: str
    severity: Severity
    sentence: str


async def diagnose(
    reader: Reader, subject: str, url: str, time_zone: str, now: float, *, must_be_feed: bool = True
) -> list[CheckResult]:
    """Fetches and parses an address; the first result says what it is, further ones warn about it.

    Without `must_be_feed` a sitemap, list or article is fine too.
    """
    try:
        answer = await reader.http.fetch(FetchRequest(url, trusted=True))
        if not isinstance(answer, Fetched):
            return [CheckResult(subject, *describe_failure(url, answer))]
        moved = [f"it answers from {answer.final_url}"] if answer.final_url != url else []
        document = await reader.worker.parse(answer.body, answer.headers, answer.final_url, time_zone)
        if not document.version and document.alternates:
            # A web page leads to the feed that it names, once, as when polled.
            moved = [f"{url} is a web page that names this feed; better write the feed's own address"]
            trusted = origin(document.alternates[0]) == origin(url)
            found = await reader.http.fetch(FetchRequest(document.alternates[0], trusted=trusted))
            if not isinstance(found, Fetched):
                named = f"{url} is a web page whose feed, named above, cannot be read; write another address"
                return [
                    CheckResult(subject, *describe_failure(document.alternates[0], found)),
                    CheckResult(subject, Severity.ERROR, named),
                ]
            url, answer = document.alternates[0], found
            document = await reader.worker.parse(found.body, found.headers, found.final_url, time_zone)
        if document.version:
            remarks = [CheckResult(subject, Severity.WARNING, sentence) for sentence in _remarks(document, now)]
            return [_summary(subject, url, document, moved, now), *remarks]
        severity = Severity.ERROR if must_be_feed else Severity.OK
        return [CheckResult(subject, *await _page(reader, answer, severity))]
    except ParseFailedError as error:
        if error.kind == "busy":
            return [CheckResult(subject, Severity.WARNING, f"{url}: this machine is busy ({error.detail}); try again")]
        sentence = f"{url} cannot be parsed ({error}); `herald run` sets it aside until it changes"
        return [CheckResult(subject, Severity.ERROR, sentence)]


def describe_failure(url: str, failed: Failed | NotModified | Gone) -> tuple[Severity, str]:
    """Why an address gave no content, and what to do about it."""
    if not isinstance(failed, Failed):
        gone = "is gone for good (HTTP 410)" if isinstance(failed, Gone) else "gave no content (HTTP 304)"
        return Severity.ERROR, f"{url} {gone}; remove it, or write its new address"
    if failed.kind is FailureKind.OVERLOADED:
        wait = f" for {failed.retry_after:.0f} s" if failed.retry_after else ""
        sentence = f"{url} was not checked: the server asks to wait{wait} ({failed.detail}); try again later"
        return Severity.WARNING, f"{sentence}. `herald run` waits by itself"
    # What an operator reads; the network's own words come after it, in parentheses.
    sentence = {
        FailureKind.TIMEOUT: "did not answer in time; the server is slow or down, try again later",
        FailureKind.CONNECTION: "cannot be reached; check the spelling of the host, and this machine's network",
        FailureKind.TOO_LARGE: "is too large; raise watch.max_response_bytes if the feed is really that large",
        FailureKind.REDIRECT: "redirects in a circle, too often or to no page; write the address a browser ends at",
        FailureKind.FORBIDDEN: "leads into a private network and was not fetched; write a public address",
        FailureKind.MISSING: "is missing: there is nothing at this address; look for the feed's address on the site",
    }.get(failed.kind, "cannot be read; open it in a browser and correct the address")
    return Severity.ERROR, f"{url} {sentence} ({NETWORK_WORDS.sub('', failed.detail)})"


def _summary(subject: str, url: str, document: FeedDocument, moved: list[str], now: float) -> CheckResult:
    """What the feed is: format, number of entries, newest date."""
    dates = [found.published for found in document.entries if found.published is not None]
    past = [date for date in dates if date <= now]
    facts = [
        f"{url}, {document.version}",
        f"{len(document.entries)} {'entry' if len(document.entries) == 1 else 'entries'}",
        f"newest {datetime.fromtimestamp(max(past), UTC):%Y-%m-%d}" if past else "no dates",
        *moved,
    ]
    severity = Severity.OK
    if document.malformed:
        severity, facts = (
            Severity.ERROR,
            [*facts, "the document is cut off or not well-formed XML; report it to its publisher"],
        )
    elif not document.entries and document.dropped:
        severity, facts = (
            Severity.ERROR,
            [*facts, f"{document.dropped} entries have no address and cannot be announced"],
        )
    elif not document.entries:
        severity, facts = Severity.WARNING, [*facts, "nothing is in it yet"]
    elif moved:
        severity = Severity.WARNING
    return CheckResult(subject, severity, "; ".join(facts))


def _remarks(document: FeedDocument, now: float) -> Iterator[str]:
    """Warnings about dates, links and guids that are unreliable."""
    entries = document.entries
    total = len(entries)

    if document.truncated:
        yield "the document breaks off; its last entry is left out until it is whole"
    if total and document.dropped:
        yield f"{document.dropped} entries are left out: they have no address that can be opened, or repeat another"
    if document.left_out:
        yield f"the oldest {document.left_out} entries are left out: of a feed this large only the newest are read"
    undated = sum(entry.published is None for entry in entries)
    if undated:
        yield f"dates: {undated} of {total} entries have none that can be read; they are shown without a date"
    ahead = sum(entry.published is not None and entry.published > now + 60 for entry in entries)
    if ahead:
        yield f"dates: {ahead} lie in the future; they are announced when the time comes (is time_zone right?)"
    dates = Counter(entry.published for entry in entries if entry.published is not None)
    if total > 2 and dates and dates.most_common(1)[0][1] > SHARED * total:  # noqa: PLR2004 - two may coincide
        yield "dates: most entries have the same, so they do not say what is new"
    links = Counter(found.address_key for found in document.entries)
    shared = sum(times for times in links.values() if times > 1)
    if shared:
        yield f"links: {shared} of {total} entries share one with another; guid or title distinguishes them"
    if document.repeated_guids:
        yield f"guids: {document.repeated_guids} of {total} are not their entry's own; link and title decide"
    if document.missing_guids:
        yield f"guids: {document.missing_guids} of {total} entries have none; their link is used instead"


async def _page(reader: Reader, answer: Fetched, severity: Severity) -> tuple[Severity, str]:
    """What a web page without a feed is: it cannot be polled, but it may be imported."""
    url = answer.final_url
    source = await reader.worker.parse_listing(answer.body, answer.headers, url)
    if source.kind is SourceKind.SITEMAP:
        count = len(source.articles) or len(source.sources)
        return severity, f"{url} is a sitemap with {count} addresses and no feed; `herald import` reads it"
    if source.kind is SourceKind.LIST:
        count = len(source.articles)
        return severity, f"{url} is a web page that lists {count} articles and names no feed; `herald import` reads it"
    page = await reader.worker.extract(answer.body, url, None)
    if page is None:
        return Severity.ERROR, f"{url} is neither a feed nor an article, and names no feed; look for a link named RSS"
    letters = sum(len(passage.text) for passage in page.body.passages)
    if letters < MIN_ARTICLE and not page.author and page.published is None:
        words = f"{url} is a web page that names no feed and has no article either (title “{page.title}”)"
        return Severity.ERROR, f"{words}; look for a link named RSS or Atom on the site"
    calls = sum(link.kind is LinkKind.CALL_TO_ACTION for link in page.body.links)
    date = "unknown" if page.published is None else f"{datetime.fromtimestamp(page.published, UTC):%Y-%m-%d}"
    facts = f"{len(page.body.passages)} passages, {letters} characters, {len(page.body.images)} pictures, {calls} calls"
    kept = f"title “{page.title}”, author {page.author or 'unknown'}, date {date}, {facts}"
    return severity, f"{url} is an article and names no feed: {kept}"
