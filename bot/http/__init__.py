"""The polite HTTP client: conditional requests, redirects, SSRF guard, robots.txt, limits per host."""
