-- SPDX-License-Identifier: GPL-2.0-or-later
-- Slabs of the caches shown, one by one: the first 60 of each list, as many as
-- page_draw.js draws, at every :second-th sample, counted back from the last.
SELECT cache_id, k, node,
  CASE list WHEN 'full' THEN 0 WHEN 'partial' THEN 1 ELSE 2 END AS list_number,
  grow_number, obj_map
FROM v_slab
WHERE run_id = :run AND position < 60
  AND ((SELECT max(k) FROM sample WHERE run_id = :run) - k) % :second = 0
  AND cache_id IN (SELECT id FROM shown)
ORDER BY cache_id, k, node, list_number, position;
