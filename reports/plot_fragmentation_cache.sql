-- The same of one cache, by node.
SELECT time_ns, slab_frag_pct, 'node ' || node AS line FROM v_frag
WHERE run_id = :run AND cache_id = :cache_id ORDER BY node, k;
