-- /proc/slabinfo 2.1 with statistics: its columns in its order.
SELECT name, active_objs, num_objs, objsize, objperslab, pagesperslab,
  tunable_limit, batchcount, sharedfactor, active_slabs, num_slabs,
  sharedavail, listallocs, maxobjs, grown, reaped, error, maxfreeable,
  nodeallocs, remotefrees, alienoverflow, allochit, allocmiss, freehit,
  freemiss
FROM v_slabinfo
WHERE run_id = :run AND sample_id = :sample
  AND (:cache_id IS NULL OR cache_id = :cache_id)
ORDER BY chain_position DESC;
