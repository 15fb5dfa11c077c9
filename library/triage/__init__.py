"""The daily loop: what was announced, once each, the best first; what one decides on it; what came of each day."""
