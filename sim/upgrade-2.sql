-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema 1 to 2: columns that tables of schema 1 lack, in the order in
-- which they end the tables today. What is new is made by tables.sql after
-- this. Nothing wrote slab_sample and step before schema 2; later upgrades add
-- to slab_sample, so it is made here as schema 2 had it.
DROP TABLE slab_sample;
CREATE TABLE slab_sample (
  sample_id INTEGER NOT NULL REFERENCES sample(id),
  cache_id INTEGER NOT NULL REFERENCES cache(id),
  node_id INTEGER NOT NULL REFERENCES node(id),
  list TEXT NOT NULL CHECK (list IN ('partial', 'full', 'free')),
  position INTEGER NOT NULL, -- from the head of the list
  grow_number INTEGER NOT NULL, -- 1: the first slab the cache ever grew
  inuse_objs INTEGER NOT NULL, -- not free: live ones and those in arrays
  live_objs INTEGER NOT NULL, -- of these, really in use
  first_free INTEGER, -- index handed out next; NULL: full
  frame INTEGER NOT NULL, -- first page frame within the node
  PRIMARY KEY (sample_id, cache_id, node_id, list, position));
DROP TABLE step;
ALTER TABLE trace ADD COLUMN inferred_allocs INTEGER;
ALTER TABLE run ADD COLUMN warm_frees INTEGER;
ALTER TABLE cache ADD COLUMN trace_inferred_allocs INTEGER;
ALTER TABLE cache ADD COLUMN trace_inferred_frees INTEGER;
ALTER TABLE cpu_stat ADD COLUMN miss_cold INTEGER;
ALTER TABLE cpu_stat ADD COLUMN miss_reaped INTEGER;
ALTER TABLE cpu_stat ADD COLUMN miss_capacity INTEGER;
ALTER TABLE cpu_stat ADD COLUMN miss_stranded INTEGER;
ALTER TABLE cpu_stat ADD COLUMN miss_other INTEGER;
