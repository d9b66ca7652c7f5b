-- Objects in each CPU's array of a cache over time, the fullest 16 first, and the
-- limit of that time: NULL where it is not known (v_tuned).
WITH fill AS MATERIALIZED (
  SELECT sample_id, time_ns, k, cpu, avail_objs FROM v_cpu_stat
  WHERE run_id = :run AND cache_id = :cache_id),
placed AS (
  SELECT cpu, row_number() OVER (ORDER BY sum(avail_objs) DESC, cpu) > 16
    AS is_other
  FROM fill GROUP BY cpu),
tunable AS MATERIALIZED (
  SELECT sample_id, limit_objs FROM v_tunable
  WHERE run_id = :run AND cache_id = :cache_id)
SELECT time_ns, avail_objs, 'CPU ' || cpu AS line, limit_objs
FROM fill JOIN placed USING (cpu) JOIN tunable USING (sample_id)
ORDER BY is_other, cpu, k;
