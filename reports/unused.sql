-- How many caches of the chain a table of caches leaves out.
SELECT count(*) FROM v_cache
WHERE run_id = :run AND sample_id = :sample AND grown = 0;
