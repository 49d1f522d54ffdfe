-- A function that a user made is written out for whom its body's tables must be checked.
SELECT doubled(k + 1) AS d FROM open;
SELECT ((k + 1) * 2) AS d FROM open;;

SELECT doubled(doubled(x => k)) FROM open;
SELECT ((((k) * 2)) * 2) FROM open;;

SELECT * FROM rows_of(3);
SELECT * FROM (SELECT id FROM own WHERE id > (3)) AS rows_of;;

SELECT r.id FROM rows_of(low := 3) AS r;
SELECT r.id FROM (SELECT id FROM own WHERE id > (3)) AS r;;

SELECT doubled(1, 2);
UndefinedFunction: function doubled with 2 arguments does not exist;;

SELECT upper(v) FROM open;
SELECT upper(v) FROM open;;
