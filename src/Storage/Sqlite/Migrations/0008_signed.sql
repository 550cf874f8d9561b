-- What the client signed: UTF-8 JSON, unopened.
ALTER TABLE task_specs ADD COLUMN signed BLOB;
