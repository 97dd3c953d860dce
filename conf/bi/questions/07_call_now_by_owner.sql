-- How many accounts that are no customers should each owner call now, by country?
SELECT
  coalesce(a.owner, 'nobody') AS owner_name,
  f.country,
  CAST(count(*) AS BIGINT) AS accounts,
  max(f.score_final) AS best_score
FROM bi.fact_score AS f
JOIN bi.dim_account AS a ON a.account_key = f.account_key
WHERE f.score_name = 'platform'
  AND f.band IN ('highly_likely', 'likely')
  AND f.advice = 'call_now'
  AND f.crm_state <> 'customer'
GROUP BY coalesce(a.owner, 'nobody'), f.country
ORDER BY accounts DESC, owner_name, f.country
