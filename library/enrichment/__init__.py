"""What other services know of papers: off unless asked for, polite, and nothing but ids is sent."""
