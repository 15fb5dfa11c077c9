"""Full texts of papers: fetched politely or taken from a file, read in a child process, searched and quoted."""
