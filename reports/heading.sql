-- What a report is about: the run, what it replayed, what it simulated.
SELECT r.id, r.status, r.stop_reason, r.profile, r.nodes, r.cpus,
  t.kernel, t.format, t.cpus AS traced_cpus, r.events,
  (SELECT label FROM host_run h WHERE h.run_id = r.id) AS label,
  (SELECT trace_source FROM host_run h WHERE h.run_id = r.id) AS source,
  (SELECT count(*) - 1 FROM sample s WHERE s.run_id = r.id) AS last_k,
  s.k, s.time_ns, s.events AS sample_events
FROM run r JOIN trace t ON t.id = r.trace_id
LEFT JOIN sample s ON s.id = :sample
WHERE r.id = :run;
