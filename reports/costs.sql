-- What a run with timing took the allocator's steps to cost.
SELECT 0 AS _total, name AS cost, value, source
FROM timing_cost WHERE run_id = :run ORDER BY rowid;
