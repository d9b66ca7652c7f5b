-- Slabs one by one at a sample, as far as the run stored them; cached_in: whose
-- arrays hold its cached objects.
SELECT 0 AS _total, v.name AS cache, v.node, v.list, v.position,
  v.grow_number AS grown_as, v.frame AS first_frame,
  v.live_objs + v.cached_objs + v.free_objs AS slots,
  v.live_objs + v.cached_objs AS inuse_objs, v.live_objs, v.cached_objs,
  v.occupied_pct,
  (SELECT group_concat(holder || ': ' || objs, ', ') FROM (
    SELECT o.state || ifnull(' ' || ifnull(o.cpu, o.array_node), '')
        AS holder, sum(o.objs) AS objs
    FROM v_slab_objs o
    WHERE o.sample_id = v.sample_id AND o.cache_id = v.cache_id
      AND o.node_id = v.node_id AND o.list = v.list
      AND o.position = v.position AND o.state NOT IN ('live', 'free')
    GROUP BY o.state, o.cpu, o.array_node
    ORDER BY o.state = 'cpu' DESC, o.state DESC, o.cpu, o.array_node))
    AS cached_in,
  CASE WHEN v.in_order THEN v.obj_map END AS obj_map
FROM v_slab v
WHERE v.sample_id = :sample AND (:cache_id IS NULL OR v.cache_id = :cache_id)
ORDER BY v.name, v.node,
  CASE v.list WHEN 'full' THEN 0 WHEN 'partial' THEN 1 ELSE 2 END, v.position;
