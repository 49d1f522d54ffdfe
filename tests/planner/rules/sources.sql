SELECT avg FROM read_fits('a.fits');
SELECT avg FROM __avila_source_0 AS read_fits
sources: ['__avila_source_0=read_fits']
arguments: [{'path': 'a.fits'}];;

SELECT * FROM read_fits('a.fits', 2) AS f(x, y), star;
SELECT * FROM __avila_source_0 AS f(x, y), star
arguments: [{'path': 'a.fits', 'hdu': 2}];;

-- The kernel does not see the parameters that a source took.
SELECT * FROM star WHERE id = ? AND id IN (SELECT id FROM read_fits(?, hdu := ?)) AND mag < ?;
placeholders: (0, 3)
arguments: [{'path': 'parameter 1', 'hdu': 'parameter 2'}];;

SELECT * FROM read_fits();
UndefinedFunction: function read_fits needs path;;

CREATE TABLE t AS FROM read_fits('a.fits');
CREATE TABLE t AS FROM __avila_source_0 AS read_fits;;

CREATE VIEW v AS FROM read_fits('a.fits');
FeatureNotSupported: a view cannot keep read_fits(), which is read by Avila rather than by the kernel;;
