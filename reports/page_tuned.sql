-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the caches shown were tuned to on the way, by the sample that shows it
-- first; the limits are NULL where they are not known.
SELECT t.cache_id, ifnull((SELECT min(s.k) FROM sample s WHERE s.run_id = :run
    AND s.time_ns >= t.time_ns), (SELECT max(k) FROM sample
    WHERE run_id = :run)) AS k,
  t.limit_objs, t.batchcount_objs * t.shared_factor AS shared_limit_objs
FROM v_tuned t WHERE t.run_id = :run
  AND t.cache_id IN (SELECT id FROM shown)
ORDER BY t.cache_id, t.seq;
