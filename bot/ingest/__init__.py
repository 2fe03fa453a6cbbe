"""From feeds to the store: polls, pages and their robots.txt, checks, de-duplication, backfill."""
