-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema 3 to 4.

-- Where events were lost, and when the reaper ran: event_loss and reap_pass are
-- new. Of runs that are there neither is known.
