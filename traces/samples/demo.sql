-- SPDX-License-Identifier: GPL-2.0-or-later
-- The comparison that "make demo" prints: the last sample of each run. Also an
-- example of a query: views are quick when they are told which sample.
WITH last AS MATERIALIZED (SELECT max(id) AS id FROM sample GROUP BY run_id)
SELECT h.label AS trace_and_machine,
  printf('%.1f', 100.0 * c.allochit / (c.allochit + c.allocmiss))
    AS alloc_hit_pct,
  printf('%.1f', 100.0 * c.freehit / (c.freehit + c.freemiss))
    AS free_hit_pct,
  printf('%.1f', 100.0 * c.remotefrees
    / (c.freehit + c.freemiss + c.remotefrees)) AS remote_free_pct,
  n.alienoverflow AS alien_overflows, n.grown, n.reaped, n.peak_pages,
  n.pages AS pages_at_end
FROM (SELECT run_id, sum(allochit) AS allochit, sum(allocmiss) AS allocmiss,
    sum(freehit) AS freehit, sum(freemiss) AS freemiss,
    sum(remotefrees) AS remotefrees
  FROM v_cpu WHERE sample_id IN last GROUP BY run_id) c
JOIN (SELECT run_id, sum(alienoverflow) AS alienoverflow,
    sum(grown) AS grown, sum(reaped) AS reaped,
    sum(peak_pages) AS peak_pages, sum(in_use_pages) AS pages
  FROM v_node WHERE sample_id IN last GROUP BY run_id) n USING (run_id)
JOIN host_run h USING (run_id)
ORDER BY run_id;
