"""What the paper club and the research programme have of each other: prep packs, documents, decisions taken over."""
