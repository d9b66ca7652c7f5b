-- SPDX-License-Identifier: GPL-2.0-or-later
-- What was done to the machine by the sample that shows it first: sample,
-- operation, result. What is later than all samples, the last one shows.
SELECT ifnull((SELECT min(s.k) FROM sample s WHERE s.run_id = :run
    AND s.time_ns >= a.time_ns), (SELECT max(k) FROM sample
    WHERE run_id = :run)) AS k, a.operation, a.result
FROM run_action a WHERE a.run_id = :run AND a.result <> 'left'
ORDER BY a.number;
