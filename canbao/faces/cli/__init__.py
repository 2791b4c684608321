"""The command line: `canbao …`."""
