-- Whose score moved most in the last 30 days, and why?
SELECT
  h.date_key,
  h.account_key,
  a.company_name,
  h.score_before,
  h.score,
  h.points_moved,
  h.cause,
  h.band_before_name,
  h.band_name
FROM bi.fact_history AS h
JOIN bi.dim_date AS d ON d.date_key = h.date_key
JOIN bi.dim_score AS s ON s.score_name = h.score_name
JOIN bi.dim_date AS newest ON newest.date_key = s.date_key
LEFT JOIN bi.dim_account AS a ON a.account_key = h.account_key
WHERE h.score_name = 'platform' AND h.change = 'changed' AND d.day_number > newest.day_number - 30
ORDER BY abs(h.points_moved) DESC, h.account_key, h.date_key
LIMIT 50
