-- A view of Avila's own is a call of the function that answers it.
SELECT * FROM avila.watched;
SELECT * FROM avila.watched() AS watched;;

SELECT w.a FROM avila.watched AS w;
SELECT w.a FROM avila.watched() AS w;;

SELECT * FROM native.avila.watched;
SELECT * FROM avila.watched() AS watched;;

DESCRIBE avila.watched;
DESCRIBE SELECT * FROM avila.watched() AS watched;;

SELECT * FROM avila.changes;
SELECT * FROM avila.changes;;

SELECT * FROM other.watched;
SELECT * FROM other.watched;;
