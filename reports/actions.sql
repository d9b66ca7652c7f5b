-- What was done to the machine on the way (run --actions). Times as they were
-- given: tables show numbers with a fraction to one digit, which says 0.0 of 7 us.
SELECT 0 AS _total, number AS action, time_ns, tick, events, operation, result
FROM run_action WHERE run_id = :run ORDER BY number;
