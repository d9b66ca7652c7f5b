-- What was done to the machine on the way (run --actions).
SELECT 0 AS _total, number AS action, time_ns / 1e6 AS ms, tick, events,
  operation, result
FROM run_action WHERE run_id = :run ORDER BY number;
