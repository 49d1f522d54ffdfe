SELECT fft(signal) FROM star;
SELECT fft(signal, 1.0) FROM star;;

SELECT fft(rate := 2, signal := s) FROM star;
SELECT fft(s, 2) FROM star;;

SELECT fft(s, speed := 2) FROM star;
UndefinedFunction: function fft has no parameter speed;;
