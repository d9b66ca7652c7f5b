-- Nodes at a sample: their pages and all their caches.
SELECT 0 AS _total, node, limit_pages, in_use_pages, peak_pages,
  full_pages, partial_pages, free_pages, live_objs, cached_objs, free_objs,
  live_bytes, requested_bytes, grown, reaped, destroyed, listallocs,
  nodeallocs, alienoverflow AS alien_overflow,
  internal_frag_pct AS frag_internal_pct, slab_frag_pct AS frag_slab_pct,
  cached_pct
FROM v_node WHERE run_id = :run AND sample_id = :sample
UNION ALL
SELECT 1, 'total', sum(limit_pages), sum(in_use_pages), sum(peak_pages),
  sum(n.full_pages), sum(n.partial_pages), sum(n.free_pages), sum(n.live_objs),
  sum(n.cached_objs), sum(n.free_objs), sum(n.live_bytes),
  sum(n.requested_bytes), sum(n.grown), sum(n.reaped), sum(destroyed),
  sum(listallocs), sum(nodeallocs), sum(n.alienoverflow),
  v.internal_frag_pct, v.slab_frag_pct, v.cached_pct
FROM v_node n JOIN v_sample v ON v.sample_id = :sample AND v.run_id = :run
WHERE n.run_id = :run AND n.sample_id = :sample
ORDER BY _total, node;
