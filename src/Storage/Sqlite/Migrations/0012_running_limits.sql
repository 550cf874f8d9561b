-- How many tasks of a token may run at once, of tokens that are held to a number. The token's record is the truth; queues look here.
CREATE TABLE token_limits (
    tenant      TEXT    NOT NULL,
    token       TEXT    NOT NULL,
    max_running INTEGER NOT NULL,
    PRIMARY KEY (tenant, token)
) STRICT, WITHOUT ROWID;
