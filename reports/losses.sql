-- What was lost, skipped or guessed in a run; nothing when nothing was. The
-- frees that the import does not know are among those that the replay skips.
SELECT replace(kind, '_', ' ') || CASE
    WHEN ifnull(untimed, 0) = 0 THEN ''
    WHEN untimed = count THEN ' (times unknown)'
    ELSE ' (times of ' || untimed || ' unknown)' END,
  count, description FROM v_loss
WHERE run_id = :run AND count > 0 AND kind <> 'unknown_frees';
