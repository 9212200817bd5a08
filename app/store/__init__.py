"""What the city remembers: Redis, SQL, Parquet."""
