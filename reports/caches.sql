-- Caches at a sample, those with most pages first.
WITH line AS (
  SELECT v.*, c.buffer_bytes
  FROM v_cache v JOIN cache c ON c.id = v.cache_id
  WHERE v.run_id = :run AND v.sample_id = :sample
    AND (:cache_id IS NULL OR v.cache_id = :cache_id)
    AND (:all OR :cache_id IS NOT NULL OR v.grown > 0))
SELECT 0 AS _total, name AS cache, buffer_bytes AS objsize_bytes,
  live_objs, cached_objs, free_objs,
  slabs_full, slabs_partial, slabs_free, pages, grown, reaped,
  allochit + allocmiss AS allocs_local, alloc_hit_pct AS alloc_hit_pct,
  freehit + freemiss AS frees_local, free_hit_pct AS free_hit_pct,
  remotefrees AS frees_remote, alienoverflow AS alien_overflow,
  internal_frag_pct AS frag_internal_pct, slab_frag_pct AS frag_slab_pct,
  cached_pct AS cached_pct
FROM line
UNION ALL
SELECT 1, 'total', NULL, sum(l.live_objs), sum(l.cached_objs),
  sum(l.free_objs), sum(slabs_full), sum(slabs_partial), sum(slabs_free),
  sum(l.pages), sum(l.grown), sum(l.reaped), sum(allochit + allocmiss),
  100.0 * sum(allochit) / nullif(sum(allochit + allocmiss), 0),
  sum(freehit + freemiss),
  100.0 * sum(freehit) / nullif(sum(freehit + freemiss), 0),
  sum(remotefrees), sum(l.alienoverflow),
  v.internal_frag_pct, v.slab_frag_pct, v.cached_pct
FROM line l JOIN (SELECT * FROM v_sample
  WHERE run_id = :run AND sample_id = :sample) v
WHERE :cache_id IS NULL
HAVING count(*) > 0
ORDER BY _total, pages DESC, cache;
