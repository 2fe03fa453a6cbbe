-- The index holds numbers in place of words: half the size, and candidates are compared without reading text.
-- What an older version had indexed is indexed anew in the background.

DROP TABLE search_documents;
DROP TABLE search_postings;
DROP TABLE search_terms;
DELETE FROM search_words;
DELETE FROM search_phrases;
DELETE FROM search_titles;
DELETE FROM search_facets;
UPDATE search_totals SET documents = 0, terms = 0;

-- A term is an analysed word (see bot/words.py), never as typed.
CREATE TABLE search_terms (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT, -- the term's number, never given to another; 0 is none
    term               TEXT NOT NULL UNIQUE,
    documents          INTEGER NOT NULL             -- articles that have it
) STRICT;

CREATE TABLE search_documents (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    analyser           INTEGER NOT NULL,            -- version of the analysis that wrote this row
    published          REAL NOT NULL,
    feed               TEXT NOT NULL,
    author             TEXT NOT NULL COLLATE NOCASE,
    language           TEXT NOT NULL,
    length             INTEGER NOT NULL,            -- terms in the body
    norm               REAL NOT NULL,               -- what its likeness to others is divided by
    terms              BLOB NOT NULL                -- numbers of four bytes, low byte first, a 0 after each part:
                                                    -- title, headings, author, topics, then the body line by line
) STRICT;
CREATE INDEX search_documents_by_filter ON search_documents (published, feed, language, author);
CREATE INDEX search_documents_by_analyser ON search_documents (analyser);

-- What else an article gave to the index, kept so that it can be taken out again.
CREATE TABLE search_spellings (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    words              TEXT NOT NULL,               -- distinct words before stemming, for spelling
    phrases            TEXT NOT NULL                -- distinct phrases, one a line, for suggestions
) STRICT;

-- Which articles have a term, and how much: two bytes an article, in blocks of 256 articles.
CREATE TABLE search_postings (
    term               INTEGER NOT NULL,            -- search_terms.id
    block              INTEGER NOT NULL,            -- article / 256
    entries            BLOB NOT NULL,               -- pairs (article % 256, weight 1..255)
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;
