-- When the first byte of a chunk was printed, ms since its attempt began; null from a worker that does not say.
ALTER TABLE output_chunks ADD COLUMN elapsed INTEGER;
