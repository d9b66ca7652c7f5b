-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT step, operation, say, path, cache FROM lesson_step
WHERE lesson_id = :first ORDER BY step;
