-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema 3 to 4.

-- Where each object of a slab is.
ALTER TABLE slab_sample ADD COLUMN obj_map TEXT;
