-- Bytes of the largest caches at a sample: live, cached, free slots, and what
-- of the pages no slot can use.
SELECT v.live_bytes, v.cached_objs * c.buffer_bytes AS cached_bytes,
  v.free_objs * c.buffer_bytes AS free_bytes,
  v.num_slabs * (c.slab_bytes - c.objs_per_slab * c.buffer_bytes)
    AS overhead_bytes, v.name
FROM v_cache v JOIN cache c ON c.id = v.cache_id
WHERE v.run_id = :run AND v.sample_id = :sample AND v.pages > 0
  AND (:cache_id IS NULL OR v.cache_id = :cache_id)
ORDER BY v.pages DESC, v.chain_position DESC LIMIT min(:top, 30);
