-- SPDX-License-Identifier: GPL-2.0-or-later
-- Slabs of the caches shown, one by one, at every :second-th sample.
SELECT r.cache_id, s.k, n.node,
  CASE r.list WHEN 'full' THEN 0 WHEN 'partial' THEN 1 ELSE 2 END AS list,
  r.grow_number, r.inuse_objs, r.live_objs
FROM slab_sample r JOIN sample s ON s.id = r.sample_id
JOIN node n ON n.id = r.node_id
WHERE s.run_id = :run AND s.k % :second = 0
  AND r.cache_id IN (SELECT id FROM shown)
ORDER BY r.cache_id, s.k, n.node, list, r.position;
