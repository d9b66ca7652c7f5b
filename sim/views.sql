-- SPDX-License-Identifier: GPL-2.0-or-later
-- The views: sums and ratios of the stat rows, computed in this one place.
-- Percentages are NULL where there is nothing to divide by. Definitions in
-- words: docs/DATABASE.md and metric_def.

-- All that is known of a cache at a sample: a row a run, sample and cache.
CREATE VIEW v_cache AS
SELECT n.run_id, n.sample_id, n.k, n.time_ns, n.cache_id, c.name,
  c.chain_position,
  n.slabs_full, n.slabs_partial, n.slabs_free,
  n.slabs_full + n.slabs_partial + n.slabs_free AS num_slabs,
  (n.slabs_full + n.slabs_partial + n.slabs_free) * c.pages_per_slab AS pages,
  n.live_objs, n.cached_objs, n.free_objs, p.avail_objs, n.shared_avail_objs,
  n.live_objs * c.buffer_bytes AS live_bytes, n.requested_bytes,
  m.num_active, m.maxobjs, m.error,
  p.allochit, p.allocmiss, p.freehit, p.freemiss, p.remotefrees,
  p.miss_cold, p.miss_reaped, p.miss_capacity, p.miss_stranded, p.miss_other,
  n.listallocs, n.grown, n.reaped, n.destroyed, n.maxfreeable, n.nodeallocs,
  n.refillfail, n.alienoverflow, n.requested_alloc_bytes,
  n.requested_free_bytes,
  100.0 * p.allochit / nullif(p.allochit + p.allocmiss, 0) AS alloc_hit_pct,
  100.0 * p.freehit / nullif(p.freehit + p.freemiss, 0) AS free_hit_pct,
  100.0 * p.remotefrees
    / nullif(p.freehit + p.freemiss + p.remotefrees, 0) AS remote_free_pct,
  100.0 * n.alienoverflow / nullif(p.remotefrees, 0) AS alien_overflow_pct,
  100.0 * (n.live_objs * c.buffer_bytes - n.requested_bytes)
    / nullif(n.live_objs * c.buffer_bytes, 0) AS internal_frag_pct,
  100.0 * (n.free_objs - n.slabs_free * c.objs_per_slab)
    / nullif((n.slabs_full + n.slabs_partial) * c.objs_per_slab, 0)
    AS slab_frag_pct,
  100.0 * n.cached_objs / nullif(n.live_objs + n.cached_objs, 0)
    AS cached_pct,
  100.0 - 100.0 * n.requested_bytes / nullif((n.slabs_full + n.slabs_partial
    + n.slabs_free) * c.slab_bytes, 0) AS unused_pct
FROM v_cache_nodes n
JOIN v_cache_cpus p ON p.sample_id = n.sample_id AND p.cache_id = n.cache_id
JOIN v_cache_stat m ON m.sample_id = n.sample_id AND m.cache_id = n.cache_id
JOIN cache c ON c.id = n.cache_id;

-- What caches were tuned to on the way (run --actions). A tuning that found no
-- memory may be done in part: it leaves NULL.
CREATE VIEW v_tuned AS
SELECT a.run_id, c.id AS cache_id, a.number AS seq, a.time_ns,
  CASE a.result WHEN 'done' THEN a.limit_objs END AS limit_objs,
  CASE a.result WHEN 'done' THEN a.batchcount_objs END AS batchcount_objs,
  CASE a.result WHEN 'done' THEN a.shared_factor END AS shared_factor
FROM run_action a JOIN cache c ON c.run_id = a.run_id AND c.name = a.cache
WHERE a.action = 'tune' AND a.result IN ('done', 'no memory');

-- What a cache is tuned to at a sample.
CREATE VIEW v_tunable AS
SELECT s.run_id, s.id AS sample_id, s.k, s.time_ns, c.id AS cache_id, c.name,
  CASE WHEN a.seq IS NULL THEN c.limit_objs ELSE a.limit_objs END
    AS limit_objs,
  CASE WHEN a.seq IS NULL THEN c.batchcount_objs ELSE a.batchcount_objs END
    AS batchcount_objs,
  CASE WHEN a.seq IS NULL THEN c.shared_factor ELSE a.shared_factor END
    AS shared_factor
