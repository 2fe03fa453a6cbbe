-- Addresses by which an article is known beside its key: it moved there, or was found there.
CREATE TABLE article_aliases (
    key                TEXT PRIMARY KEY,            -- canonical
    article            INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX article_aliases_by_article ON article_aliases (article);
CREATE INDEX identities_by_article ON identities (article);

ALTER TABLE feeds ADD COLUMN last_read REAL;        -- the last answer with a body: once a day validators are not sent

-- Entries that are not announced yet. The whole list of a feed is replaced by every poll that is read.
CREATE TABLE waiting_entries (
    feed               TEXT NOT NULL,
    identity           TEXT NOT NULL,
    title              TEXT NOT NULL,
    url                TEXT NOT NULL,
    reason             TEXT NOT NULL CHECK (reason IN ('future', 'missing', 'broadcast')),
    since              REAL NOT NULL,
    until              REAL,                        -- NULL: nobody can know
    PRIMARY KEY (feed, identity)
) STRICT, WITHOUT ROWID;

-- Held articles are decided by each server for itself.
CREATE TABLE held_by_guild (
    article            INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    feed               TEXT NOT NULL,
    guild_id           INTEGER NOT NULL,
    held_at            REAL NOT NULL,
    PRIMARY KEY (article, guild_id)
) STRICT, WITHOUT ROWID;
INSERT INTO held_by_guild (article, feed, guild_id, held_at)
    SELECT DISTINCT held.article, held.feed, guild_id, held.held_at FROM held_articles AS held, subscriptions
    WHERE NOT removed AND (feeds = '[]' OR held.feed IN (SELECT value FROM json_each(feeds)));
DROP TABLE held_articles;
ALTER TABLE held_by_guild RENAME TO held_articles;
CREATE INDEX held_articles_by_feed ON held_articles (feed, guild_id);

-- An incident about held articles belongs to each server that has to decide.
INSERT OR IGNORE INTO incidents (guild_id, channel_id, kind, detail, started_at)
    SELECT held.guild_id, 0, incident.kind, count(*), incident.started_at
    FROM incidents AS incident JOIN held_articles AS held ON incident.kind = 'feed_held:' || held.feed
    WHERE incident.guild_id = 0 AND incident.ended_at IS NULL GROUP BY held.guild_id, incident.kind;
DELETE FROM incidents WHERE guild_id = 0 AND kind GLOB 'feed_held:*';
