SELECT * FROM duckdb_databases();
SELECT * FROM (SELECT * REPLACE (CASE WHEN FALSE THEN "options" END AS "options") FROM duckdb_databases()) AS duckdb_databases;;

-- What a statement calls it, it is still called.
SELECT d.options FROM duckdb_databases() AS d;
SELECT d.options FROM (SELECT * REPLACE (CASE WHEN FALSE THEN "options" END AS "options") FROM duckdb_databases()) AS d;;

-- Another table of a statement stays as it is, and so does a name that is not the kernel's.
WITH duckdb_databases AS (FROM star) SELECT * FROM duckdb_databases, duckdb_tables();
WITH duckdb_databases AS (FROM star) SELECT * FROM duckdb_databases, duckdb_tables();;