FROM sample s JOIN cache c ON c.run_id = s.run_id
LEFT JOIN v_tuned a ON a.cache_id = c.id AND a.seq = (
  SELECT max(b.seq) FROM v_tuned b
  WHERE b.cache_id = c.id AND b.time_ns <= s.time_ns);

-- A line of /proc/slabinfo 2.1 with statistics, in its own words. Its order
-- is ORDER BY chain_position DESC.
CREATE VIEW v_slabinfo AS
SELECT v.run_id, v.sample_id, v.k, v.time_ns, v.cache_id, v.chain_position,
  v.name,
  v.num_slabs * c.objs_per_slab - v.free_objs AS active_objs,
  v.num_slabs * c.objs_per_slab AS num_objs,
  c.buffer_bytes AS objsize,
  c.objs_per_slab AS objperslab,
  c.pages_per_slab AS pagesperslab,
  t.limit_objs AS tunable_limit,
  t.batchcount_objs AS batchcount,
  t.shared_factor AS sharedfactor,
  v.slabs_full + v.slabs_partial AS active_slabs,
  v.num_slabs,
  ifnull(v.shared_avail_objs, 0) AS sharedavail,
  v.listallocs, v.maxobjs, v.grown, v.reaped, v.error, v.maxfreeable,
  v.nodeallocs, v.remotefrees, v.alienoverflow,
  v.allochit, v.allocmiss, v.freehit, v.freemiss
FROM v_cache v JOIN cache c ON c.id = v.cache_id
JOIN v_tunable t ON t.sample_id = v.sample_id AND t.cache_id = v.cache_id;

-- How well the arrays served, a row a run, sample and cache.
CREATE VIEW v_hit AS
SELECT run_id, sample_id, k, time_ns, cache_id, name,
  allochit, allocmiss, freehit, freemiss, remotefrees, alienoverflow,
  alloc_hit_pct, free_hit_pct, remote_free_pct, alien_overflow_pct
FROM v_cache;

-- Why allocations missed, a row a run, sample and cache: the classes add up
-- to allocmiss. NULL: the run is of a slabsim that did not tell.
CREATE VIEW v_miss AS
SELECT run_id, sample_id, k, time_ns, cache_id, name, allocmiss,
  miss_cold, miss_reaped, miss_capacity, miss_stranded, miss_other,
  100.0 * miss_cold / nullif(allocmiss, 0) AS miss_cold_pct,
  100.0 * miss_reaped / nullif(allocmiss, 0) AS miss_reaped_pct,
  100.0 * miss_capacity / nullif(allocmiss, 0) AS miss_capacity_pct,
  100.0 * miss_stranded / nullif(allocmiss, 0) AS miss_stranded_pct,
  100.0 * miss_other / nullif(allocmiss, 0) AS miss_other_pct
FROM v_cache;

-- Free blocks that the page source holds, a row a run, sample, node and order
-- that ever had one. Sizes are never split nor merged.
CREATE VIEW v_page_order AS
SELECT s.run_id, s.id AS sample_id, s.k, s.time_ns, n.id AS node_id, n.node,
  r.page_order, r.free_blocks, r.free_blocks << r.page_order
    AS free_block_pages
FROM sample s
CROSS JOIN node n ON n.run_id = s.run_id
CROSS JOIN page_order_stat r ON r.node_id = n.id
  AND r.sample_id = (SELECT max(x.sample_id) FROM page_order_stat x
    WHERE x.node_id = n.id AND x.page_order = r.page_order
      AND x.sample_id <= s.id);

