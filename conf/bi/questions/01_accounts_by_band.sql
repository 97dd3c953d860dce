-- How many accounts are in each band of each score, and how many of them does nobody work on?
SELECT
  s.title,
  m.band_name,
  CAST(sum(m.accounts) AS BIGINT) AS accounts,
  CAST(sum(CASE WHEN m.crm_state IN ('not_in_crm', 'untouched') THEN m.accounts ELSE 0 END) AS BIGINT) AS not_worked
FROM bi.fact_market AS m
JOIN bi.dim_score AS s ON s.score_name = m.score_name
GROUP BY s.title, m.band_name
ORDER BY s.title, m.band_name
