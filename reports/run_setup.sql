-- What decides a run's results: equal ones compare. How often was sampled, what
-- was stored besides, and what steps were taken to cost, decides nothing.
SELECT r.status, r.model_version, t.digest, r.profile, r.machine,
  json_remove(r.config, '$.samples', '$.sample_ns', '$.keyframe', '$.slabs',
    '$.steps', '$.pins', '$.call_sites', '$.timing') AS config,
  r.version, t.events
FROM run r JOIN trace t ON t.id = r.trace_id
WHERE r.id = :run;
