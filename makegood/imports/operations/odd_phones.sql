-- Purpose     the staged rows with a telephone number that is not E.164 yet
-- Reads       import_stage
-- Answer      the cells that hold numbers
SELECT
-- splice: phone_cells
FROM import_stage s
WHERE
-- splice: phone_is_odd
