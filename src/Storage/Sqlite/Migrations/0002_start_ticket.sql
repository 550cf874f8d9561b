-- The call that started the latest attempt of a compatible worker: a repeat of it is known by this.
ALTER TABLE tasks ADD COLUMN start_ticket BLOB;
