-- What an import of the archive has still to visit, so that it can be stopped anywhere.

CREATE TABLE archive_imports (
    id                 INTEGER PRIMARY KEY,
    source             TEXT NOT NULL UNIQUE,        -- the address it began with
    feed               TEXT NOT NULL,               -- the feed its articles are filed under
    since              REAL,                        -- articles dated earlier are left out
    started            REAL NOT NULL,
    finished           REAL                         -- NULL: under way or stopped
) STRICT;

CREATE TABLE archive_addresses (
    id                 INTEGER PRIMARY KEY,         -- the order of finding
    import             INTEGER NOT NULL REFERENCES archive_imports (id) ON DELETE CASCADE,
    key                TEXT NOT NULL,               -- canonical for articles, the plain address for sources
    url                TEXT NOT NULL,
    kind               TEXT NOT NULL CHECK (kind IN ('source', 'article')),
    certain            INTEGER NOT NULL DEFAULT 1,  -- 0: perhaps no article at all, its page has to show a date
    modified           REAL,                        -- as a sitemap told
    state              TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'read', 'added', 'known', 'skipped', 'failed')),
    UNIQUE (import, key)
) STRICT;
CREATE INDEX archive_addresses_by_state ON archive_addresses (import, state, kind, id);
