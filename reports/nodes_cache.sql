-- Nodes at a sample: one cache.
SELECT 0 AS _total, f.node, f.pages, f.fewest_pages, f.slabs_full,
  f.slabs_partial, f.slabs_free, f.live_objs, f.cached_objs, f.free_objs,
  v.shared_avail_objs AS in_shared_objs, f.requested_bytes, v.grown, v.reaped,
  v.destroyed, v.listallocs, v.maxfreeable, v.nodeallocs,
  v.alienoverflow AS alien_overflow,
  f.internal_frag_pct AS frag_internal_pct, f.slab_frag_pct AS frag_slab_pct,
  f.cached_pct
FROM v_frag f JOIN v_node_stat v ON v.run_id = f.run_id
  AND v.sample_id = f.sample_id AND v.cache_id = f.cache_id
  AND v.node_id = f.node_id
WHERE f.run_id = :run AND f.sample_id = :sample AND f.cache_id = :cache_id
ORDER BY f.node;
