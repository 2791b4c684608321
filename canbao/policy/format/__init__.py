"""The file format of packs: values with provenance, sections, the reader and its faults."""
