"""Results of a worker process from their JSON. Only the main process decodes: pydantic would slow a child's start."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from bot.discovery.contents import FoundArticle, SourceContents
from bot.discovery.robots import RobotsRules
from bot.feeds.document import FeedDocument, ParsedEntry
from bot.models import Page

article_from: Callable[[Any], FoundArticle] = TypeAdapter(FoundArticle).validate_python
entry_from: Callable[[Any], ParsedEntry] = TypeAdapter(ParsedEntry).validate_python
page_from: Callable[[Any], Page] = TypeAdapter(Page).validate_python
robots_from: Callable[[Any], RobotsRules] = TypeAdapter(RobotsRules).validate_python
_document_from: Callable[[Any], FeedDocument] = TypeAdapter(FeedDocument).validate_python
_contents_from: Callable[[Any], SourceContents] = TypeAdapter(SourceContents).validate_python


def document_from(result: Mapping[str, Any], entries: Sequence[ParsedEntry]) -> FeedDocument:
    """A document from its JSON and its entries, which were decoded one by one."""
    return replace(_document_from(result), entries=tuple(entries))


def contents_from(result: Mapping[str, Any], articles: Sequence[FoundArticle]) -> SourceContents:
    """Contents from their JSON and their articles, which were decoded one by one."""
    return replace(_contents_from(result), articles=tuple(articles))
