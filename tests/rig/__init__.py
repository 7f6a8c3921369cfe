"""What the end-to-end tests stand on: the real program, people, and clients that look at every byte."""
