-- Call sites of the run's trace, as far as the pass over it was made.
SELECT 0 AS _total, CASE name WHEN '' THEN '(not known)' ELSE name END
    AS call_site,
  allocs, frees, requested_bytes, allocated_bytes, ping_pong_objs, live_objs
FROM call_site
WHERE trace_id = (SELECT trace_id FROM run WHERE id = :run)
ORDER BY allocated_bytes DESC, allocs DESC, name;
