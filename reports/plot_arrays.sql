-- Objects in the arrays of each CPU, of all caches, over time.
SELECT time_ns, avail_objs, 'CPU ' || cpu AS line FROM v_cpu
WHERE run_id = :run ORDER BY cpu, k;
