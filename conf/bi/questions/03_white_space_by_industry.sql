-- In which industries is the white space: accounts that are Likely or better, and that nobody works on?
SELECT
  industry,
  CAST(sum(CASE WHEN is_white_space THEN accounts ELSE 0 END) AS BIGINT) AS white_space,
  CAST(sum(CASE WHEN is_white_space THEN call_now_accounts ELSE 0 END) AS BIGINT) AS call_now,
  CAST(sum(CASE WHEN is_white_space THEN accounts ELSE 0 END) AS DOUBLE) / CAST(sum(accounts) AS DOUBLE) AS share_of_industry
FROM bi.fact_market
WHERE score_name = 'platform'
GROUP BY industry
HAVING sum(CASE WHEN is_white_space THEN accounts ELSE 0 END) > 0
ORDER BY white_space DESC, industry
