-- How long the objects of the run's trace lived, as far as the pass was made.
SELECT from_ns, below_ns, objs FROM lifetime
WHERE trace_id = (SELECT trace_id FROM run WHERE id = :run)
  AND CASE WHEN :cache_id IS NULL THEN cache = ''
    ELSE cache = (SELECT name FROM cache WHERE id = :cache_id) END
ORDER BY from_ns;
