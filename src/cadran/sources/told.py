"""What each setting of a source means, for people. ``docs/sources.md`` is written from it."""

from __future__ import annotations

DATABASE = {
    "url": "Which database: see above. Nothing is opened before a query of it is first read.",
    "connections": "The most connections that all queries of it have together. One that needs another waits, at most "
    "as long as its `timeout`.",
}
QUERY = {
    "sql": "One statement that reads. Values are never put into its text: `:name` is always bound.",
    "every": "How often it is read while somebody looks: its floor, which no viewer can lower.",
    "cursor": "A column that is unique, grows with each new row and orders the result: only the rows behind the last "
    "one are read. The SQL says `:cursor`, and may say `:limit`, and beside `keep` also `:since`: the moment when that "
    "begins.",
    "time": "The column that says when a row happened.",
    "late": "How long after the newest row another may come that happened earlier: so far back rows are read "
    "again. The SQL says `:since` and `:limit`; `time` and `key` are needed.",
    "key": "The column that identifies a row, so that a changed row is a changed row.",
    "keep": "How long rows stay in memory, by their `time`. None keeps all, up to a million. A cursor begins there too "
    "where its SQL says `ts >= :since`.",
    "notify": "A channel of PostgreSQL's NOTIFY: each notice is a read soon, before the interval has passed.",
    "probe": "SQL, or a function without arguments, whose result differs once the data did. In place of what the "
    "database tells by itself.",
    "past": "SQL of all rows there ever were, for charts of `cadran.splice` that are scrolled back past those that are "
    "kept. None: the query itself, without `column > :cursor` and `ORDER BY … LIMIT :limit`.",
    "timeout": "How long a read may take. Past it the statement is ended at the database, and the panel says so.",
    "always": "Read even when nobody looks.",
    "limit": "Rows read at a time with `cursor` or `late`.",
    "max_rows": "Of a whole result with more rows, only so many first ones are read and shown, and the panel says so.",
    "name": "What it is called in messages and statistics. Without one: the first table that the SQL names.",
}
FUNCTION = {
    "every": "How often it is called while somebody looks.",
    "timeout": "How long a call may take. An async one is cancelled; a sync one is marked as hung, and not called "
    "again before it ends.",
    "key": "The column that identifies a row.",
    "time": "The column that says when a row happened.",
    "keep": "How long rows stay, by their `time`.",
    "always": "Called even when nobody looks.",
    "name": "What it is called in messages. Without one: the function's name.",
}
