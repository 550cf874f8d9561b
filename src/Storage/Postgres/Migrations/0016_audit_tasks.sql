-- readable from: 1
-- Tasks that are gone and whose audit rows are kept longer than they: what those rows need of them.
CREATE TABLE audit_tasks (
    number   bigint PRIMARY KEY,
    ended_at bigint NOT NULL,
    id       uuid   NOT NULL,
    tenant   text   COLLATE "C" NOT NULL
);
CREATE INDEX audit_tasks_ended ON audit_tasks (ended_at);
