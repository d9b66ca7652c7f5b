-- Frees of another node's objects until a sample: by the node of the CPU and
-- the node of the object. Of two nodes the CPUs' own counters tell; of more,
-- the steps that were stored (first_event to last_event; 0: of all events), which
-- do not include the start of the machine: early_objs are what it freed so.
WITH shape AS (SELECT nodes FROM run WHERE id = :run),
span AS (
  SELECT CASE WHEN all_steps THEN 0 ELSE first END AS first,
    CASE WHEN all_steps THEN 0 ELSE last END AS last
  FROM (SELECT json_extract(config, '$.steps[0]') AS first,
    min(events, json_extract(config, '$.steps[1]')) AS last,
    json_extract(config, '$.steps[0]') = 1
      AND json_extract(config, '$.steps[1]') >= events AS all_steps
    FROM run WHERE id = :run)),
moved AS (
  SELECT n.node AS by_node, 1 - n.node AS of_node, sum(v.remotefrees) AS objs,
    0 AS first_event, 0 AS last_event
  FROM v_cpu_stat v JOIN node n ON n.id = v.node_id
  WHERE v.run_id = :run AND v.sample_id = :sample
    AND (SELECT nodes FROM shape) = 2
    AND (:cache_id IS NULL OR v.cache_id = :cache_id)
  GROUP BY n.node
  UNION ALL
  SELECT h.node, n.node, sum(t.kind IN ('alien', 'alien_direct')
      AND (:cache_id IS NULL OR t.cache_id = :cache_id)),
    (SELECT first FROM span), (SELECT last FROM span)
  FROM step t JOIN cpu p ON p.id = t.cpu_id JOIN node h ON h.id = p.node_id
  JOIN node n ON n.id = t.node_id
  WHERE t.run_id = :run AND (SELECT nodes FROM shape) > 2
    AND t.time_ns <= (SELECT time_ns FROM sample WHERE id = :sample)
  GROUP BY h.node, n.node),
counted AS (
  SELECT sum(v.remotefrees) AS objs FROM v_cpu_stat v
  WHERE v.run_id = :run AND v.sample_id = :sample
    AND (:cache_id IS NULL OR v.cache_id = :cache_id))
SELECT a.node AS by_node, b.node AS of_node, ifnull(m.objs, 0) AS objs,
  (SELECT max(first_event) FROM moved) AS first_event,
  (SELECT max(last_event) FROM moved) AS last_event,
  CASE WHEN (SELECT nodes > 2 FROM shape) AND (SELECT first = 0 FROM span)
    THEN (SELECT objs FROM counted) - (SELECT sum(objs) FROM moved)
    ELSE 0 END AS early_objs
FROM node a JOIN node b ON b.run_id = a.run_id
LEFT JOIN moved m ON m.by_node = a.node AND m.of_node = b.node
WHERE a.run_id = :run AND EXISTS (SELECT 1 FROM moved)
ORDER BY a.node, b.node;
