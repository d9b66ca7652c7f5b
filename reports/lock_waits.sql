-- Simulated waiting for locks, of whole runs with timing; longest first.
SELECT 0 AS _total, w.class AS class, c.name AS cache, n.node AS node, o.node AS other_node,
  w.acquisitions, w.contended, w.wait_ns AS wait_ns, w.max_wait_ns, w.hold_ns
FROM lock_wait w LEFT JOIN cache c ON c.id = w.cache_id
LEFT JOIN node n ON n.id = w.node_id
LEFT JOIN node o ON o.id = w.other_node_id
WHERE w.run_id = :run
  AND (:cache_id IS NULL OR w.cache_id = :cache_id)
  AND (:all OR :cache_id IS NOT NULL OR w.contended > 0)
UNION ALL
SELECT 1, 'total', NULL, NULL, NULL, sum(acquisitions), sum(contended),
  sum(wait_ns), max(max_wait_ns), sum(hold_ns)
FROM lock_wait WHERE run_id = :run AND :cache_id IS NULL HAVING count(*) > 0
ORDER BY _total, wait_ns DESC, class, cache, node, other_node;
