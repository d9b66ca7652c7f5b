-- SPDX-License-Identifier: GPL-2.0-or-later
-- The caches that the player shows, :first of them: those whose slabs are
-- stored one by one, then those with most pages. page_json.c puts this before
-- the queries that are of these caches. The limits are those that a cache was
-- created with; page_tuned.sql has later ones.
WITH shown AS (
  SELECT c.id, c.name, c.buffer_bytes, c.objs_per_slab, c.pages_per_slab,
    c.limit_objs, c.batchcount_objs * c.shared_factor AS shared_limit_objs,
    v.pages,
    c.id IN (SELECT cache_id FROM slab_sample WHERE sample_id = :sample)
      AS has_slabs
  FROM v_cache v JOIN cache c ON c.id = v.cache_id
  WHERE v.sample_id = :sample AND v.grown > 0
  ORDER BY has_slabs DESC, v.pages DESC, c.name LIMIT :first)
