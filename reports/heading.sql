-- What a report is about: the run, what it replayed, what it simulated.
SELECT r.id, r.status, r.stop_reason, r.profile, r.nodes, r.cpus,
  t.kernel, t.format, t.cpus AS traced_cpus, r.events,
  (SELECT label FROM host_run h WHERE h.run_id = r.id) AS label,
  (SELECT trace_source FROM host_run h WHERE h.run_id = r.id) AS source,
  (SELECT count(*) - 1 FROM sample s WHERE s.run_id = r.id) AS last_k,
  s.k, s.time_ns, s.events AS sample_events,
  -- what a reader of nodes and CPUs alone would not expect
  (SELECT group_concat(c.key || '.' || v.key || '=' || v.value, ' ')
    FROM json_each(r.config, '$.set') c, json_each(c.value) v) AS tuned,
  json_type(r.config, '$.machine.distance') IS NOT NULL AS far
FROM run r JOIN trace t ON t.id = r.trace_id
LEFT JOIN sample s ON s.id = :sample
WHERE r.id = :run;
