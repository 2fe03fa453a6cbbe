"""Compares the search index with the articles: what is missing, orphaned, outdated or inconsistent."""

import sqlite3
from collections import Counter

from bot.store.search.reader import ids_from_bytes, unpack_ids


class HealthReader:
    """The state of the index within one read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def articles(self) -> int:
        """Returns the number of live articles."""
        return self._connection.execute("SELECT count(*) FROM articles WHERE state = 'live'").fetchone()[0]

    def missing(self) -> list[int]:
        """Returns live articles that are not indexed."""
        return self._ids(
            "SELECT id FROM articles WHERE state = 'live'"
            " AND id NOT IN (SELECT article FROM search_documents) ORDER BY id"
        )

    def orphaned(self) -> list[int]:
        """Returns indexed articles that are no longer live."""
        return self._ids(
            "SELECT search_documents.article FROM search_documents"
            " JOIN articles ON id = search_documents.article WHERE state <> 'live' ORDER BY id"
        )

    def outdated(self, analyser: int) -> list[int]:
        """Returns live articles that are not indexed or by another version of the analysis; newest first."""
        return self._ids(
            "SELECT id FROM articles LEFT JOIN search_documents ON search_documents.article = id"
            " WHERE state = 'live' AND analyser IS NOT ? ORDER BY id DESC",
            analyser,
        )

    def indexed(self, analyser: int) -> int:
        """Returns the number of articles indexed by a version of the analysis."""
        return self._connection.execute(
            "SELECT count(*) FROM search_documents WHERE analyser = ?", (analyser,)
        ).fetchone()[0]

    def inconsistencies(self) -> list[str]:
        """Returns a sentence for each place where the index contradicts itself."""
        documents, terms = self._connection.execute("SELECT documents, terms FROM search_totals").fetchone()
        rows, length = self._connection.execute("SELECT count(*), total(length) FROM search_documents").fetchone()
        problems: list[str] = []
        if (documents, terms) != (rows, int(length)):
            problems.append(f"totals say {documents} articles and {terms} terms, rows say {rows} and {int(length)}")
        if self._connection.execute("SELECT count(*) FROM search_titles").fetchone()[0] != rows:
            problems.append("the titles for autocomplete are not those of the indexed articles")
        written, words, phrases = Counter[int](), Counter[int](), Counter[int]()
        for row in self._connection.execute("SELECT terms FROM search_documents"):
            written.update(ids_from_bytes(row[0]))
        for row in self._connection.execute("SELECT words, phrases FROM search_article_words"):
            words.update(unpack_ids(row[0]))
            phrases.update(unpack_ids(row[1]))
        for what, whose, sql, stored in (
            ("postings", "terms", "SELECT term, sum(length(entries)) / 3 FROM search_postings GROUP BY term", written),
            ("counts", "terms", "SELECT id, documents FROM search_terms", written),
            ("counts", "words", "SELECT id, documents FROM search_words", words),
            ("counts", "phrases", "SELECT id, documents FROM search_phrases", phrases),
        ):
            counted = {row[0]: row[1] for row in self._connection.execute(sql)}
            if counted != stored:
                differing = len(dict(counted.items() ^ stored.items()))
                problems.append(f"{what} of {differing} {whose} differ from the articles")
        return problems

    def _ids(self, sql: str, *parameters: object) -> list[int]:
        return [row[0] for row in self._connection.execute(sql, parameters)]
