-- A run at its last sample, in one row.
SELECT (SELECT count(*) FROM cache WHERE run_id = :run
    AND chain_position IS NOT NULL),
  (SELECT count(DISTINCT n.cache_id) FROM v_node_stat n
    WHERE n.sample_id = :sample AND n.grown > 0),
  (SELECT count(*) FROM sample WHERE run_id = :run),
  (SELECT sum(t.peak_pages) FROM node_page_stat t
    WHERE t.sample_id = :sample),
  v.pages, v.live_objs, v.cached_objs, v.free_objs, v.live_bytes,
  v.requested_bytes, v.grown, v.reaped, v.alienoverflow,
  v.internal_frag_pct, v.slab_frag_pct, v.cached_pct,
  p.alloc_hit_pct, p.free_hit_pct, p.remote_free_pct
FROM v_sample v, (
  SELECT 100.0 * sum(allochit) / nullif(sum(allochit + allocmiss), 0)
      AS alloc_hit_pct,
    100.0 * sum(freehit) / nullif(sum(freehit + freemiss), 0)
      AS free_hit_pct,
    100.0 * sum(remotefrees) / nullif(sum(freehit + freemiss + remotefrees), 0)
      AS remote_free_pct
  FROM v_cpu WHERE sample_id = :sample) p
WHERE v.sample_id = :sample;
