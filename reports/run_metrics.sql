-- A run at a sample in one row, column by metric: sums over everything.
SELECT r.failed_allocs, r.skipped_frees, r.too_large,
  v.pages, v.full_pages, v.partial_pages, v.free_pages, v.slab_bytes,
  v.live_objs, v.cached_objs, v.free_objs, v.live_bytes, v.cached_bytes,
  v.free_bytes, v.requested_bytes, v.grown, v.reaped, v.alienoverflow,
  v.internal_frag_pct, v.slab_frag_pct, v.cached_pct, v.unused_pct,
  n.peak_pages, n.touched_frames, c.listallocs, c.nodeallocs, c.destroyed,
  c.refillfail,
  c.allochit, c.allocmiss, c.freehit, c.freemiss, c.remotefrees,
  c.miss_cold, c.miss_reaped, c.miss_capacity, c.miss_stranded, c.miss_other,
  100.0 * c.allochit / nullif(c.allochit + c.allocmiss, 0) AS alloc_hit_pct,
  100.0 * c.freehit / nullif(c.freehit + c.freemiss, 0) AS free_hit_pct,
  100.0 * c.remotefrees
    / nullif(c.freehit + c.freemiss + c.remotefrees, 0) AS remote_free_pct,
  100.0 * v.alienoverflow / nullif(c.remotefrees, 0) AS alien_overflow_pct
FROM run r
JOIN (SELECT * FROM v_sample WHERE run_id = :run AND sample_id = :sample) v
JOIN (SELECT sum(peak_pages) AS peak_pages,
    sum(touched_frames) AS touched_frames
  FROM node_page_stat WHERE sample_id = :sample) n
JOIN (SELECT sum(allochit) AS allochit, sum(allocmiss) AS allocmiss,
    sum(freehit) AS freehit, sum(freemiss) AS freemiss,
    sum(remotefrees) AS remotefrees, sum(miss_cold) AS miss_cold,
    sum(miss_reaped) AS miss_reaped, sum(miss_capacity) AS miss_capacity,
    sum(miss_stranded) AS miss_stranded, sum(miss_other) AS miss_other,
    sum(listallocs) AS listallocs, sum(nodeallocs) AS nodeallocs,
    sum(destroyed) AS destroyed, sum(refillfail) AS refillfail
  FROM v_cache WHERE run_id = :run AND sample_id = :sample) c
WHERE r.id = :run;
