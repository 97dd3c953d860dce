-- How many accounts changed band in each month, from which to which, and why?
SELECT
  d.month_key,
  coalesce(h.band_before_name, 'New') AS band_from,
  coalesce(h.band_name, 'Gone') AS band_to,
  h.cause,
  CAST(count(*) AS BIGINT) AS accounts
FROM bi.fact_history AS h
JOIN bi.dim_date AS d ON d.date_key = h.date_key
WHERE h.score_name = 'platform' AND h.is_other_band
GROUP BY d.month_key, coalesce(h.band_before_name, 'New'), coalesce(h.band_name, 'Gone'), h.cause
ORDER BY d.month_key, band_from, band_to, h.cause
