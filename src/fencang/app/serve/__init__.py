"""The server: one desk, its journal, its venues and its doors, put together in one process."""