-- Slabs by the number of live objects in them, at a run's last sample: a row
-- a cache, node and number.
CREATE VIEW v_occupancy AS
SELECT c.run_id, o.sample_id, o.cache_id, c.name, o.node_id, n.node,
  o.live_objs AS live_per_slab, c.objs_per_slab AS objperslab, o.slabs,
  o.slabs * c.pages_per_slab AS pages,
  100.0 * o.live_objs / c.objs_per_slab AS occupied_pct
FROM slab_occupancy o
JOIN cache c ON c.id = o.cache_id
JOIN node n ON n.id = o.node_id;

-- Slabs one by one, as far as the run stored them: a row a sample and slab.
-- obj_map tells where its objects are. A run of schema 3 or older stored how
-- many there are, not which: in_order is 0 then, and 'c' has no CPU.
CREATE VIEW v_slab AS
SELECT s.run_id, x.sample_id, s.k, s.time_ns, x.cache_id, c.name, x.node_id,
  n.node, x.list, x.position, x.grow_number, x.frame, x.live_objs,
  x.inuse_objs - x.live_objs AS cached_objs,
  c.objs_per_slab - x.inuse_objs AS free_objs,
  100.0 * x.live_objs / c.objs_per_slab AS occupied_pct,
  x.obj_map IS NOT NULL AS in_order,
  ifnull(x.obj_map, x.live_objs || 'l ' || (x.inuse_objs - x.live_objs)
    || 'c ' || (c.objs_per_slab - x.inuse_objs) || 'f') AS obj_map
FROM slab_sample x
JOIN sample s ON s.id = x.sample_id
JOIN cache c ON c.id = x.cache_id
JOIN node n ON n.id = x.node_id;

-- The runs of v_slab.obj_map: objs objects from index first_obj on are live,
-- free, or in an array: of the CPU cpu, or of the node array_node, shared or
-- alien.
CREATE VIEW v_slab_objs AS
SELECT run_id, sample_id, k, time_ns, cache_id, name, node_id, node, list,
  position, grow_number, seq,
  CASE WHEN in_order THEN (SELECT ifnull(sum(CAST(b.value AS INTEGER)), 0)
    FROM json_each(runs) b WHERE b.key < seq) END AS first_obj,
  objs,
  CASE substr(holder, 1, 1) WHEN 'l' THEN 'live' WHEN 'f' THEN 'free'
    WHEN 's' THEN 'shared' WHEN 'a' THEN 'alien'
    ELSE CASE holder WHEN 'c' THEN 'array' ELSE 'cpu' END END AS state,
  CASE WHEN holder LIKE 'c_%' THEN CAST(substr(holder, 2) AS INTEGER) END
    AS cpu,
  CASE WHEN substr(holder, 1, 1) IN ('s', 'a')
    THEN CAST(substr(holder, 2) AS INTEGER) END AS array_node
FROM (SELECT v.*, e.key AS seq, CAST(e.value AS INTEGER) AS objs,
    ltrim(e.value, '0123456789') AS holder
  FROM (SELECT *, '["' || replace(obj_map, ' ', '","') || '"]' AS runs
    FROM v_slab) v
  CROSS JOIN json_each(v.runs) e)
WHERE objs > 0;

-- Alien arrays of the caches whose slabs are stored: a row a sample, node and
-- node whose objects it holds.
CREATE VIEW v_alien AS
SELECT s.run_id, s.id AS sample_id, s.k, s.time_ns, c.id AS cache_id, c.name,
  n.id AS node_id, n.node, o.node AS other_node,
  r.alien_avail_objs, r.alien_limit_objs
FROM sample s
CROSS JOIN cache c ON c.run_id = s.run_id
CROSS JOIN node n ON n.run_id = s.run_id
CROSS JOIN node o ON o.run_id = s.run_id
CROSS JOIN alien_stat r ON r.cache_id = c.id AND r.node_id = n.id
  AND r.other_node_id = o.id
  AND r.sample_id = (SELECT max(x.sample_id) FROM alien_stat x
    WHERE x.cache_id = c.id AND x.node_id = n.id AND x.other_node_id = o.id
      AND x.sample_id <= s.id)
