"""The tables of the job database, as the steps that led to them. A step that was released is never changed."""

MIGRATIONS = (
    """
    CREATE TABLE jobs (
        seq INTEGER PRIMARY KEY,     -- order of submission
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        number REAL NOT NULL,        -- lower runs first
        client TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL,       -- Unix seconds
        started REAL,
        finished REAL,
        ended INTEGER,               -- order of ending; null while it has not
        outputs TEXT NOT NULL DEFAULT '{}',
        shown_by TEXT NOT NULL DEFAULT '{}',
        seconds TEXT NOT NULL DEFAULT '{}',
        milestones TEXT NOT NULL DEFAULT '[]'
    );
    CREATE INDEX jobs_open ON jobs (number, seq) WHERE ended IS NULL;
    CREATE UNIQUE INDEX jobs_ended ON jobs (ended) WHERE ended IS NOT NULL;
    -- Apart from jobs, so that a change of state does not rewrite a large prompt.
    CREATE TABLE requests (
        seq INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
        prompt TEXT NOT NULL,
        targets TEXT NOT NULL,
        extra_data TEXT NOT NULL
    )
    """,
    """
    ALTER TABLE jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;  -- minus the priority; lower runs first
    ALTER TABLE jobs ADD COLUMN retry_of TEXT;                    -- id of the job whose request it repeats
    ALTER TABLE jobs ADD COLUMN key TEXT;                         -- what the client calls its request
    ALTER TABLE jobs ADD COLUMN digest BLOB;                      -- what it asked for under that key
    DROP INDEX jobs_open;
    CREATE INDEX jobs_open ON jobs (rank, number, seq) WHERE ended IS NULL;
    CREATE UNIQUE INDEX jobs_key ON jobs (key) WHERE key IS NOT NULL;
    CREATE TABLE switches (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID
    """,
    """
    ALTER TABLE jobs ADD COLUMN title TEXT;  -- what the workflow is called
    """,
    """
    CREATE TABLE webhooks (
        seq INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
        url TEXT NOT NULL
    );
    -- Apart, and only until nothing is left to be delivered.
    CREATE TABLE webhook_secrets (
        seq INTEGER PRIMARY KEY REFERENCES webhooks ON DELETE CASCADE,
        secret TEXT NOT NULL
    );
    CREATE TABLE deliveries (
        id TEXT PRIMARY KEY,
        seq INTEGER NOT NULL REFERENCES webhooks ON DELETE CASCADE,
        event TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending',
        attempts INTEGER NOT NULL DEFAULT 0,
        due REAL NOT NULL DEFAULT 0, -- Unix seconds
        at REAL,                     -- of the last attempt
        status INTEGER,              -- of its answer
        error TEXT
    );
    CREATE INDEX deliveries_of ON deliveries (seq);
    CREATE INDEX deliveries_open ON deliveries (due) WHERE state = 'pending'
    """,
    """
    ALTER TABLE jobs ADD COLUMN owner TEXT NOT NULL DEFAULT '';  -- the id of an access token; '': the server's own
    CREATE INDEX jobs_owner ON jobs (owner);
    DROP INDEX jobs_key;
    CREATE UNIQUE INDEX jobs_key ON jobs (owner, key) WHERE key IS NOT NULL
    """,
    """
    -- The name of the one that calls are signed with.
    ALTER TABLE webhooks ADD COLUMN credential TEXT
    """,
    """
    DROP INDEX jobs_owner;
    CREATE INDEX jobs_owner ON jobs (owner, ended)  -- so that what is kept of each owner is counted quickly
    """,
)
"""Script ``i`` leads from version ``i`` to ``i + 1``."""
