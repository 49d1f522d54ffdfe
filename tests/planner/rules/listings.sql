SELECT * FROM star;
lists: False;;

-- What lists the stores must not be under way while a store's file is exchanged.
SELECT * FROM duckdb_tables();
lists: True;;

-- Views of the kernel's list them too, and a user's macro might.
SELECT * FROM information_schema.tables;
lists: True;;

SELECT users_macro(a) FROM star;
lists: True;;