WHERE r.alien_avail_objs IS NOT NULL;

-- Pages that one or two live objects keep, at a run's last sample: a row a
-- cache. empty_pages are of slabs that hold no live object at all.
CREATE VIEW v_pinned AS
SELECT run_id, sample_id, cache_id, name, sum(pages) AS pages,
  sum(CASE WHEN live_per_slab = 0 THEN pages ELSE 0 END) AS empty_pages,
  sum(CASE WHEN live_per_slab BETWEEN 1 AND 2 AND objperslab > 2 THEN pages
    ELSE 0 END) AS pinned_pages,
  100.0 * sum(CASE WHEN live_per_slab BETWEEN 1 AND 2 AND objperslab > 2
    THEN pages ELSE 0 END) / nullif(sum(pages), 0) AS pinned_pct
FROM v_occupancy
GROUP BY run_id, sample_id, cache_id;

-- Fragmentation, a row a run, sample, cache and node.
CREATE VIEW v_frag AS
SELECT v.run_id, v.sample_id, v.k, v.time_ns, v.cache_id, c.name, v.node_id,
  v.node, v.slabs_full, v.slabs_partial, v.slabs_free,
  v.live_objs, v.cached_objs, v.free_objs,
  v.live_objs * c.buffer_bytes AS live_bytes,
  v.requested_bytes,
  (v.slabs_full + v.slabs_partial + v.slabs_free) * c.pages_per_slab AS pages,
  (v.live_objs + c.objs_per_slab - 1) / c.objs_per_slab * c.pages_per_slab
    AS fewest_pages,
  100.0 * (v.live_objs * c.buffer_bytes - v.requested_bytes)
    / nullif(v.live_objs * c.buffer_bytes, 0) AS internal_frag_pct,
  100.0 * (v.free_objs - v.slabs_free * c.objs_per_slab)
    / nullif((v.slabs_full + v.slabs_partial) * c.objs_per_slab, 0)
    AS slab_frag_pct,
  100.0 * v.cached_objs / nullif(v.live_objs + v.cached_objs, 0)
    AS cached_pct,
  100.0 - 100.0 * v.requested_bytes / nullif((v.slabs_full + v.slabs_partial
    + v.slabs_free) * c.slab_bytes, 0) AS unused_pct
FROM v_node_stat v JOIN cache c ON c.id = v.cache_id;

-- The same of whole caches.
CREATE VIEW v_frag_cache AS
SELECT run_id, sample_id, k, time_ns, cache_id, name,
  slabs_full, slabs_partial, slabs_free, live_objs, cached_objs, free_objs,
  live_bytes, requested_bytes, pages,
  internal_frag_pct, slab_frag_pct, cached_pct, unused_pct
FROM v_cache;

-- Memory of the whole machine, a row a run and sample. Slots and bytes of
-- caches are added up before they are divided.
CREATE VIEW v_sample AS
SELECT v.run_id, v.sample_id, v.k, v.time_ns,
  sum(v.slabs_full * c.pages_per_slab) AS full_pages,
  sum(v.slabs_partial * c.pages_per_slab) AS partial_pages,
  sum(v.slabs_free * c.pages_per_slab) AS free_pages,
  sum((v.slabs_full + v.slabs_partial + v.slabs_free) * c.pages_per_slab)
    AS pages,
  sum((v.slabs_full + v.slabs_partial + v.slabs_free) * c.slab_bytes)
    AS slab_bytes,
  sum(v.live_objs) AS live_objs,
  sum(v.cached_objs) AS cached_objs,
  sum(v.free_objs) AS free_objs,
  sum(v.live_objs * c.buffer_bytes) AS live_bytes,
  sum(v.cached_objs * c.buffer_bytes) AS cached_bytes,
  sum(v.free_objs * c.buffer_bytes) AS free_bytes,
  sum(v.requested_bytes) AS requested_bytes,
  sum(v.grown) AS grown, sum(v.reaped) AS reaped,
  sum(v.alienoverflow) AS alienoverflow,
  100.0 * (sum(v.live_objs * c.buffer_bytes) - sum(v.requested_bytes))
    / nullif(sum(v.live_objs * c.buffer_bytes), 0) AS internal_frag_pct,
  100.0 * sum((v.free_objs - v.slabs_free * c.objs_per_slab) * c.buffer_bytes)
    / nullif(sum((v.slabs_full + v.slabs_partial) * c.objs_per_slab
      * c.buffer_bytes), 0) AS slab_frag_pct,
  100.0 * sum(v.cached_objs * c.buffer_bytes)
    / nullif(sum((v.live_objs + v.cached_objs) * c.buffer_bytes), 0)
    AS cached_pct,
  100.0 - 100.0 * sum(v.requested_bytes)
    / nullif(sum((v.slabs_full + v.slabs_partial + v.slabs_free)
      * c.slab_bytes), 0) AS unused_pct
