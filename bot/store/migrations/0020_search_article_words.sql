-- What an article gave to the spelling and to the suggestions is kept as ids, so that removing it needs
-- neither its text nor an analysis. What an older version had indexed is indexed again in the background.

DROP TABLE search_spellings;
DELETE FROM search_documents;
DELETE FROM search_postings;
DELETE FROM search_terms;
DELETE FROM search_words;
DELETE FROM search_facets;
UPDATE search_totals SET documents = 0, terms = 0;

DROP TABLE search_phrases;
CREATE TABLE search_phrases (
    id                 INTEGER PRIMARY KEY,
    phrase             TEXT NOT NULL UNIQUE,
    documents          INTEGER NOT NULL             -- articles that have it in a title or heading
) STRICT;
CREATE INDEX search_phrases_by_use ON search_phrases (documents DESC, phrase);

CREATE TABLE search_article_words (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    words              BLOB NOT NULL,               -- search_words.id, ascending: zlib of the differences, four
    phrases            BLOB NOT NULL                -- bytes each, low byte first; the same of search_phrases.id
) STRICT;

-- Titles for autocompletion: their words in order, and which titles have a word. Plain tables, because the
-- segments of a full-text index keep the words of a deleted row until they are merged.
DROP TABLE search_titles;
CREATE TABLE search_titles (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    words              TEXT NOT NULL                -- normalised, one space between them
) STRICT;
CREATE TABLE search_title_words (
    word               TEXT NOT NULL,
    article            INTEGER NOT NULL,
    PRIMARY KEY (word, article)
) STRICT, WITHOUT ROWID;

-- Counted searches are phrases of the archive's own titles; those it no longer has are forgotten.
DELETE FROM search_asked WHERE kind = 'query';
