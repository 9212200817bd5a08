"""Tables that people bring as files (CSV, Excel): read, tried without taking, taken once."""
