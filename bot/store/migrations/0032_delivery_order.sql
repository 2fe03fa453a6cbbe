-- A post that has to be taken back comes first. The expression is that of bot/store/outbox.py: where they differ,
-- SQLite reads and sorts the whole backlog for every batch.

DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (
    (CASE WHEN recall THEN 0 WHEN state != 'posted' THEN 1 WHEN posted_hash = desired_hash THEN 3
     WHEN posted_hash = -desired_hash THEN 2 ELSE 0 END),
    published, id
) WHERE due IS NOT NULL;
