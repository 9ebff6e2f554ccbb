"""Records of the expanded unpacked format: what a layout is, every layout, lines as columns."""
