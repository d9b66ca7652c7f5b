-- How far the runs of "run --repeat" differ, in counters of the whole machine.
SELECT counter, runs, least, most, most - least AS difference,
  100.0 * (most - least) / nullif(most, 0) AS difference_pct
FROM host_spread WHERE run_id = :run ORDER BY counter;
