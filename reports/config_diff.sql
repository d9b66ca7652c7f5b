-- Where two configurations (JSON) differ: a row a setting that is not the same,
-- its value in each; NULL: not set there. Objects are walked through, arrays are
-- looked at as a whole. What is no JSON has no settings.
WITH RECURSIVE setting(of_a, key, type, value) AS (
  VALUES (1, NULL, 'object', CASE WHEN json_valid(:a) THEN :a ELSE '{}' END),
    (0, NULL, 'object', CASE WHEN json_valid(:b) THEN :b ELSE '{}' END)
  UNION ALL
  SELECT s.of_a, ifnull(s.key || '.', '') || j.key, j.type,
    CASE WHEN j.type IN ('true', 'false', 'null') THEN j.type ELSE j.value END
  FROM setting s JOIN json_each(
    CASE s.type WHEN 'object' THEN s.value ELSE '{}' END) j)
SELECT key, max(CASE WHEN of_a THEN CAST(value AS TEXT) END) AS a,
  max(CASE WHEN NOT of_a THEN CAST(value AS TEXT) END) AS b
FROM setting WHERE type <> 'object' GROUP BY key HAVING a IS NOT b ORDER BY key;
