"""`canbao pack …`: for whoever writes and looks after policy packs. Reads files, prints Chinese for staff."""
