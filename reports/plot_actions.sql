-- What was done to the machine on the way, in columns of time that a picture has
-- room for: time of the first in it (of what is later than the end, the end),
-- actions, line of the run, actions not done. Of one cache, not what was done to
-- others.
WITH last AS (SELECT max(time_ns) AS end_ns FROM sample WHERE run_id = :run),
action AS (
  SELECT min(a.time_ns, l.end_ns) AS time_ns, a.result, l.end_ns
  FROM run_action a JOIN last l
  WHERE a.run_id = :run AND a.result <> 'left' AND (:cache_id IS NULL
    OR a.cache IS NULL
    OR a.cache = (SELECT name FROM cache WHERE id = :cache_id)))
SELECT min(time_ns) AS time_ns, count(*) AS actions,
  :line AS line, sum(result = 'not done') AS not_done
FROM action GROUP BY ifnull(time_ns * 300 / nullif(end_ns, 0), 0)
ORDER BY time_ns;
