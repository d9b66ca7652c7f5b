-- Who holds slabs with few live objects, as far as the run stored it.
SELECT 0 AS _total, c.name AS cache,
  CASE p.call_site WHEN '' THEN '(not of the trace)' ELSE p.call_site END
    AS call_site,
  count(*) AS slabs, sum(p.objs) AS held_objs,
  count(*) * c.pages_per_slab AS pages, min(p.oldest_ns) / 1000000 AS oldest_ms
FROM slab_pin p JOIN cache c ON c.id = p.cache_id
WHERE c.run_id = :run AND (:cache_id IS NULL OR p.cache_id = :cache_id)
GROUP BY p.cache_id, p.call_site
ORDER BY pages DESC, cache, call_site;
