-- The slabs of a cache at a sample, full ones first. The first 24: more rows
-- nobody can read; slabs tells how many there are.
SELECT row_number() OVER (ORDER BY n.node,
    CASE x.list WHEN 'full' THEN 0 WHEN 'partial' THEN 1 ELSE 2 END,
    x.position) - 1 AS slab,
  x.live_objs, x.inuse_objs - x.live_objs AS cached_objs,
  c.objs_per_slab AS slots, count(*) OVER () AS slabs,
  'node ' || n.node || ', ' || x.list || ' #' || x.grow_number AS name
FROM slab_sample x JOIN cache c ON c.id = x.cache_id
JOIN node n ON n.id = x.node_id
WHERE x.sample_id = :sample AND x.cache_id = :cache_id
ORDER BY 1 LIMIT 24;
