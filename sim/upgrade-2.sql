-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema 1 to 2: columns that tables of schema 1 lack, in the order in
-- which they end the tables today. What is new is made by tables.sql after
-- this. Nothing wrote slab_sample and step before schema 2.
DROP TABLE slab_sample;
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
