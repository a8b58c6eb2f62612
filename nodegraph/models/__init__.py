"""Bringing models into their folders and telling what is there: downloads, copies, what each file is."""
