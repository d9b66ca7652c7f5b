-- Classes of misses of the caches with most of them, until a sample.
SELECT miss_cold, miss_reaped, miss_capacity, miss_stranded, miss_other, name
FROM v_miss
WHERE run_id = :run AND sample_id = :sample AND allocmiss > 0
  AND miss_cold IS NOT NULL
  AND (:cache_id IS NULL OR cache_id = :cache_id)
ORDER BY allocmiss DESC, cache_id LIMIT min(:top, 30);
