-- SPDX-License-Identifier: GPL-2.0-or-later
-- Alien arrays of the caches shown, where something changed.
SELECT r.cache_id, s.k, n.node, o.node, r.alien_avail_objs, r.alien_limit_objs
FROM alien_stat r JOIN sample s ON s.id = r.sample_id
JOIN node n ON n.id = r.node_id JOIN node o ON o.id = r.other_node_id
WHERE s.run_id = :run
  AND r.cache_id IN (SELECT id FROM shown)
ORDER BY r.cache_id, s.k, n.node, o.node;
