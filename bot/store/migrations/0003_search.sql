-- The search index. Terms are analysed words (see bot/words.py), never as typed.

CREATE TABLE search_documents (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    analyser           INTEGER NOT NULL,            -- version of the analysis that wrote this row
    published          REAL NOT NULL,
    feed               TEXT NOT NULL,
    author             TEXT NOT NULL COLLATE NOCASE,
    language           TEXT NOT NULL,
    length             INTEGER NOT NULL,            -- terms in the body
    title_terms        TEXT NOT NULL,               -- terms, one space between them
    heading_terms      TEXT NOT NULL,
    author_terms       TEXT NOT NULL,
    topic_terms        TEXT NOT NULL,
    body_terms         TEXT NOT NULL,               -- a line for every passage
    words              TEXT NOT NULL,               -- distinct words before stemming, for spelling
    phrases            TEXT NOT NULL                -- distinct phrases, one a line, for suggestions
) STRICT;
CREATE INDEX search_documents_by_filter ON search_documents (published, feed, language, author);
CREATE INDEX search_documents_by_analyser ON search_documents (analyser);

-- Which articles have a term, and how much: two bytes an article, in blocks of 256 articles.
CREATE TABLE search_postings (
    term               TEXT NOT NULL,
    block              INTEGER NOT NULL,            -- article / 256
    entries            BLOB NOT NULL,               -- pairs (article % 256, weight 1..255)
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

-- In how many articles a term, a word, a phrase occurs.
CREATE TABLE search_terms (
    term               TEXT PRIMARY KEY,
    documents          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE search_words (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT, -- only grows, so that a reader can ask for what is new
    word               TEXT NOT NULL UNIQUE,
    documents          INTEGER NOT NULL
) STRICT;

CREATE TABLE search_phrases (
    phrase             TEXT PRIMARY KEY,
    documents          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX search_phrases_by_use ON search_phrases (documents DESC);

-- Titles for autocompletion, by the beginnings of their words; the rowid is the article.
CREATE VIRTUAL TABLE search_titles USING fts5 (title, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

-- Authors, years, languages in use, with the number of their articles.
CREATE TABLE search_facets (
    kind               TEXT NOT NULL CHECK (kind IN ('author', 'year', 'language')),
    value              TEXT NOT NULL,
    documents          INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

-- One row: what the averages of the ranking are made of.
CREATE TABLE search_totals (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    documents          INTEGER NOT NULL,
    terms              INTEGER NOT NULL
) STRICT;
INSERT INTO search_totals (id, documents, terms) VALUES (1, 0, 0);

-- How often something was asked for. No person, no place, no time of day: a figure and a day.
CREATE TABLE search_asked (
    kind               TEXT NOT NULL CHECK (kind IN ('article', 'query')),
    value              TEXT NOT NULL,               -- article id or a query that found something
    times              INTEGER NOT NULL,
    day                INTEGER NOT NULL,            -- days since 1970 when it was last asked for
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
