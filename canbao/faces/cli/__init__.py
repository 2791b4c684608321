"""The `canbao` command."""
