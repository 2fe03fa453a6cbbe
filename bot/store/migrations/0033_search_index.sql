-- Postings in blocks of 4,096 articles instead of 256: a search reads a tenth of the rows. Texts as strings of terms,
-- with how often an article uses each: a search compared term ids one by one, and counted them.
-- What an older version had indexed is indexed again in the background.

DROP TABLE search_documents;
DROP TABLE search_postings;
DELETE FROM search_terms;
DELETE FROM search_words;
DELETE FROM search_phrases;
DELETE FROM search_article_words;
DELETE FROM search_titles;
DELETE FROM search_title_words;
DELETE FROM search_facets;
UPDATE search_totals SET documents = 0, terms = 0;

CREATE TABLE search_documents (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    analyser           INTEGER NOT NULL,            -- version of the analysis that wrote this row
    published          REAL NOT NULL,
    feed               TEXT NOT NULL,
    author             TEXT NOT NULL COLLATE NOCASE,
    language           TEXT NOT NULL,
    length             INTEGER NOT NULL,            -- terms in the body
    norm               REAL NOT NULL,               -- what its likeness to others is divided by
    terms              BLOB NOT NULL,               -- distinct ids of four bytes, low byte first, the most used first
    uses               BLOB NOT NULL,               -- of each of them, one byte
    text               BLOB NOT NULL                -- in UTF-8; see bot/store/search/reader.py
) STRICT;
CREATE INDEX search_documents_by_filter ON search_documents (published, feed, language, author);
CREATE INDEX search_documents_by_analyser ON search_documents (analyser);

-- Which articles have a term, and how much: three bytes an article, in blocks of 4,096 articles.
CREATE TABLE search_postings (
    term               INTEGER NOT NULL,            -- search_terms.id
    block              INTEGER NOT NULL,            -- article / 4096
    entries            BLOB NOT NULL,               -- article % 4096 (two bytes, low byte first) and weight 1..255
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;
