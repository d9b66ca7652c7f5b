-- Slabs one by one at a sample, as far as the run stored them.
SELECT 0 AS _total, c.name AS cache, n.node, s.list, s.position,
  s.grow_number AS grown_as, s.frame AS first_frame, c.objs_per_slab AS slots,
  s.inuse_objs, s.live_objs, s.inuse_objs - s.live_objs AS cached_objs,
  100.0 * s.live_objs / c.objs_per_slab AS occupied_pct
FROM slab_sample s JOIN cache c ON c.id = s.cache_id
JOIN node n ON n.id = s.node_id
WHERE s.sample_id = :sample AND (:cache_id IS NULL OR s.cache_id = :cache_id)
ORDER BY c.name, n.node,
  CASE s.list WHEN 'full' THEN 0 WHEN 'partial' THEN 1 ELSE 2 END, s.position;
