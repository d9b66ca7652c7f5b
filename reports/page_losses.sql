-- Losses of the recording by the sample before which it went on, where there is
-- one: sample, events lost, places without a number.
SELECT (SELECT min(s.k) FROM sample s WHERE s.run_id = :run
    AND s.time_ns >= e.time_ns) AS k,
  sum(ifnull(e.lost_events, 0)), count(*) - count(e.lost_events)
FROM v_event_loss e WHERE e.run_id = :run
GROUP BY 1 HAVING k IS NOT NULL ORDER BY 1;
