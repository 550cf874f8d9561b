-- readable from: 1
-- What Orleans' ADO.NET providers (10.4) work on. They know one table by name, OrleansQuery, and take their statements from it; the
-- names of the other tables and their keys are ours, the names of parameters and results theirs. Every key is a real one, a first
-- write is an INSERT that a second one can't repeat, and each text is one statement: what it checks and what it changes go together.

-- ETags of values and reminders. Never the same twice (but after two billion writes), so that the ETag of something deleted
-- can't fit what was made anew under its name. The providers read them as integer.
CREATE SEQUENCE orleans_versions AS integer MINVALUE 1 CYCLE;

-- Which silos there are. The version of the whole table grows with every change of who is a member; signs of life don't count.
CREATE TABLE orleans_cluster (
    cluster_id text    COLLATE "C" NOT NULL PRIMARY KEY,
    version    integer NOT NULL
);

CREATE TABLE orleans_silos (
    cluster_id    text        COLLATE "C" NOT NULL,
    address       text        COLLATE "C" NOT NULL,
    port          integer     NOT NULL,
    generation    integer     NOT NULL,
    silo_name     text        NOT NULL,
    host_name     text        NOT NULL,
    status        integer     NOT NULL,
    gateway_port  integer     NOT NULL,
    suspect_times text,
    started_at    timestamptz NOT NULL,
    alive_at      timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

-- State of the low-rate grains. The provider names a grain by its state's name, two numbers and a text: a key that reads as a number
-- or as a UUID is in the numbers, every other in the text. It gives hashes, too, for indexes that are not unique: not needed here.
CREATE TABLE orleans_values (
    service_id text    COLLATE "C" NOT NULL,
    state_name text    COLLATE "C" NOT NULL,
    n0         bigint  NOT NULL,
    n1         bigint  NOT NULL,
    key        text    COLLATE "C" NOT NULL,
    version    integer NOT NULL,
    payload    bytea,
    PRIMARY KEY (service_id, state_name, key, n0, n1)
) WITH (fillfactor = 80);

CREATE TABLE orleans_reminders (
    service_id text        COLLATE "C" NOT NULL,
    grain_id   text        COLLATE "C" NOT NULL,
    name       text        COLLATE "C" NOT NULL,
    hash       integer     NOT NULL,
    start_at   timestamptz NOT NULL,
    period     bigint      NOT NULL,
    version    integer     NOT NULL,
    PRIMARY KEY (service_id, grain_id, name)
);
CREATE INDEX orleans_reminders_ring ON orleans_reminders (service_id, hash);

CREATE TABLE OrleansQuery (
    QueryKey  text NOT NULL PRIMARY KEY,
    QueryText text NOT NULL
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES

-- Clustering ----------------------------------------------------------------------------------------------------------------------

('InsertMembershipVersionKey', $$
WITH made AS (
    INSERT INTO orleans_cluster (cluster_id, version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) > 0 FROM made
$$),

-- The row lock on the version lets one writer through; the next one finds another version than it read, and changes nothing.
('InsertMembershipKey', $$
WITH next AS (
    UPDATE orleans_cluster SET version = version + 1
    WHERE cluster_id = @DeploymentId AND version = @Version AND NOT EXISTS (
        SELECT 1 FROM orleans_silos
        WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster_id
), silo AS (
    INSERT INTO orleans_silos
        (cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
    SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM next
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) > 0 FROM silo
$$),

-- Whoever declares another dead has read its sign of life before: it must not take back a later one.
('UpdateMembershipKey', $$
WITH next AS (
    UPDATE orleans_cluster SET version = version + 1
    WHERE cluster_id = @DeploymentId AND version = @Version AND EXISTS (
        SELECT 1 FROM orleans_silos
        WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster_id
), silo AS (
    UPDATE orleans_silos
    SET status = @Status, suspect_times = @SuspectTimes, alive_at = greatest(alive_at, @IAmAliveTime)
    FROM next
    WHERE orleans_silos.cluster_id = next.cluster_id AND address = @Address AND port = @Port AND generation = @Generation
    RETURNING 1
)
SELECT count(*) > 0 FROM silo
$$),

('UpdateIAmAlivetimeKey', $$
UPDATE orleans_silos SET alive_at = @IAmAliveTime
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),

('MembershipReadRowKey', $$
SELECT version AS "Version", address AS "Address", port AS "Port", generation AS "Generation", silo_name AS "SiloName",
    host_name AS "HostName", status AS "Status", gateway_port AS "ProxyPort", suspect_times AS "SuspectTimes",
    started_at AS "StartTime", alive_at AS "IAmAliveTime"
FROM orleans_cluster
LEFT JOIN orleans_silos ON orleans_silos.cluster_id = orleans_cluster.cluster_id
    AND address = @Address AND port = @Port AND generation = @Generation
WHERE orleans_cluster.cluster_id = @DeploymentId
$$),

('MembershipReadAllKey', $$
SELECT version AS "Version", address AS "Address", port AS "Port", generation AS "Generation", silo_name AS "SiloName",
    host_name AS "HostName", status AS "Status", gateway_port AS "ProxyPort", suspect_times AS "SuspectTimes",
    started_at AS "StartTime", alive_at AS "IAmAliveTime"
FROM orleans_cluster
LEFT JOIN orleans_silos ON orleans_silos.cluster_id = orleans_cluster.cluster_id
WHERE orleans_cluster.cluster_id = @DeploymentId
$$),

('GatewaysQueryKey', $$
SELECT address AS "Address", gateway_port AS "ProxyPort", generation AS "Generation"
FROM orleans_silos WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0
$$),

('DeleteMembershipTableEntriesKey', $$
WITH silos AS (DELETE FROM orleans_silos WHERE cluster_id = @DeploymentId)
DELETE FROM orleans_cluster WHERE cluster_id = @DeploymentId
$$),

-- 6 is Dead.
('CleanupDefunctSiloEntriesKey', $$
DELETE FROM orleans_silos
WHERE cluster_id = @DeploymentId AND status = 6 AND alive_at < @IAmAliveTime AND started_at < @IAmAliveTime
$$),

-- One dead silo, if it is still as it was read.
('CleanupDefunctSiloEntryKey', $$
DELETE FROM orleans_silos
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
    AND started_at = @StartTime AND alive_at = @IAmAliveTime
    AND coalesce(suspect_times, '') = coalesce(CAST(@SuspectTimes AS text), '')
$$),

-- Values --------------------------------------------------------------------------------------------------------------------------

('ReadFromStorageKey', $$
SELECT payload AS "PayloadBinary", version AS "Version" FROM orleans_values
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key = coalesce(CAST(@GrainIdExtensionString AS text), '')
    AND n0 = @GrainIdN0 AND n1 = @GrainIdN1
$$),

-- No row in the answer is a conflict.
('WriteToStorageKey', $$
WITH first AS (
    INSERT INTO orleans_values (service_id, state_name, n0, n1, key, version, payload)
    SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(CAST(@GrainIdExtensionString AS text), ''),
        nextval('orleans_versions'), @PayloadBinary
    WHERE CAST(@GrainStateVersion AS integer) IS NULL
    ON CONFLICT DO NOTHING RETURNING version
), later AS (
    UPDATE orleans_values SET version = nextval('orleans_versions'), payload = @PayloadBinary
    WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key = coalesce(CAST(@GrainIdExtensionString AS text), '')
        AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = CAST(@GrainStateVersion AS integer)
    RETURNING version
)
SELECT version AS "NewGrainStateVersion" FROM first UNION ALL SELECT version FROM later
$$),

('ClearStorageKey', $$
UPDATE orleans_values SET version = nextval('orleans_versions'), payload = NULL
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key = coalesce(CAST(@GrainIdExtensionString AS text), '')
    AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = CAST(@GrainStateVersion AS integer)
RETURNING version AS "NewGrainStateVersion"
$$),

('DeleteStorageKey', $$
DELETE FROM orleans_values
WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key = coalesce(CAST(@GrainIdExtensionString AS text), '')
    AND n0 = @GrainIdN0 AND n1 = @GrainIdN1 AND version = CAST(@GrainStateVersion AS integer)
RETURNING 0 AS "NewGrainStateVersion"
$$),

-- Reminders -----------------------------------------------------------------------------------------------------------------------

('UpsertReminderRowKey', $$
INSERT INTO orleans_reminders (service_id, grain_id, name, hash, start_at, period, version)
VALUES (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period, nextval('orleans_versions'))
ON CONFLICT (service_id, grain_id, name) DO UPDATE
    SET start_at = excluded.start_at, period = excluded.period, version = excluded.version
RETURNING version AS "Version"
$$),

('ReadReminderRowKey', $$
SELECT grain_id AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName
$$),

('ReadReminderRowsKey', $$
SELECT grain_id AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service_id = @ServiceId AND grain_id = @GrainId
$$),

-- A part of the ring that does not pass its end, in the order of signed numbers: the provider chooses between the two.
('ReadRangeRows1Key', $$
SELECT grain_id AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service_id = @ServiceId AND hash > @BeginHash AND hash <= @EndHash
$$),

('ReadRangeRows2Key', $$
SELECT grain_id AS "GrainId", name AS "ReminderName", start_at AS "StartTime", period AS "Period", version AS "Version"
FROM orleans_reminders WHERE service_id = @ServiceId AND (hash > @BeginHash OR hash <= @EndHash)
$$),

('DeleteReminderRowKey', $$
WITH gone AS (
    DELETE FROM orleans_reminders
    WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName AND version = @Version RETURNING 1
)
SELECT count(*) > 0 FROM gone
$$),

('DeleteReminderRowsKey', $$
DELETE FROM orleans_reminders WHERE service_id = @ServiceId
$$);
