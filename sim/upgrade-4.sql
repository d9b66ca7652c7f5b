-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema 3 to 4.

-- Events of CPUs that were offline.
ALTER TABLE run ADD COLUMN moved_events INTEGER;

-- Where each object of a slab is.
ALTER TABLE slab_sample ADD COLUMN obj_map TEXT;

-- Where events were lost, when the reaper ran, what alien arrays held and what
-- was done to the machine: event_loss, reap_pass, alien_stat and run_action are
-- new. Of runs that are there nothing of it is known.
