-- How often in a row, apart from passing errors, and since when a feed's server answered that it is gone for good (410).
ALTER TABLE feeds ADD COLUMN gone_answers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN gone_since REAL;
