-- Hits and misses of the caches with most allocations, until a sample.
SELECT allochit, allocmiss, alloc_hit_pct, name FROM v_cache
WHERE run_id = :run AND sample_id = :sample AND allochit + allocmiss > 0
  AND (:cache_id IS NULL OR cache_id = :cache_id)
ORDER BY allochit + allocmiss DESC, chain_position DESC LIMIT min(:top, 30);
