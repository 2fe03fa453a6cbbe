-- Deliveries that ended long ago with no message to correct: that the article was in that channel, and no more.
CREATE TABLE settled_deliveries (
    article            INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    channel_id         INTEGER NOT NULL,
    sequence           INTEGER NOT NULL,
    guild_id           INTEGER NOT NULL,
    state              TEXT NOT NULL,
    PRIMARY KEY (article, channel_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX settled_deliveries_by_guild ON settled_deliveries (guild_id);

-- How many incidents of a kind ended and were deleted.
CREATE TABLE pruned_incidents (
    kind               TEXT PRIMARY KEY,
    count              INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
