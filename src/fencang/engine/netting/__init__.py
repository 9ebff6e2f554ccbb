"""SPAN in the engine: files in force, netting sets over them, and what orders could add."""