FROM v_node_stat v JOIN cache c ON c.id = v.cache_id
GROUP BY v.run_id, v.sample_id;

-- All caches of a node, a row a run, sample and node. in_use_pages are the
-- node's own count, pages those of the slabs: they must agree.
CREATE VIEW v_node AS
SELECT g.run_id, g.sample_id, g.k, g.time_ns, g.node_id, g.node,
  t.limit_pages, t.in_use_pages, t.peak_pages, t.touched_frames,
  g.full_pages, g.partial_pages, g.free_pages, g.pages,
  g.live_objs, g.cached_objs, g.free_objs, g.live_bytes, g.requested_bytes,
  g.listallocs, g.grown, g.reaped, g.destroyed, g.nodeallocs,
  g.alienoverflow,
  100.0 * (g.live_bytes - g.requested_bytes) / nullif(g.live_bytes, 0)
    AS internal_frag_pct,
  100.0 * g.stuck_bytes / nullif(g.active_slab_bytes, 0) AS slab_frag_pct,
  100.0 * g.cached_bytes / nullif(g.live_bytes + g.cached_bytes, 0)
    AS cached_pct
FROM (SELECT v.run_id, v.sample_id, v.k, v.time_ns, v.node_id, v.node,
    sum(v.slabs_full * c.pages_per_slab) AS full_pages,
    sum(v.slabs_partial * c.pages_per_slab) AS partial_pages,
    sum(v.slabs_free * c.pages_per_slab) AS free_pages,
    sum((v.slabs_full + v.slabs_partial + v.slabs_free) * c.pages_per_slab)
      AS pages,
    sum(v.live_objs) AS live_objs,
    sum(v.cached_objs) AS cached_objs,
    sum(v.free_objs) AS free_objs,
    sum(v.live_objs * c.buffer_bytes) AS live_bytes,
    sum(v.cached_objs * c.buffer_bytes) AS cached_bytes,
    sum(v.requested_bytes) AS requested_bytes,
    sum((v.free_objs - v.slabs_free * c.objs_per_slab) * c.buffer_bytes)
      AS stuck_bytes,
    sum((v.slabs_full + v.slabs_partial) * c.objs_per_slab * c.buffer_bytes)
      AS active_slab_bytes,
    sum(v.listallocs) AS listallocs,
    sum(v.grown) AS grown,
    sum(v.reaped) AS reaped,
    sum(v.destroyed) AS destroyed,
    sum(v.nodeallocs) AS nodeallocs,
    sum(v.alienoverflow) AS alienoverflow
  FROM v_node_stat v JOIN cache c ON c.id = v.cache_id
  GROUP BY v.run_id, v.sample_id, v.node_id) g
JOIN node_page_stat t ON t.sample_id = g.sample_id AND t.node_id = g.node_id;

