-- The same in words: which actions they were, in the order of the first of each.
SELECT group_concat(action, ', ') AS words FROM (
  SELECT action FROM run_action a
  WHERE a.run_id = :run AND a.result <> 'left' AND (:cache_id IS NULL
    OR a.cache IS NULL
    OR a.cache = (SELECT name FROM cache WHERE id = :cache_id))
  GROUP BY action ORDER BY min(number));
