-- Memory of all caches over time, to lay runs over each other.
SELECT v.time_ns, v.slab_bytes, v.live_bytes,
  'run ' || v.run_id || ifnull(' ' || h.label, '') AS line
FROM v_sample v LEFT JOIN host_run h ON h.run_id = v.run_id
WHERE v.run_id = :run ORDER BY v.k;