-- All caches of a CPU, a row a run, sample and CPU.
CREATE VIEW v_cpu AS
SELECT v.run_id, v.sample_id, v.k, v.time_ns, v.cpu_id, v.cpu, v.node_id,
  sum(v.allochit) AS allochit,
  sum(v.allocmiss) AS allocmiss,
  100.0 * sum(v.allochit) / nullif(sum(v.allochit + v.allocmiss), 0)
    AS alloc_hit_pct,
  sum(v.freehit) AS freehit,
  sum(v.freemiss) AS freemiss,
  100.0 * sum(v.freehit) / nullif(sum(v.freehit + v.freemiss), 0)
    AS free_hit_pct,
  sum(v.remotefrees) AS remotefrees,
  sum(v.avail_objs) AS avail_objs,
  sum(v.avail_objs * c.buffer_bytes) AS avail_bytes
FROM v_cpu_stat v JOIN cache c ON c.id = v.cache_id
GROUP BY v.run_id, v.sample_id, v.cpu_id;

-- Where the recording of a run lost events; one row a place.
CREATE VIEW v_event_loss AS
SELECT r.id AS run_id, e.cpu, e.after_ns, e.time_ns,
  e.events AS lost_events
FROM run r JOIN event_loss e ON e.trace_id = r.trace_id;

-- Everything lost, skipped or guessed on the way from the recording to the
-- result, a row a run and kind. untimed: of the lost events, those of which it
-- is not known when; a place without a number counts as one, as it is counted.
CREATE VIEW v_loss AS
SELECT r.id AS run_id, l.kind, l.description,
  CASE l.kind
    WHEN 'lost_events' THEN t.lost_events
    WHEN 'unparsed_lines' THEN t.unparsed_lines
    WHEN 'unknown_frees' THEN t.unknown_frees
    WHEN 'implicit_frees' THEN t.implicit_frees
    WHEN 'inferred_allocs' THEN t.inferred_allocs
    WHEN 'traced_failed_allocs' THEN t.failed_allocs
    WHEN 'guessed_allocs' THEN (SELECT sum(c.trace_allocs) FROM cache c
      WHERE c.run_id = r.id AND c.identity IN ('key', 'size'))
    WHEN 'failed_allocs' THEN r.failed_allocs
    WHEN 'skipped_frees' THEN r.skipped_frees
    WHEN 'too_large' THEN r.too_large
    WHEN 'folded_cpus' THEN r.folded_cpus
    WHEN 'folded_nodes' THEN r.folded_nodes
    WHEN 'uncreated_caches' THEN (SELECT count(*) FROM cache c
      WHERE c.run_id = r.id AND c.chain_position IS NULL)
  END AS count,
  CASE l.kind WHEN 'lost_events' THEN max(0, t.lost_events
    - (SELECT ifnull(sum(ifnull(e.events, 1)), 0) FROM event_loss e
       WHERE e.trace_id = t.id)) END AS untimed
FROM run r JOIN trace t ON t.id = r.trace_id
CROSS JOIN (
  SELECT 1 AS n, 'lost_events' AS kind,
    'the tracer says it lost them' AS description
  UNION ALL SELECT 2, 'unparsed_lines', 'the import could not read them'
  UNION ALL SELECT 3, 'unknown_frees', 'of objects older than the trace'
  UNION ALL SELECT 4, 'implicit_frees',
    'assumed: the address was allocated again'
  UNION ALL SELECT 4, 'inferred_allocs',
    'not traced, put in: a later free proves them'
  UNION ALL SELECT 5, 'traced_failed_allocs',
    'failed when traced, not replayed'
  UNION ALL SELECT 6, 'guessed_allocs',
    'whose cache the import had to guess'
  UNION ALL SELECT 7, 'failed_allocs', 'simulated machine out of memory'
  UNION ALL SELECT 8, 'skipped_frees', 'of objects the machine never had'
  UNION ALL SELECT 9, 'too_large', 'above the largest general cache'
  UNION ALL SELECT 10, 'folded_cpus',
    'traced CPUs that share a simulated one'
  UNION ALL SELECT 11, 'folded_nodes',
    'allocations asked for a node the machine lacks'
  UNION ALL SELECT 12, 'uncreated_caches',
    'the machine could not create them') l
ORDER BY r.id, l.n;
