-- Pages held by slabs with one or two live objects, or none, at the run's last
-- sample; most pinned pages first.
SELECT 0 AS _total, name AS cache, pages, empty_pages, pinned_pages,
  pinned_pct
FROM v_pinned
WHERE run_id = :run AND (:cache_id IS NULL OR cache_id = :cache_id)
  AND (:all OR :cache_id IS NOT NULL OR empty_pages + pinned_pages > 0)
ORDER BY pinned_pages DESC, empty_pages DESC, name;
