-- SPDX-License-Identifier: GPL-2.0-or-later
-- Lessons, in the order of their names.
SELECT id, file, title FROM lesson ORDER BY file;
