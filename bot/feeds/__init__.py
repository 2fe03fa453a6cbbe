"""From an address to entries and article pages."""
