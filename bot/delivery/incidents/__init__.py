"""Incidents of servers and feeds: their sentences, and who is notified."""
