-- What is being watched, and what was found there.
-- Instants are REAL seconds since 1970 UTC. Lists are JSON.

CREATE TABLE feeds (
    key                TEXT PRIMARY KEY,            -- the feed's key in the configuration
    url                TEXT NOT NULL,               -- as configured; a change of it resets all below
    address            TEXT NOT NULL,               -- where it is fetched now (autodiscovered or moved)
    answered_by        TEXT NOT NULL DEFAULT '',    -- the address that answered last, after redirects
    etag               TEXT NOT NULL DEFAULT '',    -- verbatim, belong to `answered_by`
    last_modified      TEXT NOT NULL DEFAULT '',
    body_hash          TEXT NOT NULL DEFAULT '',
    next_check         REAL NOT NULL DEFAULT 0,
    last_check         REAL,
    last_success       REAL,
    errors             INTEGER NOT NULL DEFAULT 0,  -- in a row
    problem            TEXT NOT NULL DEFAULT '',    -- name of the kind of trouble; empty: well
    problem_detail     TEXT NOT NULL DEFAULT '',
    problem_since      REAL,
    problem_told       INTEGER NOT NULL DEFAULT 0,  -- 1 once somebody was told of it
    moved_to           TEXT NOT NULL DEFAULT '',    -- permanent redirect seen ...
    moved_count        INTEGER NOT NULL DEFAULT 0,  -- ... by so many polls in a row
    schedule           TEXT NOT NULL DEFAULT '{}',  -- ttl, skipHours, skipDays, max-age as last told
    primed             INTEGER NOT NULL DEFAULT 0,  -- 1 after the first good poll, which announces nothing
    gone               INTEGER NOT NULL DEFAULT 0   -- 1 after 410
) STRICT;

CREATE TABLE articles (
    id                 INTEGER PRIMARY KEY,
    feed               TEXT NOT NULL,
    url                TEXT NOT NULL,
    key                TEXT NOT NULL UNIQUE,        -- canonical form of url
    title              TEXT NOT NULL,
    summary            TEXT NOT NULL DEFAULT '',
    author             TEXT NOT NULL DEFAULT '',
    author_note        TEXT NOT NULL DEFAULT '',
    published          REAL NOT NULL,
    first_seen         REAL NOT NULL,
    updated            REAL NOT NULL,               -- when what we store last changed
    language           TEXT NOT NULL DEFAULT '',
    image_url          TEXT NOT NULL DEFAULT '',
    image_alt          TEXT NOT NULL DEFAULT '',
    reading_minutes    INTEGER,
    topics             TEXT NOT NULL DEFAULT '[]',  -- topic keys, best first
    body               TEXT,                        -- ArticleBody as JSON; NULL: page not had yet
    state              TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'withdrawn')),
    page_etag          TEXT NOT NULL DEFAULT '',
    page_last_modified TEXT NOT NULL DEFAULT '',
    page_next_check    REAL,                        -- NULL: not looked at again
    page_errors        INTEGER NOT NULL DEFAULT 0,
    in_feed            INTEGER NOT NULL DEFAULT 1,  -- seen in the latest good poll
    missing_since      REAL                         -- first 404/410 of the page
) STRICT;
CREATE INDEX articles_by_date ON articles (published DESC, id DESC) WHERE state = 'live';
CREATE INDEX articles_by_page_check ON articles (page_next_check) WHERE page_next_check IS NOT NULL;

-- Every identity ever seen, kept for ever: what vanished and returns is not new.
CREATE TABLE identities (
    feed               TEXT NOT NULL,
    identity           TEXT NOT NULL,
    article            INTEGER NOT NULL REFERENCES articles (id),
    told               TEXT NOT NULL DEFAULT '',    -- digest of what the feed last said of it; empty: not from a feed
    told_published     REAL,                        -- the date the feed last gave; the page's own date wins over it
    PRIMARY KEY (feed, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_topics (
    topic              TEXT NOT NULL,
    article            INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (topic, article)
) STRICT, WITHOUT ROWID;

-- Stored and searchable, but announced only when a moderator says so: too many at once, or too old.
CREATE TABLE held_articles (
    article            INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    feed               TEXT NOT NULL,
    held_at            REAL NOT NULL
) STRICT;
CREATE INDEX held_articles_by_feed ON held_articles (feed);
