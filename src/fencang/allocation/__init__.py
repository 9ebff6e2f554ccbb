"""How lots are divided among accounts: pure functions over instructed and received quantities."""
