-- Objects in each CPU's array of a cache over time, and the limit that it was
-- created with: none, if it was tuned on the way.
SELECT v.time_ns, v.avail_objs, 'CPU ' || v.cpu AS line,
  iif(EXISTS (SELECT 1 FROM run_action a
    WHERE a.run_id = :run AND a.action = 'tune' AND a.result <> 'left'
      AND instr(a.operation, c.name)), NULL, c.limit_objs) AS limit_objs
FROM v_cpu_stat v JOIN cache c ON c.id = v.cache_id
WHERE v.run_id = :run AND v.cache_id = :cache_id ORDER BY v.cpu, v.k;
