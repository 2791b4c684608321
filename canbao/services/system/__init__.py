"""Packs, env, demo: what the rest runs on."""
