-- readable from: 1
-- What an audit row proves beside what happened: digests of the payload that was accepted and of the result that was reported, and its exit
-- code. Rows of format 1 are from before, or of an older silo.
ALTER TABLE audit ADD COLUMN format smallint NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN payload_digest bytea;
ALTER TABLE audit ADD COLUMN exit_code integer;
ALTER TABLE audit ADD COLUMN outcome_digest bytea;
