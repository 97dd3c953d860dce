-- Do deals with accounts of a higher score convert better? Only the basis score_when_created is a proof.
SELECT
  basis,
  range_name,
  accounts,
  opportunities,
  won,
  lost,
  conversion,
  conversion_low,
  conversion_high,
  won_revenue_usd
FROM bi.fact_performance
WHERE score_name = 'platform' AND range_kind = 'tenth'
ORDER BY basis, low_score DESC NULLS LAST, range_name
