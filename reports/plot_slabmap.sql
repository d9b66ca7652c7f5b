-- The slabs of a cache at a sample, a row an object. state: 0 live, 1 in the
-- array of CPU holder, 2 in the shared, 3 in the alien array of node holder,
-- 4 in some array, 5 free (holder -1); of objects beside each other in the same state,
-- run_objs from run_first on. In a picture of more than 20 slabs nobody could
-- read them: those whose objects are not all live are the first to be shown.
WITH RECURSIVE
ranked AS (
  SELECT v.*, count(*) OVER () AS slabs, row_number() OVER (ORDER BY
    CASE WHEN v.cached_objs > 0 THEN 0 WHEN v.free_objs = 0 THEN 3
      WHEN v.live_objs > 0 THEN 1 ELSE 2 END,
    v.node, v.list, v.position) AS importance
  FROM v_slab v WHERE v.sample_id = :sample AND v.cache_id = :cache_id),
chosen AS (
  SELECT r.*, row_number() OVER (ORDER BY r.node,
    CASE r.list WHEN 'full' THEN 0 WHEN 'partial' THEN 1 ELSE 2 END,
    r.position) - 1 AS slab
  FROM ranked r WHERE r.importance <= 20),
runs AS (
  SELECT c.slab, c.slabs, c.in_order, o.objs,
    sum(o.objs) OVER (PARTITION BY c.slab ORDER BY o.seq) - o.objs AS first,
    sum(o.objs) OVER (PARTITION BY c.slab) AS slots,
    CASE o.state WHEN 'live' THEN 0 WHEN 'cpu' THEN 1 WHEN 'shared' THEN 2
      WHEN 'alien' THEN 3 WHEN 'array' THEN 4 ELSE 5 END AS state,
    coalesce(o.cpu, o.array_node, -1) AS holder,
    'node ' || c.node || ', ' || c.list || ' #' || c.grow_number AS name
  FROM chosen c
  JOIN v_slab_objs o ON o.node_id = c.node_id AND o.list = c.list
    AND o.position = c.position
  WHERE o.sample_id = :sample AND o.cache_id = :cache_id),
numbers(i) AS (
  SELECT 0 UNION ALL
  SELECT i + 1 FROM numbers WHERE i + 1 < (SELECT max(objs) FROM runs))
SELECT slab, first + i AS obj, state, holder, first AS run_first,
  objs AS run_objs, slots, slabs, in_order, name
FROM runs JOIN numbers ON i < objs
ORDER BY slab, obj;
