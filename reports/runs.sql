-- The runs of the file.
SELECT 0 AS _total, r.id AS run, CASE WHEN r.status = 'partial'
    AND writer(r.id) THEN 'running' ELSE r.status END AS status, h.label, r.machine, r.profile,
  t.kernel AS traced_kernel, h.trace_source AS trace, r.events,
  (SELECT count(*) FROM sample s WHERE s.run_id = r.id) AS samples,
  (SELECT ifnull(sum(l.count), 0) FROM v_loss l WHERE l.run_id = r.id
    AND l.kind IN ('lost_events', 'unparsed_lines')) AS lost_lines,
  r.version, h.started_at
FROM run r JOIN trace t ON t.id = r.trace_id
LEFT JOIN host_run h ON h.run_id = r.id
ORDER BY r.id;
