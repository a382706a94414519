BEGIN TRANSACTION;
CREATE TABLE alert_revisions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL, revision INTEGER NOT NULL,
        created INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (alert, revision)
    );
INSERT INTO "alert_revisions" VALUES(1,'41c7aa',1,1795517829029890318,'{"@timestamp":1767225600000000000,"message":"Alert 41c7aa","event.kind":"alert","event.dataset":"sentinel.alert","event.id":"41c7aa-1","event.severity":99,"sentinel.alert.id":"41c7aa","sentinel.alert.revision":1,"sentinel.alert.status":"open","sentinel.alert.first":1767225600000000000,"sentinel.alert.last":1767225600000000000}');
CREATE TABLE alerts (
        id TEXT PRIMARY KEY, short TEXT NOT NULL, revision INTEGER NOT NULL, status TEXT NOT NULL,
        severity INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, json TEXT NOT NULL
    ) WITHOUT ROWID;
INSERT INTO "alerts" VALUES('41c7aa','A-41C7',1,'open',99,1767225600000000000,1767225600000000000,'{"@timestamp":1767225600000000000,"message":"Alert 41c7aa","event.kind":"alert","event.dataset":"sentinel.alert","event.id":"41c7aa-1","event.severity":99,"sentinel.alert.id":"41c7aa","sentinel.alert.revision":1,"sentinel.alert.status":"open","sentinel.alert.first":1767225600000000000,"sentinel.alert.last":1767225600000000000}');
CREATE TABLE asset_documents (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, json TEXT NOT NULL
    );
INSERT INTO "asset_documents" VALUES(1,'a-1',1795517829029890318,'{"host.id":"a-1","host.name":"PLC-1","host.ip":["10.0.0.1"]}');
CREATE TABLE assets (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "assets" VALUES('a-1','{"id":"a-1"}');
CREATE TABLE changes (
        number INTEGER PRIMARY KEY, time INTEGER NOT NULL, asset TEXT NOT NULL, kind TEXT NOT NULL,
        attribute TEXT NOT NULL, before TEXT, after TEXT, frame INTEGER, file TEXT
    );
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "counters" VALUES('decisions',1);
CREATE TABLE cursors (
        sink TEXT NOT NULL, stream TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (sink, stream)
    ) WITHOUT ROWID;
INSERT INTO "cursors" VALUES('archive','alerts',0);
INSERT INTO "cursors" VALUES('archive','documents',0);
CREATE TABLE decisions (
        number INTEGER PRIMARY KEY, "when" INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, kind TEXT NOT NULL,
        target TEXT NOT NULL, value TEXT NOT NULL, before TEXT NOT NULL, hash TEXT NOT NULL UNIQUE
    );
INSERT INTO "decisions" VALUES(1,1767225600000000000,'ann','WO 4711','approve','A-41C7','{"keys": ["a b"], "until": 1767229200000000000}','0000000000000000000000000000000000000000000000000000000000000000','3a5ed51472537b653b340b2ed2e83e8d5a394a472cc882bae41a4bdf7f1ee906');
CREATE TABLE facts (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "facts" VALUES('learning','{"key":"learning","since":5}');
CREATE TABLE files (
        sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, packets INTEGER NOT NULL, added INTEGER NOT NULL
    , bytes INTEGER, head TEXT, taken TEXT) WITHOUT ROWID;
INSERT INTO "files" VALUES('ff00','a.pcap',7,1795517829029890318,NULL,NULL,NULL);
INSERT INTO "files" VALUES('ff01','b.pcap',9,1795517829029890319,1024,'aa','[[9,null,5]]');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('created','1795517829025547709');
INSERT INTO "meta" VALUES('line_time','1767225600000000000');
INSERT INTO "meta" VALUES('sensor','a370025aebe64a84b3ca50dcab7a2ba5');
INSERT INTO "meta" VALUES('site','acme');
CREATE TABLE parts (
        number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, path TEXT NOT NULL UNIQUE, hour INTEGER NOT NULL,
        first_position INTEGER NOT NULL, last_position INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        rows INTEGER NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL
    );
CREATE TABLE points (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, server TEXT, server_port INTEGER, vlan TEXT, protocol TEXT, unit INTEGER,
        "table" TEXT, address INTEGER, first_read INTEGER, first_written INTEGER, changes INTEGER NOT NULL DEFAULT 0,
        time INTEGER, number REAL, integer INTEGER, text TEXT, status TEXT, direction TEXT, file INTEGER, frame INTEGER
    , label TEXT, measure TEXT) WITHOUT ROWID;
CREATE TABLE sinks (
        name TEXT PRIMARY KEY, type TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0,
        refused INTEGER NOT NULL DEFAULT 0, delivered_at INTEGER, error TEXT, error_since INTEGER
    ) WITHOUT ROWID;
INSERT INTO "sinks" VALUES('archive','ndjson',0,0,NULL,NULL,NULL);
CREATE TABLE triage (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "triage" VALUES('41c7aa','{"id":"41c7aa"}');
CREATE INDEX changes_asset ON changes (asset);
CREATE INDEX alerts_short ON alerts (short);
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
        BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions
        BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE INDEX parts_position ON parts (kind, last_position);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('asset_documents',1);
INSERT INTO "sqlite_sequence" VALUES('alert_revisions',1);
COMMIT;
PRAGMA user_version = 2;
