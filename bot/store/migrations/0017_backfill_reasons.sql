-- Why an import passed an address over; empty: it did not.
ALTER TABLE backfill_addresses ADD COLUMN reason TEXT NOT NULL DEFAULT '';
