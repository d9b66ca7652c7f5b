-- Objects in each CPU's array of a cache over time, and their limit: none, if it
-- was tuned on the way, when it has no single one.
SELECT v.time_ns, v.avail_objs, 'CPU ' || v.cpu AS line,
  iif(EXISTS (SELECT 1 FROM v_tuned WHERE cache_id = c.id), NULL,
    c.limit_objs) AS limit_objs
FROM v_cpu_stat v JOIN cache c ON c.id = v.cache_id
WHERE v.run_id = :run AND v.cache_id = :cache_id ORDER BY v.cpu, v.k;
