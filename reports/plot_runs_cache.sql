-- The same of one cache: that of this name in every run.
SELECT v.time_ns, v.num_slabs * c.slab_bytes AS slab_bytes, v.live_bytes,
  'run ' || v.run_id || ifnull(' ' || h.label, '') AS line
FROM v_cache v JOIN cache c ON c.id = v.cache_id
LEFT JOIN host_run h ON h.run_id = v.run_id
WHERE v.run_id = :run
  AND v.name = (SELECT name FROM cache WHERE id = :cache_id)
ORDER BY v.k;
