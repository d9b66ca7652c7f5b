-- SPDX-License-Identifier: GPL-2.0-or-later
-- The pictures are JSON as text: page_data.js parses the one it shows.
SELECT step, cache, picture FROM lesson_picture
WHERE lesson_id = :first ORDER BY step, cache;
