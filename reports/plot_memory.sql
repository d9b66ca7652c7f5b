-- Memory over time of all caches, and what cache_reap gave back since the
-- sample before.
SELECT v.time_ns, v.full_pages * r.page_bytes AS full_bytes,
  v.partial_pages * r.page_bytes AS partial_bytes,
  v.free_pages * r.page_bytes AS free_bytes, v.live_bytes, v.cached_bytes,
  v.reaped - lag(v.reaped, 1, v.reaped) OVER (ORDER BY v.k) AS reaped
FROM v_sample v JOIN run r ON r.id = v.run_id
WHERE v.run_id = :run
ORDER BY v.k;
