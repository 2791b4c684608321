"""Plays the national platform: what it knows of persons, asked one by one or told in a daily feed."""
