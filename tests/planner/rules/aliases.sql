SELECT * FROM read_excel('sales.xlsx');
SELECT * FROM read_xlsx('sales.xlsx');;

SELECT abs(1);
SELECT abs(1);;
