-- Locks of a run with threads, the most waited for first. Times are the host's.
WITH line AS (
  SELECT class, cache, node, other_node, acquisitions, contended, wait_ns
  FROM host_lock WHERE run_id = :run
    AND (:cache_id IS NULL OR cache = (SELECT name FROM cache
                                       WHERE id = :cache_id)))
SELECT 0 AS _total, class, cache, node, other_node, acquisitions, contended,
  100.0 * contended / nullif(acquisitions, 0) AS contended_pct,
  wait_ns / 1000 AS wait_us
FROM line
UNION ALL
SELECT 1, 'total', NULL, NULL, NULL, sum(acquisitions), sum(contended),
  100.0 * sum(contended) / nullif(sum(acquisitions), 0), sum(wait_ns) / 1000
FROM line HAVING count(*) > 0
ORDER BY _total, wait_us DESC, acquisitions DESC, class, cache, node,
  other_node;
