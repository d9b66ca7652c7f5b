-- SPDX-License-Identifier: GPL-2.0-or-later
-- The lessons of the file.
SELECT 0 AS _total, l.file AS lesson, l.profile, l.nodes,
  (SELECT count(*) FROM lesson_step s WHERE s.lesson_id = l.id) AS steps,
  (SELECT count(*) FROM lesson_claim c WHERE c.lesson_id = l.id) AS claims,
  (SELECT count(*) FROM lesson_claim c WHERE c.lesson_id = l.id
    AND NOT c.holds) AS failed_claims,
  l.version, l.title
FROM lesson l ORDER BY l.file;
