FROM read_csv('a.csv');
paths: ['a.csv'];;

FROM read_csv(['a.csv', 'b.csv'], header = true);
paths: [['a.csv', 'b.csv']];;

FROM read_csv(?);
paths: [0];;

FROM read_csv($2), star WHERE id = $1;
paths: [1];;

FROM read_csv($where);
paths: ['where'];;

FROM read_fits(hdu := 2, path := 'a.fits');
paths: ['a.fits'];;

FROM read_csv('a' || '.csv');
FeatureNotSupported: 'a' || '.csv' is not known before the statement runs;;

COPY star TO 'out.parquet';
paths: ['out.parquet'];;

COPY (SELECT * FROM 'in.csv') TO 'out.csv';
paths: ['in.csv', 'out.csv'];;

COPY star TO STDOUT;
FeatureNotSupported: COPY … STDOUT needs a network client; here, a file is read or written;;

SELECT * FROM star WHERE id IN (SELECT id FROM 'ids.csv');
paths: ['ids.csv'];;
