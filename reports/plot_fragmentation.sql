-- Slab fragmentation over time, of the caches with most pages at the end. It is
-- v_cache's, added up here: that view adds up the CPUs of all runs, too, which
-- takes seconds where there are many.
WITH largest AS (
  SELECT cache_id, sum(pages) AS pages FROM v_frag
  WHERE run_id = :run AND sample_id = (SELECT max(id) FROM sample
    WHERE run_id = :run)
  GROUP BY cache_id HAVING sum(pages) > 0),
chosen AS (
  SELECT c.id, c.name, c.objs_per_slab,
    row_number() OVER (ORDER BY l.pages DESC, c.chain_position DESC) AS place
  FROM largest l JOIN cache c ON c.id = l.cache_id
  ORDER BY place LIMIT min(:top, 8))
SELECT v.time_ns,
  100.0 * (sum(v.free_objs) - sum(v.slabs_free) * c.objs_per_slab)
    / nullif(sum(v.slabs_full + v.slabs_partial) * c.objs_per_slab, 0)
    AS slab_frag_pct, c.name AS line
FROM chosen c JOIN v_node_stat v ON v.cache_id = c.id
WHERE v.run_id = :run GROUP BY c.place, v.k ORDER BY c.place, v.k;
