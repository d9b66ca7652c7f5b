-- Where the recording of a run lost events, in columns of time that a picture
-- has room for: time of the first place in it, events lost (places without a
-- number are not in it), places, places without a number.
WITH place AS (
  SELECT time_ns, lost_events, ifnull(time_ns * 300 / nullif((SELECT
    max(time_ns) FROM sample WHERE run_id = :run), 0), 0) AS at
  FROM v_event_loss WHERE run_id = :run)
SELECT min(time_ns) AS time_ns, sum(ifnull(lost_events, 0)) AS lost_events,
  count(*) AS places, count(*) - count(lost_events) AS unnumbered
FROM place GROUP BY at ORDER BY at;
