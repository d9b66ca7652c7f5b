-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema 2 to 3: events of the page allocator.
ALTER TABLE trace ADD COLUMN page_allocs INTEGER;
ALTER TABLE trace ADD COLUMN page_frees INTEGER;
