-- What the site's sitemap last said of a page: when that moves, the page is checked ahead of its round.
ALTER TABLE articles ADD COLUMN sitemap_modified REAL;
