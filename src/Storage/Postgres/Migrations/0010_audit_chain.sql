-- readable from: 1
-- The audit as hash chains: a link a statement, with a digest of each row that it wrote. Rows from before, and of older builds in the cluster,
-- are in no chain. Each writing connection has a chain, so that none waits for another's commit.
CREATE TABLE audit_chains (
    link       bigint NOT NULL DEFAULT 0,
    start_link bigint NOT NULL DEFAULT 0,
    at         bigint NOT NULL DEFAULT 0,
    chain      text   COLLATE "C" PRIMARY KEY,
    hash       bytea  NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    start_hash bytea  NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
) WITH (fillfactor = 50);

CREATE TABLE audit_links (
    link    bigint   NOT NULL,
    at      bigint   NOT NULL,
    kind    smallint NOT NULL,
    chain   text     COLLATE "C" NOT NULL,
    hash    bytea    NOT NULL,
    entries bytea    NOT NULL,
    PRIMARY KEY (chain, link)
);
-- Digests can't be compressed.
ALTER TABLE audit_links ALTER COLUMN entries SET STORAGE EXTERNAL;
