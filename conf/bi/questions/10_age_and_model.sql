-- How old is the data of each score, which model scored, and how many accounts have no score?
SELECT
  s.title,
  s.type,
  s.model_version,
  s.date_key AS data_of,
  s.scored_at,
  newest.day_number - d.day_number AS days_behind_the_newest,
  s.accounts,
  s.unscored_accounts
FROM bi.dim_score AS s
JOIN bi.dim_date AS d ON d.date_key = s.date_key
CROSS JOIN (
  SELECT max(n.day_number) AS day_number
  FROM bi.dim_score AS t
  JOIN bi.dim_date AS n ON n.date_key = t.date_key
) AS newest
ORDER BY s.title
