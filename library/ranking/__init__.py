"""What is worth reading: scores of papers for one person, made of parts that can be shown and add up."""
