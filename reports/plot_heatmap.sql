-- Live objects of each slab of a cache, a row for every slab and sample: an
-- image wants them all. NULL where the slab was not there. Slabs are in order
-- of node, then age.
WITH stored AS (
  SELECT s.k, s.time_ns, n.node, x.grow_number, x.live_objs,
    c.objs_per_slab
  FROM slab_sample x JOIN sample s ON s.id = x.sample_id
  JOIN node n ON n.id = x.node_id JOIN cache c ON c.id = x.cache_id
  WHERE x.cache_id = :cache_id AND s.run_id = :run),
slab AS (
  SELECT node, grow_number,
    row_number() OVER (ORDER BY node, grow_number) - 1 AS slab
  FROM stored GROUP BY node, grow_number)
SELECT s.k, s.time_ns, b.slab, b.node,
  100.0 * x.live_objs / x.objs_per_slab AS live_pct
FROM sample s JOIN slab b
LEFT JOIN stored x ON x.k = s.k AND x.grow_number = b.grow_number
  AND x.node = b.node
WHERE s.run_id = :run ORDER BY b.slab, s.k;
