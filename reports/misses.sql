-- Why allocations missed, of caches at a sample; most misses first.
WITH line AS (
  SELECT * FROM v_miss
  WHERE run_id = :run AND sample_id = :sample
    AND (:cache_id IS NULL OR cache_id = :cache_id)
    AND (:all OR :cache_id IS NOT NULL OR allocmiss > 0))
SELECT 0 AS _total, name AS cache, allocmiss AS alloc_misses, miss_cold AS cold,
  miss_reaped AS reaped, miss_capacity AS capacity, miss_stranded AS stranded,
  miss_other AS other, miss_cold_pct AS cold_pct,
  miss_reaped_pct AS reaped_pct, miss_capacity_pct AS capacity_pct,
  miss_stranded_pct AS stranded_pct, miss_other_pct AS other_pct
FROM line
UNION ALL
SELECT 1, 'total', sum(allocmiss), sum(miss_cold), sum(miss_reaped),
  sum(miss_capacity), sum(miss_stranded), sum(miss_other),
  100.0 * sum(miss_cold) / nullif(sum(allocmiss), 0),
  100.0 * sum(miss_reaped) / nullif(sum(allocmiss), 0),
  100.0 * sum(miss_capacity) / nullif(sum(allocmiss), 0),
  100.0 * sum(miss_stranded) / nullif(sum(allocmiss), 0),
  100.0 * sum(miss_other) / nullif(sum(allocmiss), 0)
FROM line WHERE :cache_id IS NULL
HAVING count(*) > 0
ORDER BY _total, alloc_misses DESC, cache;
