-- A database of version 853f4e9 (schema 8), written by that version's own code with sample sentences.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE archive_addresses (
    id                 INTEGER PRIMARY KEY,         -- the order of finding
    import             INTEGER NOT NULL REFERENCES archive_imports (id) ON DELETE CASCADE,
    key                TEXT NOT NULL,               -- canonical for articles, the plain address for sources
    url                TEXT NOT NULL,
    kind               TEXT NOT NULL CHECK (kind IN ('source', 'article')),
    certain            INTEGER NOT NULL DEFAULT 1,  -- 0: perhaps no article at all, its page has to show a date
    modified           REAL,                        -- as a sitemap told
    state              TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'read', 'added', 'known', 'skipped', 'failed')),
    UNIQUE (import, key)
) STRICT;
INSERT INTO "archive_addresses" VALUES(1,1,'https://blog.example/sitemap.xml','https://blog.example/sitemap.xml','source',1,NULL,'pending');
INSERT INTO "archive_addresses" VALUES(2,1,'https://blog.example/posts/old-1','https://blog.example/posts/old-1','article',1,1791000000.0,'failed');
INSERT INTO "archive_addresses" VALUES(3,1,'https://blog.example/posts/old-2','https://blog.example/posts/old-2','article',0,NULL,'pending');
CREATE TABLE archive_imports (
    id                 INTEGER PRIMARY KEY,
    source             TEXT NOT NULL UNIQUE,        -- the address it began with
    feed               TEXT NOT NULL,               -- the feed its articles are filed under
    since              REAL,                        -- articles dated earlier are left out
    started            REAL NOT NULL,
    finished           REAL                         -- NULL: under way or stopped
) STRICT;
INSERT INTO "archive_imports" VALUES(1,'https://blog.example/sitemap.xml','blog',NULL,1800000015.0,NULL);
CREATE TABLE article_topics (
    topic              TEXT NOT NULL,
    article            INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (topic, article)
) STRICT, WITHOUT ROWID;
INSERT INTO "article_topics" VALUES('markets',1);
INSERT INTO "article_topics" VALUES('markets',2);
INSERT INTO "article_topics" VALUES('markets',7);
INSERT INTO "article_topics" VALUES('markets',8);
INSERT INTO "article_topics" VALUES('markets',9);
INSERT INTO "article_topics" VALUES('markets',10);
INSERT INTO "article_topics" VALUES('women',2);
INSERT INTO "article_topics" VALUES('women',3);
INSERT INTO "article_topics" VALUES('women',11);
CREATE TABLE articles (
    id                 INTEGER PRIMARY KEY,
    feed               TEXT NOT NULL,
    url                TEXT NOT NULL,
    key                TEXT NOT NULL UNIQUE,        -- canonical form of url
    title              TEXT NOT NULL,
    summary            TEXT NOT NULL DEFAULT '',
    author             TEXT NOT NULL DEFAULT '',
    author_note        TEXT NOT NULL DEFAULT '',
    published          REAL NOT NULL,
    first_seen         REAL NOT NULL,
    updated            REAL NOT NULL,               -- when what we store last changed
    language           TEXT NOT NULL DEFAULT '',
    image_url          TEXT NOT NULL DEFAULT '',
    image_alt          TEXT NOT NULL DEFAULT '',
    reading_minutes    INTEGER,
    topics             TEXT NOT NULL DEFAULT '[]',  -- topic keys, best first
    body               TEXT,                        -- ArticleBody as JSON; NULL: page not had yet
    state              TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'withdrawn')),
    page_etag          TEXT NOT NULL DEFAULT '',
    page_last_modified TEXT NOT NULL DEFAULT '',
    page_next_check    REAL,                        -- NULL: not looked at again
    page_errors        INTEGER NOT NULL DEFAULT 0,
    in_feed            INTEGER NOT NULL DEFAULT 1,  -- seen in the latest good poll
    missing_since      REAL                         -- first 404/410 of the page
) STRICT;
INSERT INTO "articles" VALUES(1,'blog','https://blog.example/posts/article-1?utm_source=feed','https://blog.example/posts/article-1','Markets along the river, corrected','Summary of article 1.','Dana Example','Writes about rivers.',1799222400.0,1800000000.0,1800000015.0,'en','https://blog.example/pictures/1.jpg','A river at dawn',4,'["markets"]','{"passages":[{"position":0,"heading":"","text":"Opening of article 1. Traders told us how the bazaar grew.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> We sell what we grow.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/1-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003600.0,0,0,NULL);
INSERT INTO "articles" VALUES(2,'blog','https://blog.example/posts/article-2?utm_source=feed','https://blog.example/posts/article-2','강가의 시장 이야기','Summary of article 2.','홍길동','Writes about rivers.',1799308800.0,1800000000.0,1800000000.0,'ko','https://blog.example/pictures/2.jpg','A river at dawn',4,'["markets","women"]','{"passages":[{"position":0,"heading":"","text":"Opening of article 2. 장마당에서 여성들이 장사를 시작했다.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> 우리는 스스로 배웠다.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/2-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003600.0,0,1,NULL);
INSERT INTO "articles" VALUES(3,'blog','https://blog.example/posts/article-3?utm_source=feed','https://blog.example/posts/article-3','A post that a moderator deleted, corrected','Summary of article 3.','Dana Example','Writes about rivers.',1799395200.0,1800000000.0,1800000000.0,'en','https://blog.example/pictures/3.jpg','A river at dawn',4,'["women"]','{"passages":[{"position":0,"heading":"","text":"Opening of article 3. Words of the third.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> Quoted third.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/3-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003600.0,0,0,NULL);
INSERT INTO "articles" VALUES(4,'blog','https://blog.example/posts/article-4?utm_source=feed','https://blog.example/posts/article-4','','','','',1799481600.0,1800000000.0,1800000000.0,'en','','',NULL,'[]',NULL,'withdrawn','','',NULL,0,0,NULL);
INSERT INTO "articles" VALUES(5,'blog','https://blog.example/posts/article-5?utm_source=feed','https://blog.example/posts/article-5','','','','',1799568000.0,1800000000.0,1800000015.0,'en','','',NULL,'[]',NULL,'withdrawn','','',NULL,0,0,NULL);
INSERT INTO "articles" VALUES(6,'blog','https://blog.example/posts/article-6?utm_source=feed','https://blog.example/posts/article-6','Nobody knows whether the forum has it','Summary of article 6.','Dana Example','Writes about rivers.',1799654400.0,1800000000.0,1800000000.0,'en','https://blog.example/pictures/6.jpg','A river at dawn',4,'[]','{"passages":[{"position":0,"heading":"","text":"Opening of article 6. Words of the sixth.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> Quote six.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/6-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003600.0,0,0,NULL);
INSERT INTO "articles" VALUES(7,'blog','https://blog.example/posts/article-7?utm_source=feed','https://blog.example/posts/article-7','Held until a moderator decides','Summary of article 7.','Dana Example','Writes about rivers.',1799740800.0,1800000015.0,1800000015.0,'en','https://blog.example/pictures/7.jpg','A river at dawn',4,'["markets"]',NULL,'live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003615.0,0,0,NULL);
INSERT INTO "articles" VALUES(8,'news','https://news.example/8','https://news.example/8','Missed article 8','Summary of article 8.','Dana Example','Writes about rivers.',1799827200.0,1800000015.0,1800000015.0,'en','https://blog.example/pictures/8.jpg','A river at dawn',4,'["markets"]','{"passages":[{"position":0,"heading":"","text":"Opening of article 8. Words of 8.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> Quote 8.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/8-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003615.0,0,1,NULL);
INSERT INTO "articles" VALUES(9,'news','https://news.example/9','https://news.example/9','Missed article 9','Summary of article 9.','Dana Example','Writes about rivers.',1799913600.0,1800000015.0,1800000015.0,'en','https://blog.example/pictures/9.jpg','A river at dawn',4,'["markets"]','{"passages":[{"position":0,"heading":"","text":"Opening of article 9. Words of 9.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> Quote 9.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/9-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003615.0,0,1,NULL);
INSERT INTO "articles" VALUES(10,'news','https://news.example/10','https://news.example/10','Missed article 10','Summary of article 10.','Dana Example','Writes about rivers.',1800000000.0,1800000015.0,1800000015.0,'en','https://blog.example/pictures/10.jpg','A river at dawn',4,'["markets"]','{"passages":[{"position":0,"heading":"","text":"Opening of article 10. Words of 10.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> Quote 10.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/10-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003615.0,0,1,NULL);
INSERT INTO "articles" VALUES(11,'blog','https://blog.example/posts/article-11?utm_source=feed','https://blog.example/posts/article-11','Waiting to be announced','Summary of article 11.','Dana Example','Writes about rivers.',1800086400.0,1800000015.0,1800000015.0,'en','https://blog.example/pictures/11.jpg','A river at dawn',4,'["women"]','{"passages":[{"position":0,"heading":"","text":"Opening of article 11. Words of eleven.","anchor":""},{"position":1,"heading":"The second section","text":"• first\n• second\n\n> Quote eleven.","anchor":"second-section"}],"images":[{"url":"https://blog.example/pictures/11-a.jpg","alt":"Boats","caption":"Boats on the river in spring"}],"links":[{"label":"the river report","url":"https://blog.example/report","kind":"text","passage":0},{"label":"The older story","url":"https://blog.example/older","kind":"pull","passage":0},{"label":"Sign the petition","url":"https://blog.example/petition","kind":"call","passage":1}],"footnotes":["Names were changed."]}','live','"page"','Tue, 01 Dec 2026 10:00:00 GMT',1800003615.0,0,1,NULL);
CREATE TABLE deliveries (
    id                 INTEGER PRIMARY KEY,
    article            INTEGER NOT NULL REFERENCES articles (id),
    subscription       INTEGER NOT NULL REFERENCES subscriptions (id),
    channel_id         INTEGER NOT NULL,
    published          REAL NOT NULL,               -- of the article, when it was planned: the order of posts
    planned_at         REAL NOT NULL,
    state              TEXT NOT NULL DEFAULT 'planned' CHECK (state IN (
                           'planned',               -- nothing of it can be on Discord
                           'claimed',               -- it may be on Discord
                           'posted',                -- it is on Discord as message_id
                           'unproved',              -- it may be there, and the bot may not look
                           'deleted',               -- it was there, a moderator deleted it
                           'withdrawn',             -- the article was taken back, and so was the post
                           'folded',                -- named in the list that another delivery posts
                           'cancelled',             -- never to be posted
                           'refused')),             -- Discord does not take it as it is
    due                REAL,                        -- next step not before; NULL: no step now
    attempts           INTEGER NOT NULL DEFAULT 0,  -- of the step under way that failed in a row
    claimed_at         REAL,                        -- start of the first attempt that may have posted it
    tried_at           REAL,                        -- start of the latest attempt
    doubt              INTEGER NOT NULL DEFAULT 0,  -- an attempt ended without telling whether it posted
    wanted             INTEGER NOT NULL,            -- fingerprint of what the post should show
    shown              INTEGER NOT NULL DEFAULT 0,  -- fingerprint of what it shows
    publish            TEXT NOT NULL DEFAULT 'no' CHECK (publish IN ('no', 'wanted', 'blocked', 'done')),
    thread             TEXT NOT NULL DEFAULT 'no' CHECK (thread IN ('no', 'wanted', 'blocked', 'done')),
    message_id         INTEGER,
    posted_at          REAL,
    folded_into        INTEGER REFERENCES deliveries (id),
    problem            TEXT NOT NULL DEFAULT '',    -- why it waits or ended, as the name of a reason
    UNIQUE (article, channel_id)
) STRICT;
INSERT INTO "deliveries" VALUES(1,1,1,101,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'no','no',1,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(2,1,2,102,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'done','done',2,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(3,1,3,103,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'no','no',3,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(4,1,4,104,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'no','no',4,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(5,1,5,105,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'no','no',5,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(6,1,6,106,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'no','no',6,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(7,1,7,107,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'no','no',7,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(8,1,8,201,1799222400.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,14442856298693549,3917438407518592,'no','no',8,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(9,2,1,101,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'no','no',9,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(10,2,2,102,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'done','done',16,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(11,2,3,103,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'no','no',10,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(12,2,4,104,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'no','no',11,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(13,2,5,105,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'no','no',12,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(14,2,6,106,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'no','no',13,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(15,2,7,107,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'no','no',14,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(16,2,8,201,1799308800.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,69730857333420305,69730857333420305,'no','no',15,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(17,3,1,101,1799395200.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,34463082729882530,'no','no',17,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(18,3,2,102,1799395200.0,1800000000.0,'deleted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,52879950368372695,'done','done',18,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(19,3,3,103,1799395200.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,34463082729882530,'no','no',19,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(20,3,4,104,1799395200.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,34463082729882530,'no','no',20,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(21,3,5,105,1799395200.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,34463082729882530,'no','no',21,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(22,3,6,106,1799395200.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,34463082729882530,'no','no',22,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(23,3,7,107,1799395200.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,34463082729882530,'no','no',23,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(24,3,8,201,1799395200.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,34463082729882530,34463082729882530,'no','no',24,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(25,4,1,101,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'no','no',25,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(26,4,2,102,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'done','done',26,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(27,4,3,103,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'no','no',27,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(28,4,4,104,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'no','no',28,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(29,4,5,105,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'no','no',29,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(30,4,6,106,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'no','no',30,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(31,4,7,107,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'no','no',31,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(32,4,8,201,1799481600.0,1800000000.0,'withdrawn',NULL,0,1800000000.0,1800000000.0,0,41094890708565235,41094890708565235,'no','no',32,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(33,5,1,101,1799568000.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,8404364671777595,8404364671777594,'no','no',33,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(34,5,2,102,1799568000.0,1800000000.0,'refused',NULL,0,1800000000.0,1800000000.0,0,8404364671777594,8404364671777594,'no','no',NULL,NULL,NULL,'refused');
INSERT INTO "deliveries" VALUES(35,5,3,103,1799568000.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,8404364671777595,8404364671777594,'no','no',34,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(36,5,4,104,1799568000.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,8404364671777595,8404364671777594,'no','no',35,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(37,5,5,105,1799568000.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,8404364671777595,8404364671777594,'no','no',36,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(38,5,6,106,1799568000.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,8404364671777595,8404364671777594,'no','no',37,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(39,5,7,107,1799568000.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,8404364671777595,8404364671777594,'no','no',38,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(40,5,8,201,1799568000.0,1800000000.0,'posted',1800000015.0,0,1800000000.0,1800000000.0,0,8404364671777595,8404364671777594,'no','no',39,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(41,6,2,102,1799654400.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,57875270560686703,57875270560686703,'done','done',40,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(42,6,3,103,1799654400.0,1800000000.0,'unproved',NULL,0,1800000000.0,1800000015.0,1,57875270560686703,57875270560686703,'no','no',NULL,NULL,NULL,'read_message_history');
INSERT INTO "deliveries" VALUES(43,6,4,104,1799654400.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,57875270560686703,57875270560686703,'no','no',42,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(44,6,5,105,1799654400.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,57875270560686703,57875270560686703,'no','no',43,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(45,6,6,106,1799654400.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,57875270560686703,57875270560686703,'no','no',44,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(46,6,7,107,1799654400.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,57875270560686703,57875270560686703,'no','no',45,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(47,6,8,201,1799654400.0,1800000000.0,'posted',NULL,0,1800000000.0,1800000000.0,0,57875270560686703,57875270560686703,'no','no',46,1800000000.0,NULL,'');
INSERT INTO "deliveries" VALUES(48,8,2,102,1799827200.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,66067093048572314,66067093048572314,'done','done',47,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(49,8,3,103,1799827200.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,66067093048572314,66067093048572314,'no','no',48,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(50,8,4,104,1799827200.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,66067093048572314,66067093048572314,'no','no',49,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(51,8,5,105,1799827200.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,66067093048572314,66067093048572314,'no','no',50,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(52,8,6,106,1799827200.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,66067093048572314,66067093048572314,'no','no',51,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(53,8,7,107,1799827200.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,66067093048572314,66067093048572314,'no','no',52,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(54,8,8,201,1799827200.0,1800000015.0,'folded',NULL,0,NULL,NULL,0,66067093048572314,0,'no','no',NULL,NULL,61,'send_messages');
INSERT INTO "deliveries" VALUES(55,9,2,102,1799913600.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,51924299969747823,51924299969747823,'done','done',63,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(56,9,3,103,1799913600.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,51924299969747823,51924299969747823,'no','no',53,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(57,9,4,104,1799913600.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,51924299969747823,51924299969747823,'no','no',54,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(58,9,5,105,1799913600.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,51924299969747823,51924299969747823,'no','no',55,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(59,9,6,106,1799913600.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,51924299969747823,51924299969747823,'no','no',56,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(60,9,7,107,1799913600.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,51924299969747823,51924299969747823,'no','no',57,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(61,9,8,201,1799913600.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,51924299969747823,51924299969747823,'no','no',65,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(62,10,2,102,1800000000.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,26341918216917555,26341918216917555,'done','done',64,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(63,10,3,103,1800000000.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,26341918216917555,26341918216917555,'no','no',58,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(64,10,4,104,1800000000.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,26341918216917555,26341918216917555,'no','no',59,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(65,10,5,105,1800000000.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,26341918216917555,26341918216917555,'no','no',60,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(66,10,6,106,1800000000.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,26341918216917555,26341918216917555,'no','no',61,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(67,10,7,107,1800000000.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,26341918216917555,26341918216917555,'no','no',62,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(68,10,8,201,1800000000.0,1800000015.0,'posted',NULL,0,1800000015.0,1800000015.0,0,26341918216917555,26341918216917555,'no','no',66,1800000015.0,NULL,'');
INSERT INTO "deliveries" VALUES(69,11,1,101,1800086400.0,1800000015.0,'claimed',1800000017.0,0,1800000015.0,1800000015.0,1,68745556679725065,68745556679725065,'no','no',NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(70,11,2,102,1800086400.0,1800000015.0,'claimed',1799996017.0,0,1799996015.0,1799996015.0,1,68745556679725065,68745556679725065,'no','no',NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(71,11,3,103,1800086400.0,1800000015.0,'planned',1800000015.0,0,NULL,NULL,0,68745556679725065,0,'no','no',NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(72,11,4,104,1800086400.0,1800000015.0,'planned',1800000015.0,0,NULL,NULL,0,68745556679725065,0,'no','no',NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(73,11,5,105,1800086400.0,1800000015.0,'planned',NULL,0,NULL,NULL,0,68745556679725065,0,'no','no',NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(74,11,6,106,1800086400.0,1800000015.0,'planned',NULL,0,NULL,NULL,0,68745556679725065,0,'no','no',NULL,NULL,NULL,'view_channel');
INSERT INTO "deliveries" VALUES(75,11,7,107,1800086400.0,1800000015.0,'cancelled',NULL,0,NULL,NULL,0,68745556679725065,0,'no','no',NULL,NULL,NULL,'');
INSERT INTO "deliveries" VALUES(76,11,8,201,1800086400.0,1800000015.0,'planned',1800000015.0,0,NULL,NULL,0,68745556679725065,0,'no','no',NULL,NULL,NULL,'');
CREATE TABLE feeds (
    key                TEXT PRIMARY KEY,            -- the feed's key in the configuration
    url                TEXT NOT NULL,               -- as configured; a change of it resets all below
    address            TEXT NOT NULL,               -- where it is fetched now (autodiscovered or moved)
    answered_by        TEXT NOT NULL DEFAULT '',    -- the address that answered last, after redirects
    etag               TEXT NOT NULL DEFAULT '',    -- verbatim, belong to `answered_by`
    last_modified      TEXT NOT NULL DEFAULT '',
    body_hash          TEXT NOT NULL DEFAULT '',
    next_check         REAL NOT NULL DEFAULT 0,
    last_check         REAL,
    last_success       REAL,
    errors             INTEGER NOT NULL DEFAULT 0,  -- in a row
    problem            TEXT NOT NULL DEFAULT '',    -- name of the kind of trouble; empty: well
    problem_detail     TEXT NOT NULL DEFAULT '',
    problem_since      REAL,
    problem_told       INTEGER NOT NULL DEFAULT 0,  -- 1 once somebody was told of it
    moved_to           TEXT NOT NULL DEFAULT '',    -- permanent redirect seen ...
    moved_count        INTEGER NOT NULL DEFAULT 0,  -- ... by so many polls in a row
    schedule           TEXT NOT NULL DEFAULT '{}',  -- ttl, skipHours, skipDays, max-age as last told
    primed             INTEGER NOT NULL DEFAULT 0,  -- 1 after the first good poll, which announces nothing
    gone               INTEGER NOT NULL DEFAULT 0   -- 1 after 410
) STRICT;
INSERT INTO "feeds" VALUES('blog','https://blog.example/feed','https://blog.example/feed.xml','https://www.blog.example/feed.xml','"e1"','Tue, 01 Dec 2026 10:00:00 GMT','abc',1800000600.0,1799999700.0,1799999700.0,0,'','',NULL,0,'https://blog.example/new',2,'{"max_age":900.0}',1,0);
INSERT INTO "feeds" VALUES('news','https://news.example/rss','https://news.example/rss','','','','',1800003600.0,1799999940.0,NULL,4,'unreachable','timeout',1799992800.0,1,'',0,'{}',0,0);
CREATE TABLE guilds (
    guild_id           INTEGER PRIMARY KEY,
    log_channel_id     INTEGER,
    language           TEXT NOT NULL DEFAULT '',    -- empty: Discord's own setting of that server
    left_at            REAL                         -- when the bot was removed; its data goes some time after
) STRICT;
INSERT INTO "guilds" VALUES(7,199,'ko',NULL);
INSERT INTO "guilds" VALUES(9,NULL,'',1799996415.0);
CREATE TABLE held_articles (
    article            INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    feed               TEXT NOT NULL,
    held_at            REAL NOT NULL
) STRICT;
INSERT INTO "held_articles" VALUES(7,'blog',1800000015.0);
CREATE TABLE hourly (
    channel_id         INTEGER NOT NULL,
    step               TEXT NOT NULL,
    at                 REAL NOT NULL
) STRICT;
INSERT INTO "hourly" VALUES(102,'publish',1800000000.0);
INSERT INTO "hourly" VALUES(102,'publish',1800000000.0);
INSERT INTO "hourly" VALUES(102,'publish',1800000000.0);
INSERT INTO "hourly" VALUES(102,'edit',1800000000.0);
INSERT INTO "hourly" VALUES(102,'publish',1800000000.0);
INSERT INTO "hourly" VALUES(102,'edit',1800000000.0);
INSERT INTO "hourly" VALUES(102,'publish',1800000000.0);
INSERT INTO "hourly" VALUES(102,'publish',1800000015.0);
INSERT INTO "hourly" VALUES(102,'publish',1800000015.0);
INSERT INTO "hourly" VALUES(102,'publish',1800000015.0);
CREATE TABLE identities (
    feed               TEXT NOT NULL,
    identity           TEXT NOT NULL,
    article            INTEGER NOT NULL REFERENCES articles (id),
    told               TEXT NOT NULL DEFAULT '',    -- digest of what the feed last said of it; empty: not from a feed
    told_published     REAL,                        -- the date the feed last gave; the page's own date wins over it
    PRIMARY KEY (feed, identity)
) STRICT, WITHOUT ROWID;
INSERT INTO "identities" VALUES('blog','guid-1',1,'digest-1',1799222400.0);
INSERT INTO "identities" VALUES('blog','guid-11',11,'digest-11',1800086400.0);
INSERT INTO "identities" VALUES('blog','guid-2',2,'digest-2',1799308800.0);
INSERT INTO "identities" VALUES('blog','guid-3',3,'digest-3',1799395200.0);
INSERT INTO "identities" VALUES('blog','guid-4',4,'digest-4',1799481600.0);
INSERT INTO "identities" VALUES('blog','guid-5',5,'digest-5',1799568000.0);
INSERT INTO "identities" VALUES('blog','guid-6',6,'digest-6',1799654400.0);
INSERT INTO "identities" VALUES('blog','guid-7',7,'digest-7',1799740800.0);
INSERT INTO "identities" VALUES('news','guid-10',10,'digest-10',1800000000.0);
INSERT INTO "identities" VALUES('news','guid-8',8,'digest-8',1799827200.0);
INSERT INTO "identities" VALUES('news','guid-9',9,'digest-9',1799913600.0);
CREATE TABLE incidents (
    id                 INTEGER PRIMARY KEY,
    guild_id           INTEGER NOT NULL DEFAULT 0,  -- 0: concerns no single server
    channel_id         INTEGER NOT NULL DEFAULT 0,
    kind               TEXT NOT NULL,
    detail             TEXT NOT NULL DEFAULT '',
    started_at         REAL NOT NULL,
    ended_at           REAL,
    told_start         INTEGER NOT NULL DEFAULT 0,
    told_end           INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "incidents" VALUES(1,7,103,'unproved','read_message_history',1800000015.0,NULL,1,0);
INSERT INTO "incidents" VALUES(2,0,0,'feed_held:blog','1',1800000015.0,NULL,1,0);
INSERT INTO "incidents" VALUES(3,7,106,'blocked','view_channel',1800000015.0,NULL,0,0);
INSERT INTO "incidents" VALUES(4,0,0,'feed_unreachable:news','timeout',1800000015.0,NULL,0,0);
INSERT INTO "incidents" VALUES(5,7,102,'publish','manage_messages',1799999115.0,1800000015.0,0,0);
CREATE TABLE kept (
    key                TEXT PRIMARY KEY,
    value              TEXT NOT NULL,
    changed            REAL NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "kept" VALUES('commands','digest-of-commands',1800000015.0);
INSERT INTO "kept" VALUES('topics','digest-of-topics',1800000015.0);
CREATE TABLE long_searches (
    key                TEXT PRIMARY KEY,            -- made from the words, so one search has one key
    state              TEXT NOT NULL,
    used               REAL NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "long_searches" VALUES('0624893c3912eb5b','["river markets", false, "markets", 2025]',1800000015.0);
INSERT INTO "long_searches" VALUES('c80416196cdf2389','["강 시장 강 시장 강 시장 강 시장 강 시장 강 시장 강 시장 강 시장 강 시장 강 시장 ", true]',1800000015.0);
CREATE TABLE search_asked (
    kind               TEXT NOT NULL CHECK (kind IN ('article', 'query')),
    value              TEXT NOT NULL,               -- article id or a query that found something
    times              INTEGER NOT NULL,
    day                INTEGER NOT NULL,            -- days since 1970 when it was last asked for
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO "search_asked" VALUES('article','2',1,20000);
INSERT INTO "search_asked" VALUES('query','river markets',2,20001);
CREATE TABLE search_documents (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    analyser           INTEGER NOT NULL,            -- version of the analysis that wrote this row
    published          REAL NOT NULL,
    feed               TEXT NOT NULL,
    author             TEXT NOT NULL COLLATE NOCASE,
    language           TEXT NOT NULL,
    length             INTEGER NOT NULL,            -- terms in the body
    norm               REAL NOT NULL,               -- what its likeness to others is divided by
    terms              BLOB NOT NULL                -- numbers of four bytes, low byte first, a 0 after each part:
                                                    -- title, headings, author, topics, then the body line by line
) STRICT;
INSERT INTO "search_documents" VALUES(1,2,1799222400.0,'blog','Dana Example','en',35,6.5858872517308837402e+00,X'10000000710100001B0000001500000077000000000000001B000000160000001700000000000000080000000A0000000000000010000000030000000900000024000000230000002200000025000000000000001A00000012000000040000007001000000000000140000001200000004000000700100008D0100008C0100008E0100007E0100001B000000740100007C010000000000001B00000016000000170000000B000000160000008F01000088010000910100008F0100007D010000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
INSERT INTO "search_documents" VALUES(2,2,1799308800.0,'blog','홍길동','ko',41,7.71283716870104729679e+00,X'3C0000003B000000490000004F0000004A000000000000001B000000160000001700000000000000540000003D00000000000000100000000300000009000000240000002300000022000000250000003A0000004C000000000000001A000000120000000400000026000000000000001400000012000000040000002600000024000000230000003F0000004B0000004C00000045000000400000002500000044000000480000005000000053000000000000001B00000016000000170000000B000000160000004D000000410000004700000046000000430000004E000000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
INSERT INTO "search_documents" VALUES(3,2,1799395200.0,'blog','Dana Example','en',29,6.47691524012671315801e+00,X'730000008200000089000000730000007D0000007900000077000000000000001B000000160000001700000000000000080000000A000000000000003A0000004C000000000000001A00000012000000040000007200000000000000140000001200000004000000720000008E000000120000001B0000008B000000000000001B00000016000000170000000B00000016000000830000008B000000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
INSERT INTO "search_documents" VALUES(6,2,1799654400.0,'blog','Dana Example','en',29,6.05636112815267768638e+00,X'DB000000D9000000E90000001B000000D5000000D6000000D8000000000000001B000000160000001700000000000000080000000A00000000000000000000001A0000001200000004000000CE00000000000000140000001200000004000000CE0000008E000000120000001B000000E4000000000000001B00000016000000170000000B0000001600000083000000E3000000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
INSERT INTO "search_documents" VALUES(7,2,1799740800.0,'blog','Dana Example','en',4,4.54056099536117,X'F3000000F8000000730000007D000000F00000000000000000000000080000000A0000000000000010000000030000000900000024000000230000002200000025000000000000001A0000001200000004000000EB00000000000000');
INSERT INTO "search_documents" VALUES(8,2,1799827200.0,'news','Dana Example','en',28,5.96868671596864075468e+00,X'0801000004000000FD000000000000001B000000160000001700000000000000080000000A0000000000000010000000030000000900000024000000230000002200000025000000000000001A0000001200000004000000FD00000000000000140000001200000004000000FD0000008E00000012000000FD000000000000001B00000016000000170000000B0000001600000083000000FD000000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
INSERT INTO "search_documents" VALUES(9,2,1799913600.0,'news','Dana Example','en',28,5.96868671596864075468e+00,X'08010000040000001A010000000000001B000000160000001700000000000000080000000A0000000000000010000000030000000900000024000000230000002200000025000000000000001A00000012000000040000001A010000000000001400000012000000040000001A0100008E000000120000001A010000000000001B00000016000000170000000B00000016000000830000001A010000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
INSERT INTO "search_documents" VALUES(10,2,1800000000.0,'news','Dana Example','en',28,5.96868671596864075468e+00,X'080100000400000037010000000000001B000000160000001700000000000000080000000A0000000000000010000000030000000900000024000000230000002200000025000000000000001A00000012000000040000003701000000000000140000001200000004000000370100008E0000001200000037010000000000001B00000016000000170000000B000000160000008300000037010000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
INSERT INTO "search_documents" VALUES(11,2,1800086400.0,'blog','Dana Example','en',28,5.75691618416388539714e+00,X'6B0100006A0100005701000055010000000000001B000000160000001700000000000000080000000A000000000000003A0000004C000000000000001A00000012000000040000005401000000000000140000001200000004000000540100008E000000120000005B010000000000001B00000016000000170000000B00000016000000830000005B010000000000000600000006000000130000001B000000150000000F000000190000000000000011000000200000000700000000000000');
CREATE TABLE search_facets (
    kind               TEXT NOT NULL CHECK (kind IN ('author', 'year', 'language')),
    value              TEXT NOT NULL,
    documents          INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO "search_facets" VALUES('author','Dana Example',8);
INSERT INTO "search_facets" VALUES('author','홍길동',1);
INSERT INTO "search_facets" VALUES('language','en',8);
INSERT INTO "search_facets" VALUES('language','ko',1);
INSERT INTO "search_facets" VALUES('year','2027',9);
CREATE TABLE search_phrases (
    phrase             TEXT PRIMARY KEY,
    documents          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "search_phrases" VALUES('second',8);
INSERT INTO "search_phrases" VALUES('second section',8);
INSERT INTO "search_phrases" VALUES('section',8);
INSERT INTO "search_phrases" VALUES('article',3);
INSERT INTO "search_phrases" VALUES('missed',3);
INSERT INTO "search_phrases" VALUES('missed article',3);
INSERT INTO "search_phrases" VALUES('corrected',2);
INSERT INTO "search_phrases" VALUES('moderator',2);
INSERT INTO "search_phrases" VALUES('along',1);
INSERT INTO "search_phrases" VALUES('along the river',1);
INSERT INTO "search_phrases" VALUES('announced',1);
INSERT INTO "search_phrases" VALUES('decides',1);
INSERT INTO "search_phrases" VALUES('deleted',1);
INSERT INTO "search_phrases" VALUES('deleted corrected',1);
INSERT INTO "search_phrases" VALUES('forum',1);
INSERT INTO "search_phrases" VALUES('held',1);
INSERT INTO "search_phrases" VALUES('held until',1);
INSERT INTO "search_phrases" VALUES('knows',1);
INSERT INTO "search_phrases" VALUES('knows whether',1);
INSERT INTO "search_phrases" VALUES('markets',1);
INSERT INTO "search_phrases" VALUES('markets along',1);
INSERT INTO "search_phrases" VALUES('moderator decides',1);
INSERT INTO "search_phrases" VALUES('moderator deleted',1);
INSERT INTO "search_phrases" VALUES('moderator deleted corrected',1);
INSERT INTO "search_phrases" VALUES('nobody',1);
INSERT INTO "search_phrases" VALUES('nobody knows',1);
INSERT INTO "search_phrases" VALUES('nobody knows whether',1);
INSERT INTO "search_phrases" VALUES('post',1);
INSERT INTO "search_phrases" VALUES('river',1);
INSERT INTO "search_phrases" VALUES('river corrected',1);
INSERT INTO "search_phrases" VALUES('until',1);
INSERT INTO "search_phrases" VALUES('until a moderator',1);
INSERT INTO "search_phrases" VALUES('waiting',1);
INSERT INTO "search_phrases" VALUES('whether',1);
INSERT INTO "search_phrases" VALUES('whether the forum',1);
INSERT INTO "search_phrases" VALUES('강가의',1);
INSERT INTO "search_phrases" VALUES('강가의 시장',1);
INSERT INTO "search_phrases" VALUES('강가의 시장 이야기',1);
INSERT INTO "search_phrases" VALUES('시장',1);
INSERT INTO "search_phrases" VALUES('시장 이야기',1);
INSERT INTO "search_phrases" VALUES('이야기',1);
CREATE TABLE search_postings (
    term               INTEGER NOT NULL,            -- search_terms.id
    block              INTEGER NOT NULL,            -- article / 256
    entries            BLOB NOT NULL,               -- pairs (article % 256, weight 1..255)
    PRIMARY KEY (term, block)
) STRICT, WITHOUT ROWID;
INSERT INTO "search_postings" VALUES(3,0,X'02920792089209920A920192');
INSERT INTO "search_postings" VALUES(4,0,X'028C039B0697079508DE09DE0ADE0B920188');
INSERT INTO "search_postings" VALUES(6,0,X'028C039B0697089109920A920B920188');
INSERT INTO "search_postings" VALUES(7,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(8,0,X'03AA06AA07AA08AA09AA0AAA0BAA01AA');
INSERT INTO "search_postings" VALUES(9,0,X'02920792089209920A920192');
INSERT INTO "search_postings" VALUES(10,0,X'03AA06AA07AA08AA09AA0AAA0BAA01AA');
INSERT INTO "search_postings" VALUES(11,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(15,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(16,0,X'02920792089209920A9201DE');
INSERT INTO "search_postings" VALUES(17,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(18,0,X'028C03B206AF079508AA09AA0AAA0BAA0188');
INSERT INTO "search_postings" VALUES(19,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(20,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(21,0,X'02600370066B086609660A660B6601DA');
INSERT INTO "search_postings" VALUES(22,0,X'02C203C706C608C409C40AC40BC401C1');
INSERT INTO "search_postings" VALUES(23,0,X'02B803BB06BB08B909B90AB90BB901B8');
INSERT INTO "search_postings" VALUES(25,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(26,0,X'02600370066B0795086609660A660B66015C');
INSERT INTO "search_postings" VALUES(27,0,X'02C203CF06E708C409C40AC40BC401E6');
INSERT INTO "search_postings" VALUES(32,0,X'02600370066B086609660A660B66015C');
INSERT INTO "search_postings" VALUES(34,0,X'02920792089209920A920192');
INSERT INTO "search_postings" VALUES(35,0,X'02A80792089209920A920192');
INSERT INTO "search_postings" VALUES(36,0,X'02A80792089209920A920192');
INSERT INTO "search_postings" VALUES(37,0,X'02A80792089209920A920192');
INSERT INTO "search_postings" VALUES(38,0,X'028C');
INSERT INTO "search_postings" VALUES(58,0,X'029203920B92');
INSERT INTO "search_postings" VALUES(59,0,X'02D7');
INSERT INTO "search_postings" VALUES(60,0,X'02D7');
INSERT INTO "search_postings" VALUES(61,0,X'02AA');
INSERT INTO "search_postings" VALUES(63,0,X'0260');
INSERT INTO "search_postings" VALUES(64,0,X'0260');
INSERT INTO "search_postings" VALUES(65,0,X'0260');
INSERT INTO "search_postings" VALUES(67,0,X'0260');
INSERT INTO "search_postings" VALUES(68,0,X'0260');
INSERT INTO "search_postings" VALUES(69,0,X'0260');
INSERT INTO "search_postings" VALUES(70,0,X'0260');
INSERT INTO "search_postings" VALUES(71,0,X'0260');
INSERT INTO "search_postings" VALUES(72,0,X'0260');
INSERT INTO "search_postings" VALUES(73,0,X'02D7');
INSERT INTO "search_postings" VALUES(74,0,X'02D7');
INSERT INTO "search_postings" VALUES(75,0,X'0260');
INSERT INTO "search_postings" VALUES(76,0,X'02A803920B92');
INSERT INTO "search_postings" VALUES(77,0,X'0260');
INSERT INTO "search_postings" VALUES(78,0,X'0260');
INSERT INTO "search_postings" VALUES(79,0,X'02D7');
INSERT INTO "search_postings" VALUES(80,0,X'0260');
INSERT INTO "search_postings" VALUES(83,0,X'0260');
INSERT INTO "search_postings" VALUES(84,0,X'02AA');
INSERT INTO "search_postings" VALUES(114,0,X'039B');
INSERT INTO "search_postings" VALUES(115,0,X'03E907D7');
INSERT INTO "search_postings" VALUES(119,0,X'03D701D7');
INSERT INTO "search_postings" VALUES(121,0,X'03D7');
INSERT INTO "search_postings" VALUES(125,0,X'03D707D7');
INSERT INTO "search_postings" VALUES(130,0,X'03D7');
INSERT INTO "search_postings" VALUES(131,0,X'0370066B086609660A660B66');
INSERT INTO "search_postings" VALUES(137,0,X'03D7');
INSERT INTO "search_postings" VALUES(139,0,X'039B');
INSERT INTO "search_postings" VALUES(142,0,X'0370066B086609660A660B66');
INSERT INTO "search_postings" VALUES(206,0,X'0697');
INSERT INTO "search_postings" VALUES(213,0,X'06D7');
INSERT INTO "search_postings" VALUES(214,0,X'06D7');
INSERT INTO "search_postings" VALUES(216,0,X'06D7');
INSERT INTO "search_postings" VALUES(217,0,X'06D7');
INSERT INTO "search_postings" VALUES(219,0,X'06D7');
INSERT INTO "search_postings" VALUES(227,0,X'066B');
INSERT INTO "search_postings" VALUES(228,0,X'066B');
INSERT INTO "search_postings" VALUES(233,0,X'06D7');
INSERT INTO "search_postings" VALUES(235,0,X'0795');
INSERT INTO "search_postings" VALUES(240,0,X'07D7');
INSERT INTO "search_postings" VALUES(243,0,X'07D7');
INSERT INTO "search_postings" VALUES(248,0,X'07D7');
INSERT INTO "search_postings" VALUES(253,0,X'08E3');
INSERT INTO "search_postings" VALUES(264,0,X'08D709D70AD7');
INSERT INTO "search_postings" VALUES(282,0,X'09E3');
INSERT INTO "search_postings" VALUES(311,0,X'0AE3');
INSERT INTO "search_postings" VALUES(340,0,X'0B92');
INSERT INTO "search_postings" VALUES(341,0,X'0BD7');
INSERT INTO "search_postings" VALUES(343,0,X'0BD7');
INSERT INTO "search_postings" VALUES(347,0,X'0B92');
INSERT INTO "search_postings" VALUES(362,0,X'0BD7');
INSERT INTO "search_postings" VALUES(363,0,X'0BD7');
INSERT INTO "search_postings" VALUES(368,0,X'0188');
INSERT INTO "search_postings" VALUES(369,0,X'01D7');
INSERT INTO "search_postings" VALUES(372,0,X'015C');
INSERT INTO "search_postings" VALUES(380,0,X'015C');
INSERT INTO "search_postings" VALUES(381,0,X'015C');
INSERT INTO "search_postings" VALUES(382,0,X'015C');
INSERT INTO "search_postings" VALUES(392,0,X'015C');
INSERT INTO "search_postings" VALUES(396,0,X'015C');
INSERT INTO "search_postings" VALUES(397,0,X'015C');
INSERT INTO "search_postings" VALUES(398,0,X'015C');
INSERT INTO "search_postings" VALUES(399,0,X'0188');
INSERT INTO "search_postings" VALUES(401,0,X'015C');
CREATE TABLE search_spellings (
    article            INTEGER PRIMARY KEY REFERENCES articles (id),
    words              TEXT NOT NULL,               -- distinct words before stemming, for spelling
    phrases            TEXT NOT NULL                -- distinct phrases, one a line, for suggestions
) STRICT;
INSERT INTO "search_spellings" VALUES(1,'1 along and article bazaar boats changed corrected dana entrepreneurs example first grew grow how in markets names of on opening river second section sell spring summary the told traders us we were what 장마당과 장사','along
along the river
corrected
markets
markets along
river
river corrected
second
second section
section');
INSERT INTO "search_spellings" VALUES(2,'2 and article boats changed entrepreneurs first in markets names of on opening river second section spring summary the were women 강가의 배웠다 스스로 시작했다 시장 여성 여성들이 우리는 이야기 장마당과 장마당에서 장사 장사를 홍길동','second
second section
section
강가의
강가의 시장
강가의 시장 이야기
시장
시장 이야기
이야기');
INSERT INTO "search_spellings" VALUES(3,'3 a article boats changed corrected dana deleted example first in moderator names of on opening post quoted river second section spring summary that the third were women words 여성','corrected
deleted
deleted corrected
moderator
moderator deleted
moderator deleted corrected
post
second
second section
section');
INSERT INTO "search_spellings" VALUES(6,'6 article boats changed dana example first forum has in it knows names nobody of on opening quote river second section six sixth spring summary the were whether words','forum
knows
knows whether
nobody
nobody knows
nobody knows whether
second
second section
section
whether
whether the forum');
INSERT INTO "search_spellings" VALUES(7,'7 a and article dana decides entrepreneurs example held markets moderator of summary until 장마당과 장사','decides
held
held until
moderator
moderator decides
until
until a moderator');
INSERT INTO "search_spellings" VALUES(8,'8 and article boats changed dana entrepreneurs example first in markets missed names of on opening quote river second section spring summary the were words 장마당과 장사','article
missed
missed article
second
second section
section');
INSERT INTO "search_spellings" VALUES(9,'9 and article boats changed dana entrepreneurs example first in markets missed names of on opening quote river second section spring summary the were words 장마당과 장사','article
missed
missed article
second
second section
section');
INSERT INTO "search_spellings" VALUES(10,'10 and article boats changed dana entrepreneurs example first in markets missed names of on opening quote river second section spring summary the were words 장마당과 장사','article
missed
missed article
second
second section
section');
INSERT INTO "search_spellings" VALUES(11,'11 announced article be boats changed dana eleven example first in names of on opening quote river second section spring summary the to waiting were women words 여성','announced
second
second section
section
waiting');
CREATE TABLE search_terms (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT, -- the term's number, never given to another; 0 is none
    term               TEXT NOT NULL UNIQUE,
    documents          INTEGER NOT NULL             -- articles that have it
) STRICT;
INSERT INTO "search_terms" VALUES(3,'and',6);
INSERT INTO "search_terms" VALUES(4,'articl',9);
INSERT INTO "search_terms" VALUES(6,'boat',8);
INSERT INTO "search_terms" VALUES(7,'chang',8);
INSERT INTO "search_terms" VALUES(8,'dana',8);
INSERT INTO "search_terms" VALUES(9,'entrepreneur',6);
INSERT INTO "search_terms" VALUES(10,'exampl',8);
INSERT INTO "search_terms" VALUES(11,'first',8);
INSERT INTO "search_terms" VALUES(15,'in',8);
INSERT INTO "search_terms" VALUES(16,'market',6);
INSERT INTO "search_terms" VALUES(17,'name',8);
INSERT INTO "search_terms" VALUES(18,'of',9);
INSERT INTO "search_terms" VALUES(19,'on',8);
INSERT INTO "search_terms" VALUES(20,'open',8);
INSERT INTO "search_terms" VALUES(21,'river',8);
INSERT INTO "search_terms" VALUES(22,'second',8);
INSERT INTO "search_terms" VALUES(23,'section',8);
INSERT INTO "search_terms" VALUES(25,'spring',8);
INSERT INTO "search_terms" VALUES(26,'summari',9);
INSERT INTO "search_terms" VALUES(27,'the',8);
INSERT INTO "search_terms" VALUES(32,'were',8);
INSERT INTO "search_terms" VALUES(34,'당과',6);
INSERT INTO "search_terms" VALUES(35,'마당',6);
INSERT INTO "search_terms" VALUES(36,'장마',6);
INSERT INTO "search_terms" VALUES(37,'장사',6);
INSERT INTO "search_terms" VALUES(38,'2',1);
INSERT INTO "search_terms" VALUES(58,'women',3);
INSERT INTO "search_terms" VALUES(59,'가의',1);
INSERT INTO "search_terms" VALUES(60,'강가',1);
INSERT INTO "search_terms" VALUES(61,'길동',1);
INSERT INTO "search_terms" VALUES(63,'당에',1);
INSERT INTO "search_terms" VALUES(64,'들이',1);
INSERT INTO "search_terms" VALUES(65,'리는',1);
INSERT INTO "search_terms" VALUES(67,'배웠',1);
INSERT INTO "search_terms" VALUES(68,'사를',1);
INSERT INTO "search_terms" VALUES(69,'성들',1);
INSERT INTO "search_terms" VALUES(70,'스로',1);
INSERT INTO "search_terms" VALUES(71,'스스',1);
INSERT INTO "search_terms" VALUES(72,'시작',1);
INSERT INTO "search_terms" VALUES(73,'시장',1);
INSERT INTO "search_terms" VALUES(74,'야기',1);
INSERT INTO "search_terms" VALUES(75,'에서',1);
INSERT INTO "search_terms" VALUES(76,'여성',3);
INSERT INTO "search_terms" VALUES(77,'우리',1);
INSERT INTO "search_terms" VALUES(78,'웠다',1);
INSERT INTO "search_terms" VALUES(79,'이야',1);
INSERT INTO "search_terms" VALUES(80,'작했',1);
INSERT INTO "search_terms" VALUES(83,'했다',1);
INSERT INTO "search_terms" VALUES(84,'홍길',1);
INSERT INTO "search_terms" VALUES(114,'3',1);
INSERT INTO "search_terms" VALUES(115,'a',2);
INSERT INTO "search_terms" VALUES(119,'correct',2);
INSERT INTO "search_terms" VALUES(121,'delet',1);
INSERT INTO "search_terms" VALUES(125,'moder',2);
INSERT INTO "search_terms" VALUES(130,'post',1);
INSERT INTO "search_terms" VALUES(131,'quot',6);
INSERT INTO "search_terms" VALUES(137,'that',1);
INSERT INTO "search_terms" VALUES(139,'third',1);
INSERT INTO "search_terms" VALUES(142,'word',6);
INSERT INTO "search_terms" VALUES(206,'6',1);
INSERT INTO "search_terms" VALUES(213,'forum',1);
INSERT INTO "search_terms" VALUES(214,'has',1);
INSERT INTO "search_terms" VALUES(216,'it',1);
INSERT INTO "search_terms" VALUES(217,'know',1);
INSERT INTO "search_terms" VALUES(219,'nobodi',1);
INSERT INTO "search_terms" VALUES(227,'six',1);
INSERT INTO "search_terms" VALUES(228,'sixth',1);
INSERT INTO "search_terms" VALUES(233,'whether',1);
INSERT INTO "search_terms" VALUES(235,'7',1);
INSERT INTO "search_terms" VALUES(240,'decid',1);
INSERT INTO "search_terms" VALUES(243,'held',1);
INSERT INTO "search_terms" VALUES(248,'until',1);
INSERT INTO "search_terms" VALUES(253,'8',1);
INSERT INTO "search_terms" VALUES(264,'miss',3);
INSERT INTO "search_terms" VALUES(282,'9',1);
INSERT INTO "search_terms" VALUES(311,'10',1);
INSERT INTO "search_terms" VALUES(340,'11',1);
INSERT INTO "search_terms" VALUES(341,'announc',1);
INSERT INTO "search_terms" VALUES(343,'be',1);
INSERT INTO "search_terms" VALUES(347,'eleven',1);
INSERT INTO "search_terms" VALUES(362,'to',1);
INSERT INTO "search_terms" VALUES(363,'wait',1);
INSERT INTO "search_terms" VALUES(368,'1',1);
INSERT INTO "search_terms" VALUES(369,'along',1);
INSERT INTO "search_terms" VALUES(372,'bazaar',1);
INSERT INTO "search_terms" VALUES(380,'grew',1);
INSERT INTO "search_terms" VALUES(381,'grow',1);
INSERT INTO "search_terms" VALUES(382,'how',1);
INSERT INTO "search_terms" VALUES(392,'sell',1);
INSERT INTO "search_terms" VALUES(396,'told',1);
INSERT INTO "search_terms" VALUES(397,'trader',1);
INSERT INTO "search_terms" VALUES(398,'us',1);
INSERT INTO "search_terms" VALUES(399,'we',1);
INSERT INTO "search_terms" VALUES(401,'what',1);
CREATE TABLE search_totals (
    id                 INTEGER PRIMARY KEY CHECK (id = 1),
    documents          INTEGER NOT NULL,
    terms              INTEGER NOT NULL
) STRICT;
INSERT INTO "search_totals" VALUES(1,9,250);
CREATE TABLE search_words (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT, -- only grows, so that a reader can ask for what is new
    word               TEXT NOT NULL UNIQUE,
    documents          INTEGER NOT NULL
) STRICT;
INSERT INTO "search_words" VALUES(3,'and',6);
INSERT INTO "search_words" VALUES(4,'article',9);
INSERT INTO "search_words" VALUES(6,'boats',8);
INSERT INTO "search_words" VALUES(7,'changed',8);
INSERT INTO "search_words" VALUES(8,'dana',8);
INSERT INTO "search_words" VALUES(9,'entrepreneurs',6);
INSERT INTO "search_words" VALUES(10,'example',8);
INSERT INTO "search_words" VALUES(11,'first',8);
INSERT INTO "search_words" VALUES(15,'in',8);
INSERT INTO "search_words" VALUES(16,'markets',6);
INSERT INTO "search_words" VALUES(17,'names',8);
INSERT INTO "search_words" VALUES(18,'of',9);
INSERT INTO "search_words" VALUES(19,'on',8);
INSERT INTO "search_words" VALUES(20,'opening',8);
INSERT INTO "search_words" VALUES(21,'river',8);
INSERT INTO "search_words" VALUES(22,'second',8);
INSERT INTO "search_words" VALUES(23,'section',8);
INSERT INTO "search_words" VALUES(25,'spring',8);
INSERT INTO "search_words" VALUES(26,'summary',9);
INSERT INTO "search_words" VALUES(27,'the',8);
INSERT INTO "search_words" VALUES(32,'were',8);
INSERT INTO "search_words" VALUES(34,'장마당과',6);
INSERT INTO "search_words" VALUES(35,'장사',6);
INSERT INTO "search_words" VALUES(36,'2',1);
INSERT INTO "search_words" VALUES(56,'women',3);
INSERT INTO "search_words" VALUES(57,'강가의',1);
INSERT INTO "search_words" VALUES(58,'배웠다',1);
INSERT INTO "search_words" VALUES(59,'스스로',1);
INSERT INTO "search_words" VALUES(60,'시작했다',1);
INSERT INTO "search_words" VALUES(61,'시장',1);
INSERT INTO "search_words" VALUES(62,'여성',3);
INSERT INTO "search_words" VALUES(63,'여성들이',1);
INSERT INTO "search_words" VALUES(64,'우리는',1);
INSERT INTO "search_words" VALUES(65,'이야기',1);
INSERT INTO "search_words" VALUES(67,'장마당에서',1);
INSERT INTO "search_words" VALUES(69,'장사를',1);
INSERT INTO "search_words" VALUES(70,'홍길동',1);
INSERT INTO "search_words" VALUES(100,'3',1);
INSERT INTO "search_words" VALUES(101,'a',2);
INSERT INTO "search_words" VALUES(105,'corrected',2);
INSERT INTO "search_words" VALUES(107,'deleted',1);
INSERT INTO "search_words" VALUES(111,'moderator',2);
INSERT INTO "search_words" VALUES(116,'post',1);
INSERT INTO "search_words" VALUES(117,'quoted',1);
INSERT INTO "search_words" VALUES(123,'that',1);
INSERT INTO "search_words" VALUES(125,'third',1);
INSERT INTO "search_words" VALUES(128,'words',6);
INSERT INTO "search_words" VALUES(177,'quote',5);
INSERT INTO "search_words" VALUES(190,'6',1);
INSERT INTO "search_words" VALUES(197,'forum',1);
INSERT INTO "search_words" VALUES(198,'has',1);
INSERT INTO "search_words" VALUES(200,'it',1);
INSERT INTO "search_words" VALUES(201,'knows',1);
INSERT INTO "search_words" VALUES(203,'nobody',1);
INSERT INTO "search_words" VALUES(211,'six',1);
INSERT INTO "search_words" VALUES(212,'sixth',1);
INSERT INTO "search_words" VALUES(217,'whether',1);
INSERT INTO "search_words" VALUES(219,'7',1);
INSERT INTO "search_words" VALUES(224,'decides',1);
INSERT INTO "search_words" VALUES(227,'held',1);
INSERT INTO "search_words" VALUES(232,'until',1);
INSERT INTO "search_words" VALUES(235,'8',1);
INSERT INTO "search_words" VALUES(246,'missed',3);
INSERT INTO "search_words" VALUES(262,'9',1);
INSERT INTO "search_words" VALUES(289,'10',1);
INSERT INTO "search_words" VALUES(316,'11',1);
INSERT INTO "search_words" VALUES(317,'announced',1);
INSERT INTO "search_words" VALUES(319,'be',1);
INSERT INTO "search_words" VALUES(323,'eleven',1);
INSERT INTO "search_words" VALUES(338,'to',1);
INSERT INTO "search_words" VALUES(339,'waiting',1);
INSERT INTO "search_words" VALUES(344,'1',1);
INSERT INTO "search_words" VALUES(345,'along',1);
INSERT INTO "search_words" VALUES(348,'bazaar',1);
INSERT INTO "search_words" VALUES(356,'grew',1);
INSERT INTO "search_words" VALUES(357,'grow',1);
INSERT INTO "search_words" VALUES(358,'how',1);
INSERT INTO "search_words" VALUES(368,'sell',1);
INSERT INTO "search_words" VALUES(372,'told',1);
INSERT INTO "search_words" VALUES(373,'traders',1);
INSERT INTO "search_words" VALUES(374,'us',1);
INSERT INTO "search_words" VALUES(375,'we',1);
INSERT INTO "search_words" VALUES(377,'what',1);
CREATE TABLE shared_cards (
    id                 INTEGER PRIMARY KEY,
    article            INTEGER NOT NULL REFERENCES articles (id),
    guild_id           INTEGER NOT NULL,
    channel_id         INTEGER NOT NULL,
    message_id         INTEGER NOT NULL UNIQUE,
    language           TEXT NOT NULL,
    wanted             INTEGER NOT NULL,            -- fingerprint of what it should show; 0: that the article was withdrawn
    shown              INTEGER NOT NULL DEFAULT 0,  -- fingerprint of what it shows; 0: the card is not known to be there yet
    due                REAL,                        -- next look not before; NULL: nothing to do
    attempts           INTEGER NOT NULL DEFAULT 0,  -- that failed in a row
    blocked            TEXT NOT NULL DEFAULT ''     -- why it cannot be reached now, as the name of a reason
) STRICT;
INSERT INTO "shared_cards" VALUES(1,2,7,301,9001,'ko',69730857333420305,69730857333420305,NULL,0,'');
INSERT INTO "shared_cards" VALUES(2,2,7,301,9002,'en',69730857333420305,0,1800000075.0,0,'');
INSERT INTO "shared_cards" VALUES(3,1,8,302,9003,'en',14442856298693549,1,1800003615.0,0,'view_channel');
CREATE TABLE subscriptions (
    id                 INTEGER PRIMARY KEY,
    guild_id           INTEGER NOT NULL,
    channel_id         INTEGER NOT NULL UNIQUE,
    kind               TEXT NOT NULL CHECK (kind IN ('text', 'announcement', 'forum', 'thread')),
    topics             TEXT NOT NULL DEFAULT '[]',
    feeds              TEXT NOT NULL DEFAULT '[]',
    role_id            INTEGER,
    publish            INTEGER NOT NULL DEFAULT 0,
    open_thread        INTEGER NOT NULL DEFAULT 0,
    language           TEXT NOT NULL DEFAULT 'en',
    paused             INTEGER NOT NULL DEFAULT 0,
    blocked            TEXT NOT NULL DEFAULT '',
    created_at         REAL NOT NULL,
    removed            INTEGER NOT NULL DEFAULT 0   -- 1: ended; kept for the posts that stand in that channel
) STRICT;
INSERT INTO "subscriptions" VALUES(1,7,101,'text','["markets", "women"]','["blog"]',55,0,0,'ko',0,'',1799999000.0,0);
INSERT INTO "subscriptions" VALUES(2,7,102,'announcement','[]','[]',NULL,1,1,'en',0,'',1799999000.0,0);
INSERT INTO "subscriptions" VALUES(3,7,103,'forum','[]','[]',NULL,0,0,'en',0,'',1799999000.0,0);
INSERT INTO "subscriptions" VALUES(4,7,104,'thread','[]','[]',NULL,0,0,'en',0,'',1799999000.0,0);
INSERT INTO "subscriptions" VALUES(5,7,105,'text','[]','[]',NULL,0,0,'en',1,'',1799999000.0,0);
INSERT INTO "subscriptions" VALUES(6,7,106,'text','[]','[]',NULL,0,0,'en',0,'view_channel',1799999000.0,0);
INSERT INTO "subscriptions" VALUES(7,7,107,'text','[]','[]',NULL,0,0,'en',0,'',1799999000.0,1);
INSERT INTO "subscriptions" VALUES(8,8,201,'text','[]','[]',NULL,0,0,'en',0,'',1799999000.0,0);
CREATE INDEX articles_by_date ON articles (published DESC, id DESC) WHERE state = 'live';
CREATE INDEX articles_by_page_check ON articles (page_next_check) WHERE page_next_check IS NOT NULL;
CREATE INDEX held_articles_by_feed ON held_articles (feed);
CREATE INDEX subscriptions_by_guild ON subscriptions (guild_id);
CREATE INDEX search_phrases_by_use ON search_phrases (documents DESC);
CREATE INDEX deliveries_due ON deliveries (published, id) WHERE due IS NOT NULL;
CREATE INDEX deliveries_heads ON deliveries (channel_id, published, id)
    WHERE due IS NOT NULL AND state IN ('planned', 'claimed');
CREATE INDEX deliveries_by_subscription ON deliveries (subscription, published DESC, id DESC);
CREATE INDEX deliveries_by_fold ON deliveries (folded_into) WHERE folded_into IS NOT NULL;
CREATE INDEX hourly_by_channel ON hourly (channel_id, step, at);
CREATE UNIQUE INDEX incidents_open ON incidents (guild_id, channel_id, kind) WHERE ended_at IS NULL;
CREATE INDEX incidents_untold ON incidents (id) WHERE told_start = 0 OR (ended_at IS NOT NULL AND told_end = 0);
CREATE INDEX archive_addresses_by_state ON archive_addresses (import, state, kind, id);
CREATE INDEX search_documents_by_filter ON search_documents (published, feed, language, author);
CREATE INDEX search_documents_by_analyser ON search_documents (analyser);
CREATE INDEX shared_cards_due ON shared_cards (due) WHERE due IS NOT NULL;
CREATE INDEX shared_cards_by_article ON shared_cards (article);
CREATE INDEX shared_cards_by_place ON shared_cards (guild_id, channel_id);
CREATE INDEX shared_cards_blocked ON shared_cards (guild_id) WHERE blocked != '';
CREATE INDEX deliveries_stuck ON deliveries (subscription) WHERE due IS NULL AND problem != '';
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('search_terms',405);
INSERT INTO "sqlite_sequence" VALUES('search_words',379);
CREATE VIRTUAL TABLE search_titles USING fts5 (title, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');
INSERT INTO search_titles (rowid, title) VALUES (1, 'markets along the river, corrected');
INSERT INTO search_titles (rowid, title) VALUES (2, '강가의 시장 이야기');
INSERT INTO search_titles (rowid, title) VALUES (3, 'a post that a moderator deleted, corrected');
INSERT INTO search_titles (rowid, title) VALUES (6, 'nobody knows whether the forum has it');
INSERT INTO search_titles (rowid, title) VALUES (7, 'held until a moderator decides');
INSERT INTO search_titles (rowid, title) VALUES (8, 'missed article 8');
INSERT INTO search_titles (rowid, title) VALUES (9, 'missed article 9');
INSERT INTO search_titles (rowid, title) VALUES (10, 'missed article 10');
INSERT INTO search_titles (rowid, title) VALUES (11, 'waiting to be announced');
COMMIT;
PRAGMA user_version = 8;
