SELECT 1;
kernel: duckdb
extensions: [];;

FROM read_excel('a.xlsx');
extensions: ['excel'];;

COPY star TO 'a.xlsx';
extensions: ['excel'];;

COPY star TO 'a.out' (FORMAT xlsx);
extensions: ['excel'];;
