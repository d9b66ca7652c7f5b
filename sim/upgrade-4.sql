-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema 3 to 4.

-- Events of CPUs that were offline.
ALTER TABLE run ADD COLUMN moved_events INTEGER;

-- Where each object of a slab is.
ALTER TABLE slab_sample ADD COLUMN obj_map TEXT;

-- Where events were lost, and when the reaper ran: event_loss and reap_pass are
-- new. Of runs that are there neither is known.
