-- Slabs added and given back in each step of time, of all caches.
SELECT time_ns, grown - lag(grown, 1, grown) OVER (ORDER BY k) AS grown,
  reaped - lag(reaped, 1, reaped) OVER (ORDER BY k) AS reaped
FROM v_sample WHERE run_id = :run ORDER BY k;
