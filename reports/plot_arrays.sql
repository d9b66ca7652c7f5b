-- Objects in the arrays of each CPU, of all caches, over time. A picture tells 16
-- lines apart: of more CPUs those whose arrays were fullest come first.
WITH fill AS MATERIALIZED (
  SELECT time_ns, k, cpu, avail_objs FROM v_cpu WHERE run_id = :run),
placed AS (
  SELECT cpu, row_number() OVER (ORDER BY sum(avail_objs) DESC, cpu) > 16
    AS is_other
  FROM fill GROUP BY cpu)
SELECT time_ns, avail_objs, 'CPU ' || cpu AS line
FROM fill JOIN placed USING (cpu) ORDER BY is_other, cpu, k;
