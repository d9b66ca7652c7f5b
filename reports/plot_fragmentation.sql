-- Slab fragmentation over time, of the caches with most pages at the end.
WITH largest AS (
  SELECT cache_id, pages FROM v_cache
  WHERE run_id = :run AND sample_id = (SELECT max(id) FROM sample
    WHERE run_id = :run) AND pages > 0
  ORDER BY pages DESC, chain_position DESC LIMIT min(:top, 8))
SELECT v.time_ns, v.slab_frag_pct, v.name AS line
FROM largest l JOIN v_cache v ON v.cache_id = l.cache_id
WHERE v.run_id = :run ORDER BY l.pages DESC, v.chain_position DESC, v.k;
