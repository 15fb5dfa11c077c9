"""Texts to vectors and back: the model, its two runtimes, the stored vectors and the FAISS index over them."""
