-- SPDX-License-Identifier: GPL-2.0-or-later
-- Nodes of the caches shown, where something changed.
SELECT r.cache_id, s.k, n.node, r.slabs_full, r.slabs_partial, r.slabs_free,
  r.live_objs, r.cached_objs, r.free_objs, r.shared_avail_objs, r.grown,
  r.reaped
FROM node_stat r JOIN sample s ON s.id = r.sample_id
JOIN node n ON n.id = r.node_id
WHERE s.run_id = :run
  AND r.cache_id IN (SELECT id FROM shown)
ORDER BY r.cache_id, s.k, n.node;
