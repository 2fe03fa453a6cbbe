-- A digest is the post of one subscription for one period; the other articles of the period point to its row.

ALTER TABLE deliveries ADD COLUMN digest_period REAL; -- instant of the digest; NULL: not a digest
CREATE UNIQUE INDEX deliveries_by_period ON deliveries (subscription, digest_period) WHERE digest_period IS NOT NULL;
