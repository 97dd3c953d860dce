-- Which customers does the score take for Unlikely, and what speaks most against each?
SELECT
  f.account_key,
  f.company_name,
  a.owner,
  f.score,
  f.industry,
  f.size,
  w.factor,
  w.value AS factor_value
FROM bi.fact_score AS f
JOIN bi.dim_account AS a ON a.account_key = f.account_key AND a.crm_account_count > 0
LEFT JOIN (
  SELECT score_name, account_key, factor, value
  FROM bi.fact_factor
  WHERE score_name = 'platform' AND band = 'unlikely' AND side = 'against' AND place = 1
) AS w ON w.score_name = f.score_name AND w.account_key = f.account_key
WHERE f.score_name = 'platform' AND f.band = 'unlikely' AND f.crm_state = 'customer'
ORDER BY f.score, f.account_key
LIMIT 50
