-- What query() says is checked like the rest of the statement.
SELECT * FROM query('SELECT id FROM star');
SELECT * FROM (SELECT id FROM star) AS query;;

SELECT q.id FROM query('SELECT id FROM star WHERE id > 1') AS q;
SELECT q.id FROM (SELECT id FROM star WHERE id > 1) AS q;;

SELECT * FROM query_table('star');
SELECT * FROM star AS query_table;;

SELECT * FROM query('FROM query(''SELECT 1 AS a'')');
SELECT * FROM (FROM (SELECT 1 AS a) AS query) AS query;;

SELECT * FROM query('DROP TABLE star');
StatementNotAllowed: query() takes one SELECT;;

SELECT * FROM query('SELECT 1; SELECT 2');
StatementNotAllowed: query() takes one SELECT;;

SELECT * FROM query('SELECT ' || 'getenv()');
FeatureNotSupported: query takes one constant text, so that it can be checked;;
