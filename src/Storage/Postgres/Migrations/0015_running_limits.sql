-- readable from: 1
-- How many tasks of a token may run at once, of tokens that are held to a number. The token's record is the truth; queues look here.
CREATE TABLE token_limits (
    tenant      text    COLLATE "C" NOT NULL,
    token       text    COLLATE "C" NOT NULL,
    max_running integer NOT NULL,
    PRIMARY KEY (tenant, token)
);
