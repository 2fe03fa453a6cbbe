-- Columns and tables are named in the field's words, and a delivery keeps the identity it was posted under.
-- `post_nonce` and `post_component_id` are functions of `bot.store.idempotency`.

ALTER TABLE feeds RENAME COLUMN answered_by TO final_url;
ALTER TABLE feeds RENAME COLUMN primed TO initialised;
ALTER TABLE feeds RENAME COLUMN problem_told TO problem_reported;
ALTER TABLE identities RENAME COLUMN told TO entry_hash;
ALTER TABLE identities RENAME COLUMN told_published TO entry_published;
ALTER TABLE subscriptions RENAME COLUMN blocked TO blocked_reason;
ALTER TABLE kept RENAME TO key_values;
ALTER TABLE long_searches RENAME TO saved_searches;
ALTER TABLE archive_imports RENAME TO backfill_jobs;
ALTER TABLE archive_addresses RENAME TO backfill_addresses;
ALTER TABLE backfill_addresses RENAME COLUMN import TO job;
DROP INDEX archive_addresses_by_state;
CREATE INDEX backfill_addresses_by_state ON backfill_addresses (job, state, kind, id);

ALTER TABLE incidents RENAME COLUMN told_start TO start_reported;
ALTER TABLE incidents RENAME COLUMN told_end TO end_reported;
DROP INDEX incidents_untold;
CREATE INDEX incidents_unreported ON incidents (id)
    WHERE start_reported = 0 OR (ended_at IS NOT NULL AND end_reported = 0);

ALTER TABLE shared_cards RENAME COLUMN wanted TO desired_hash;
ALTER TABLE shared_cards RENAME COLUMN shown TO posted_hash;
ALTER TABLE shared_cards RENAME COLUMN blocked TO blocked_reason;
DROP INDEX shared_cards_by_place;
CREATE INDEX shared_cards_by_channel ON shared_cards (guild_id, channel_id);

ALTER TABLE hourly RENAME TO hourly_actions;
DROP INDEX hourly_by_channel;
CREATE INDEX hourly_actions_by_channel ON hourly_actions (channel_id, step, at);

CREATE TABLE new_deliveries (
    id                 INTEGER PRIMARY KEY,
    article            INTEGER NOT NULL REFERENCES articles (id),
    subscription       INTEGER NOT NULL REFERENCES subscriptions (id),
    channel_id         INTEGER NOT NULL,
    sequence           INTEGER NOT NULL DEFAULT 0,  -- 0: the announcement; above: sent again because a moderator asked
    nonce              TEXT NOT NULL,               -- idempotency key of the post; never computed again
    component_id       INTEGER NOT NULL,            -- id of the post's first component, by which it is found again
    published          REAL NOT NULL,               -- of the article when it was planned: the order of posts
    planned_at         REAL NOT NULL,
    state              TEXT NOT NULL DEFAULT 'planned' CHECK (state IN (
                           'planned',               -- nothing of it can be on Discord
                           'claimed',               -- it may be on Discord
                           'posted',                -- it is on Discord as message_id
                           'unverified',            -- it may be there, and the bot may not read the channel
                           'deleted',               -- it was there, a moderator deleted it
                           'withdrawn',             -- the article was withdrawn, and so was the post
                           'in_digest',             -- listed in the digest that another delivery posts
                           'cancelled',             -- never to be posted
                           'rejected')),            -- Discord does not accept it as it is
    due                REAL,                        -- next step not before; NULL: no step now
    release_at         REAL,                        -- held back by a schedule until then, while due is NULL
    at_once            INTEGER NOT NULL DEFAULT 0,  -- 1: a moderator overrode the schedule
    attempts           INTEGER NOT NULL DEFAULT 0,  -- failed attempts in a row at the current step
    claimed_at         REAL,                        -- start of the first attempt that may have posted it
    tried_at           REAL,                        -- start of the latest attempt
    looked_up_at       REAL,                        -- when the channel was read for it before its first attempt
    maybe_sent         INTEGER NOT NULL DEFAULT 0,  -- 1: an attempt ended without saying whether it posted
    recall             INTEGER NOT NULL DEFAULT 0,  -- 1: stopped while a request was under way; delete it if it arrived
    desired_hash       INTEGER NOT NULL,            -- hash of what the post should show
    posted_hash        INTEGER NOT NULL DEFAULT 0,  -- hash of what it shows
    thread_name_hash   INTEGER NOT NULL DEFAULT 0,  -- hash of the title its thread carries; 0: not known
    publish            TEXT NOT NULL DEFAULT 'no' CHECK (publish IN ('no', 'wanted', 'blocked', 'done')),
    thread             TEXT NOT NULL DEFAULT 'no' CHECK (thread IN ('no', 'wanted', 'blocked', 'done')),
    message_id         INTEGER,
    posted_at          REAL,
    confirmed_at       REAL,                        -- when Discord last confirmed what the post shows
    digest_id          INTEGER REFERENCES deliveries (id),
    problem            TEXT NOT NULL DEFAULT '',    -- why it waits or ended, as the name of a reason
    UNIQUE (article, channel_id, sequence)
) STRICT;

INSERT INTO new_deliveries (
    id, article, subscription, channel_id, nonce, component_id, published, planned_at, state, due, attempts,
    claimed_at, tried_at, maybe_sent, desired_hash, posted_hash, publish, thread, message_id, posted_at,
    confirmed_at, digest_id, problem)
SELECT
    deliveries.id, article, subscription, channel_id, post_nonce(key, channel_id, 0),
    post_component_id(key, channel_id, 0), deliveries.published, planned_at,
    CASE deliveries.state WHEN 'unproved' THEN 'unverified' WHEN 'folded' THEN 'in_digest'
        WHEN 'refused' THEN 'rejected' ELSE deliveries.state END,
    due, attempts, claimed_at, tried_at, doubt, wanted, shown, publish, thread, message_id, posted_at,
    CASE WHEN shown = wanted THEN posted_at END, folded_into, problem
FROM deliveries JOIN articles ON articles.id = article;

DROP TABLE deliveries;
ALTER TABLE new_deliveries RENAME TO deliveries;
CREATE INDEX deliveries_due ON deliveries (published, id) WHERE due IS NOT NULL;
CREATE INDEX deliveries_first ON deliveries (channel_id, published, id)
    WHERE due IS NOT NULL AND state IN ('planned', 'claimed');
CREATE INDEX deliveries_by_subscription ON deliveries (subscription, published DESC, id DESC);
CREATE INDEX deliveries_by_digest ON deliveries (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX deliveries_blocked ON deliveries (subscription) WHERE due IS NULL AND problem != '';
CREATE INDEX deliveries_released ON deliveries (release_at) WHERE release_at IS NOT NULL;

-- The words of a withdrawn article, kept apart from everything that reads articles until they are erased.
CREATE TABLE withdrawn_articles (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    withdrawn_at       REAL NOT NULL,
    erase_at           REAL NOT NULL,
    content            TEXT                         -- the article as JSON; NULL once it is erased
) STRICT;
CREATE INDEX withdrawn_articles_due ON withdrawn_articles (erase_at) WHERE content IS NOT NULL;
