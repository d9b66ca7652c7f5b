-- Objects in each CPU's array of a cache over time, and the limit.
SELECT v.time_ns, v.avail_objs, 'CPU ' || v.cpu AS line, c.limit_objs
FROM v_cpu_stat v JOIN cache c ON c.id = v.cache_id
WHERE v.run_id = :run AND v.cache_id = :cache_id ORDER BY v.cpu, v.k;
