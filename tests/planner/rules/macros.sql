SELECT decibel(flux) FROM star;
SELECT (10 * log10(flux / 1)) FROM star;;

SELECT decibel(a + b, reference := c) FROM star;
SELECT (10 * log10((a + b) / c)) FROM star;;

-- A macro in the body of a macro.
SELECT twice(x) FROM star;
SELECT ((10 * log10(x / 1)) + (10 * log10(x / 1))) FROM star;;

-- A macro in the argument of a macro.
SELECT decibel(decibel(x)) FROM star;
SELECT (10 * log10((10 * log10(x / 1)) / 1)) FROM star;;

SELECT decibel() FROM star;
UndefinedFunction: function decibel needs power;;

SELECT decibel(1, 2, 3) FROM star;
UndefinedFunction: function decibel takes at most 2 arguments, 3 were given;;
