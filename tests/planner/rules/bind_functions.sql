SELECT count(*), upper('a') FROM star;
functions: ['count', 'upper'];;

SELECT users_macro(1);
functions: ['users_macro'];;

SELECT uper('a');
UndefinedFunction: function uper does not exist;;

SELECT getenv('HOME');
StatementNotAllowed: function getenv is not allowed;;

FROM arrow_scan(1, 2, 3);
StatementNotAllowed: function arrow_scan is not allowed;;

FROM histogram('star', 'mag');
StatementNotAllowed: table function histogram is not allowed;;

FROM range(3);
functions: ['range'];;

-- A scalar function is no table function.
FROM upper('a');
StatementNotAllowed: table function upper is not governed by any rule;;

FROM nothing(1);
UndefinedFunction: table function nothing does not exist;;

CALL getenv('HOME');
StatementNotAllowed: function getenv is not allowed;;
