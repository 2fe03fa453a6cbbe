"""Views of the announcement commands: subscriptions, wizard, permission check, deliveries, status."""
