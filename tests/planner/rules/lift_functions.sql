-- The kernel answers the arguments; the function is applied to the answer.
SELECT id, fft(signal) AS f FROM star;
SELECT id, NULL AS __avila_lifted_0, CAST(signal AS DOUBLE[]) AS __avila_argument_0, CAST(1.0 AS DOUBLE) AS __avila_argument_1 FROM star
lifted: ['f=fft'];;

-- Without an alias, it is called what the kernel would call it.
SELECT fft(signal) FROM star WHERE id = 3 ORDER BY id LIMIT 2;
lifted: ['fft(signal, 1.0)=fft'];;

-- Aggregates may stand in the arguments.
SELECT fft(list(mag)) AS f FROM star GROUP BY kind;
UndefinedFunction: function list does not exist;;

SELECT fft(any_signal) AS f, sum(mag) FROM star GROUP BY kind;
lifted: ['f=fft'];;

-- Where the column's values decide about rows, or are used again, it stays in the kernel.
SELECT DISTINCT fft(signal) AS f FROM star;
lifted: [];;

SELECT fft(signal) AS f FROM star ORDER BY f;
lifted: [];;

SELECT fft(signal) AS f FROM star ORDER BY 1;
lifted: [];;

SELECT fft(signal) AS f FROM star ORDER BY ALL;
lifted: [];;

SELECT fft(signal) AS f FROM star GROUP BY ALL;
lifted: [];;

SELECT fft(signal) AS f, f[1] FROM star;
lifted: [];;

SELECT fft(signal) AS f FROM star WHERE f IS NULL;
lifted: [];;

SELECT upper(fft(signal)) AS f FROM star;
lifted: [];;

SELECT fft(COLUMNS('s.*')) FROM star;
lifted: [];;

SELECT * FROM (SELECT fft(signal) AS f FROM star);
lifted: [];;

SELECT fft(signal) AS f FROM star UNION ALL SELECT fft(signal) FROM star;
lifted: [];;

CREATE TABLE t AS SELECT fft(signal) AS f FROM star;
lifted: [];;

-- A name that only the kernel could give.
SELECT fft(signal || signal) FROM star;
lifted: [];;
