-- readable from: 1
-- What silos write of themselves is of the cluster's time, as all that Orleans compares it with: it stamps them with the machine's clock.
-- One that was two hours ahead counted as alive for two hours after it was killed; one that was behind was taken for dead when it joined.
CREATE FUNCTION openclaw_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT clock_timestamp() + ahead * interval '1 microsecond' FROM openclaw_clock
$$;

-- 2 is Joining: only a silo itself writes that. Others are written as they were read, by whoever declares them dead.
UPDATE OrleansQuery SET QueryText = replace(replace(QueryText,
    '@IAmAliveTime', 'CASE WHEN @Status = 2 THEN openclaw_now() ELSE least(@IAmAliveTime, openclaw_now()) END'),
    '@StartTime', 'CASE WHEN @Status = 2 THEN openclaw_now() ELSE @StartTime END')
WHERE QueryKey = 'InsertMembershipKey';
UPDATE OrleansQuery SET QueryText = replace(QueryText, '@IAmAliveTime', 'least(@IAmAliveTime, openclaw_now())')
WHERE QueryKey = 'UpdateMembershipKey';
UPDATE OrleansQuery SET QueryText = replace(QueryText, '@IAmAliveTime', 'greatest(openclaw_now(), least(@IAmAliveTime, openclaw_now()))')
WHERE QueryKey = 'UpdateIAmAlivetimeKey';
