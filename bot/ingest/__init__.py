"""From feeds to the store: polls, checks of pages, de-duplication, backfill."""
