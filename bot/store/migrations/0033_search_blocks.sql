-- Postings in blocks of 4,096 articles instead of 256: a search reads a tenth of the rows.

ALTER TABLE search_postings RENAME TO search_postings_of_256;

-- Which articles have a term, and how much: three bytes an article, in blocks of 4,096 articles.
CREATE TABLE search_postings (
    term               INTEGER NOT NULL,            -- search_terms.id
    block              INTEGER NOT NULL,            -- article / 4096
    entries            BLOB NOT NULL,               -- article % 4096 (two bytes, low byte first) and weight 1..255
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;

CREATE TEMP TABLE pairs (number INTEGER PRIMARY KEY); -- of an old row
INSERT INTO pairs
WITH RECURSIVE numbers (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < 255)
SELECT number FROM numbers;

INSERT INTO search_postings (term, block, entries)
SELECT term, block / 16, (
    SELECT CAST(group_concat(
        CAST(substr(entries, 2 * number + 1, 1) || char(block % 16) || substr(entries, 2 * number + 2, 1) AS TEXT), ''
    ) AS BLOB)
    FROM pairs WHERE number < length(entries) / 2
) FROM search_postings_of_256 WHERE true ORDER BY term, block
ON CONFLICT DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB);

DROP TABLE pairs;
DROP TABLE search_postings_of_256;
