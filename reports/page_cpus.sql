-- SPDX-License-Identifier: GPL-2.0-or-later
-- Arrays of CPUs of the caches shown, where something changed.
SELECT r.cache_id, s.k, p.cpu, r.avail_objs, r.allochit, r.allocmiss,
  r.freehit, r.freemiss, r.remotefrees
FROM cpu_stat r JOIN sample s ON s.id = r.sample_id
JOIN cpu p ON p.id = r.cpu_id
WHERE s.run_id = :run
  AND r.cache_id IN (SELECT id FROM shown)
ORDER BY r.cache_id, s.k, p.cpu;
