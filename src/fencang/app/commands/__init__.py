"""What each command of ``fencang`` does; imported only when the command runs."""
