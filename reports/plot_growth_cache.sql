-- The same of one cache.
SELECT time_ns, grown - lag(grown, 1, grown) OVER (ORDER BY k) AS grown,
  reaped - lag(reaped, 1, reaped) OVER (ORDER BY k) AS reaped
FROM v_cache WHERE run_id = :run AND cache_id = :cache_id ORDER BY k;
