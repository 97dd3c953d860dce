-- Which factors speak most often for the 1,000 best accounts, and by how much?
SELECT
  factor,
  CAST(count(*) AS BIGINT) AS accounts,
  avg(contribution) AS mean_contribution
FROM bi.fact_factor
WHERE score_name = 'platform' AND side = 'for' AND rank <= 1000
GROUP BY factor
ORDER BY accounts DESC, factor
