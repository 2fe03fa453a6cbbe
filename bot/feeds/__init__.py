"""Parses feeds: RSS, Atom, RDF and JSON Feed from bytes to entries. Pure; runs in the worker."""
