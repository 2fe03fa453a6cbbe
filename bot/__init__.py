"""Herald: announces every new article exactly once, finds old ones, and shows what readers can do."""
