-- Which are the 20 best German accounts that nobody works on, and what speaks most for each?
SELECT
  f.account_key,
  f.company_name,
  f.industry,
  f.size,
  f.score_final,
  f.band_name,
  f.advice,
  w.factor,
  w.value AS factor_value
FROM bi.fact_score AS f
LEFT JOIN (
  SELECT score_name, account_key, factor, value
  FROM bi.fact_factor
  WHERE score_name = 'platform' AND side = 'for' AND place = 1 AND rank IS NOT NULL
) AS w ON w.score_name = f.score_name AND w.account_key = f.account_key
WHERE f.score_name = 'platform'
  AND f.band IN ('highly_likely', 'likely')
  AND f.country = 'DE'
  AND f.crm_state IN ('not_in_crm', 'untouched')
ORDER BY f.score_final DESC, f.account_key
LIMIT 20
