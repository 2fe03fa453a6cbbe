-- A poll asks which articles its feed has listed and which have the title of an entry: without reading the whole table.

CREATE INDEX articles_in_feed ON articles (feed) WHERE in_feed = 1;
CREATE INDEX articles_by_title ON articles (title, feed);
