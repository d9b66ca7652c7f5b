-- CPUs at a sample, over all caches or one.
WITH line AS (
  SELECT v.cpu, n.node, sum(v.allochit) AS allochit,
    sum(v.allocmiss) AS allocmiss, sum(v.freehit) AS freehit,
    sum(v.freemiss) AS freemiss, sum(v.remotefrees) AS remotefrees,
    sum(v.avail_objs) AS avail_objs,
    sum(v.avail_objs * c.buffer_bytes) AS avail_bytes
  FROM v_cpu_stat v JOIN cache c ON c.id = v.cache_id
  JOIN node n ON n.id = v.node_id
  WHERE v.run_id = :run AND v.sample_id = :sample
    AND (:cache_id IS NULL OR v.cache_id = :cache_id)
  GROUP BY v.cpu_id)
SELECT 0 AS _total, cpu, node, allochit, allocmiss,
  100.0 * allochit / nullif(allochit + allocmiss, 0) AS alloc_hit_pct,
  freehit, freemiss,
  100.0 * freehit / nullif(freehit + freemiss, 0) AS free_hit_pct,
  remotefrees, avail_objs AS in_array_objs, avail_bytes AS in_array_bytes
FROM line
UNION ALL
SELECT 1, 'total', NULL, sum(allochit), sum(allocmiss),
  100.0 * sum(allochit) / nullif(sum(allochit + allocmiss), 0),
  sum(freehit), sum(freemiss),
  100.0 * sum(freehit) / nullif(sum(freehit + freemiss), 0),
  sum(remotefrees), sum(avail_objs), sum(avail_bytes)
FROM line
ORDER BY _total, cpu;
