-- Locks of a run with threads, the most waited for first: taken at once, taken
-- after waiting, wait in nanoseconds of the host, name: class, cache, node (and
-- the node whose objects an alien array has).
SELECT acquisitions - contended AS at_once, contended AS waited,
  wait_ns,
  class || ifnull(' ' || cache, '') || ifnull(' ' || node, '') ||
    ifnull('>' || other_node, '') AS name
FROM host_lock WHERE run_id = :run
  AND (:cache_id IS NULL OR cache = (SELECT name FROM cache
                                     WHERE id = :cache_id))
ORDER BY wait_ns DESC, acquisitions DESC, name LIMIT min(:top, 30);
