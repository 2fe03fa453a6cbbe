"""The polite HTTP client: conditional requests, redirects, SSRF guard, limits per host."""
