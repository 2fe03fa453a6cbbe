"""From the HTML of a page to an article. Pure; runs in the worker."""
