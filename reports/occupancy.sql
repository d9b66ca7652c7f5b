-- Slabs by the live objects in each, at the run's last sample.
SELECT 0 AS _total, name AS cache, node, live_per_slab AS live_per_slab,
  objperslab AS of_slots, slabs, pages, occupied_pct
FROM v_occupancy
WHERE run_id = :run AND (:cache_id IS NULL OR cache_id = :cache_id)
ORDER BY name, node, live_per_slab;
