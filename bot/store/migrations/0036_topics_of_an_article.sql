-- The topics of an article are replaced whenever it changes: without reading those of all articles.

CREATE INDEX article_topics_by_article ON article_topics (article);
