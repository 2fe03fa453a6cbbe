"""Sitemaps and list pages: from a document to the addresses of articles. Pure; runs in the worker."""
