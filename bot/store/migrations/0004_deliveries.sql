-- One row for every article in every channel that wanted it, and what is still to be done about it.

CREATE TABLE deliveries (
    id                 INTEGER PRIMARY KEY,
    article            INTEGER NOT NULL REFERENCES articles (id),
    subscription       INTEGER NOT NULL REFERENCES subscriptions (id),
    channel_id         INTEGER NOT NULL,
    published          REAL NOT NULL,               -- of the article, when it was planned: the order of posts
    planned_at         REAL NOT NULL,
    state              TEXT NOT NULL DEFAULT 'planned' CHECK (state IN (
                           'planned',               -- nothing of it can be on Discord
                           'claimed',               -- it may be on Discord
                           'posted',                -- it is on Discord as message_id
                           'unproved',              -- it may be there, and the bot may not look
                           'deleted',               -- it was there, a moderator deleted it
                           'withdrawn',             -- the article was taken back, and so was the post
                           'folded',                -- named in the list that another delivery posts
                           'cancelled',             -- never to be posted
                           'refused')),             -- Discord does not take it as it is
    due                REAL,                        -- next step not before; NULL: no step now
    attempts           INTEGER NOT NULL DEFAULT 0,  -- of the step under way that failed in a row
    claimed_at         REAL,                        -- start of the first attempt that may have posted it
    tried_at           REAL,                        -- start of the latest attempt
    doubt              INTEGER NOT NULL DEFAULT 0,  -- an attempt ended without telling whether it posted
    wanted             INTEGER NOT NULL,            -- fingerprint of what the post should show
    shown              INTEGER NOT NULL DEFAULT 0,  -- fingerprint of what it shows
    publish            TEXT NOT NULL DEFAULT 'no' CHECK (publish IN ('no', 'wanted', 'blocked', 'done')),
    thread             TEXT NOT NULL DEFAULT 'no' CHECK (thread IN ('no', 'wanted', 'blocked', 'done')),
    message_id         INTEGER,
    posted_at          REAL,
    folded_into        INTEGER REFERENCES deliveries (id),
    problem            TEXT NOT NULL DEFAULT '',    -- why it waits or ended, as the name of a reason
    UNIQUE (article, channel_id)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (published, id) WHERE due IS NOT NULL;
CREATE INDEX deliveries_heads ON deliveries (channel_id, published, id)
    WHERE due IS NOT NULL AND state IN ('planned', 'claimed');
CREATE INDEX deliveries_by_subscription ON deliveries (subscription, published DESC, id DESC);
CREATE INDEX deliveries_by_fold ON deliveries (folded_into) WHERE folded_into IS NOT NULL;

-- What Discord counts by the hour in a channel: publishes, and edits of published posts.
CREATE TABLE hourly (
    channel_id         INTEGER NOT NULL,
    step               TEXT NOT NULL,
    at                 REAL NOT NULL
) STRICT;
CREATE INDEX hourly_by_channel ON hourly (channel_id, step, at);

-- What keeps a channel, a feed or the whole bot from working; told once at its start, once at its end.
CREATE TABLE incidents (
    id                 INTEGER PRIMARY KEY,
    guild_id           INTEGER NOT NULL DEFAULT 0,  -- 0: concerns no single server
    channel_id         INTEGER NOT NULL DEFAULT 0,
    kind               TEXT NOT NULL,
    detail             TEXT NOT NULL DEFAULT '',
    started_at         REAL NOT NULL,
    ended_at           REAL,
    told_start         INTEGER NOT NULL DEFAULT 0,
    told_end           INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (guild_id, channel_id, kind) WHERE ended_at IS NULL;
CREATE INDEX incidents_untold ON incidents (id) WHERE told_start = 0 OR (ended_at IS NOT NULL AND told_end = 0);
