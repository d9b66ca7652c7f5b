-- Simulated latencies, of whole runs with timing; most time first.
SELECT l.cache_id IS NULL AS _total, coalesce(c.name, 'all') AS cache, l.op,
  l.operations, l.sum_ns, l.delay_ns, l.p50_ns, l.p90_ns, l.p99_ns, l.p999_ns,
  l.max_ns
FROM latency l LEFT JOIN cache c ON c.id = l.cache_id
WHERE l.run_id = :run AND (:cache_id IS NULL OR l.cache_id = :cache_id)
ORDER BY _total, l.sum_ns DESC, cache, l.op;
