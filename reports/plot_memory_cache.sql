-- The same of one cache.
SELECT v.time_ns, v.slabs_full * c.slab_bytes AS full_bytes,
  v.slabs_partial * c.slab_bytes AS partial_bytes,
  v.slabs_free * c.slab_bytes AS free_bytes, v.live_bytes,
  v.cached_objs * c.buffer_bytes AS cached_bytes,
  v.reaped - lag(v.reaped, 1, v.reaped) OVER (ORDER BY v.k) AS reaped
FROM v_cache v JOIN cache c ON c.id = v.cache_id
WHERE v.run_id = :run AND v.cache_id = :cache_id
ORDER BY v.k;
