SELECT * FROM 'stars.parquet';
SELECT * FROM read_parquet('stars.parquet') AS "stars";;

FROM 'data/2024/stars.csv.gz' AS s;
FROM read_csv('data/2024/stars.csv.gz') AS s;;

FROM 'catalogue.fits';
FROM read_fits('catalogue.fits') AS "catalogue";;

FROM "stars.parquet";
FROM read_parquet('stars.parquet') AS "stars";;

-- Not a file: a table of a schema.
FROM other.thing;
FROM other.thing;;
