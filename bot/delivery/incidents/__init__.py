"""Incidents of servers and feeds: sentences and notifications."""
