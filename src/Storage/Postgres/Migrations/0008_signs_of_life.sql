-- readable from: 1
-- A sign of life is of the database's time: a silo whose own clock was two hours ahead counted as alive for two hours after it was
-- killed, and nobody could join.
UPDATE OrleansQuery SET QueryText = replace(QueryText, '@IAmAliveTime', 'least(@IAmAliveTime, clock_timestamp())')
WHERE QueryKey IN ('InsertMembershipKey', 'UpdateMembershipKey');
UPDATE OrleansQuery SET QueryText = replace(QueryText, '@IAmAliveTime', 'greatest(clock_timestamp(), least(@IAmAliveTime, clock_timestamp()))')
WHERE QueryKey = 'UpdateIAmAlivetimeKey';
