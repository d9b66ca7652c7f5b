-- The caches of a run at a sample that were ever used, column by metric.
SELECT * FROM v_cache
WHERE run_id = :run AND sample_id = :sample
  AND (grown > 0 OR allochit + allocmiss + nodeallocs > 0);
