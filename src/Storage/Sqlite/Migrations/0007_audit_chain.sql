-- The audit as a hash chain: a link a commit, with a digest of each row that it wrote. Rows from before are in no chain.
CREATE TABLE audit_chains (
    chain      TEXT    PRIMARY KEY,
    link       INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    start_link INTEGER NOT NULL DEFAULT 0,
    start_hash BLOB    NOT NULL DEFAULT (zeroblob(32))
) STRICT;

CREATE TABLE audit_links (
    chain   TEXT    NOT NULL,
    link    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    hash    BLOB    NOT NULL,
    entries BLOB    NOT NULL,
    PRIMARY KEY (chain, link)
) STRICT;
