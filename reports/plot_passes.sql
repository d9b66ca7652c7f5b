-- The reaper's ticks, in columns of time that a picture has room for: time,
-- passes of cache_reap, those that gave slabs back. One that did tells the time.
WITH pass AS (
  SELECT time_ns, slabs, ifnull(time_ns * 240 / nullif((SELECT max(time_ns)
    FROM sample WHERE run_id = :run), 0), 0) AS at
  FROM reap_pass WHERE run_id = :run)
SELECT ifnull(min(CASE WHEN slabs > 0 THEN time_ns END), min(time_ns))
    AS time_ns,
  count(*) AS passes, sum(slabs > 0) AS gave_back
FROM pass GROUP BY at ORDER BY at;
