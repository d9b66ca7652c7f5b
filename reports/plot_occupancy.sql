-- Slabs by the percentage of live slots, in steps of ten, at the run's end;
-- those without a live object apart.
SELECT CASE WHEN live_per_slab = 0 THEN 0
    ELSE (live_per_slab * 10 + objperslab - 1) / objperslab END AS tenth,
  sum(slabs) AS slabs, sum(pages) AS pages
FROM v_occupancy
WHERE run_id = :run AND (:cache_id IS NULL OR cache_id = :cache_id)
GROUP BY 1 ORDER BY 1;
