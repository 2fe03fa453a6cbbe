-- The order of steps that are due: corrections and withdrawals, then first posts, then turning text posts
-- into cards, then publishing and threads. The expression is that of bot/store/outbox.py.

DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (
    (CASE WHEN state != 'posted' THEN 1 WHEN posted_hash = desired_hash THEN 3
     WHEN posted_hash = -desired_hash THEN 2 ELSE 0 END),
    published, id
) WHERE due IS NOT NULL;
