"""The `canbao` command."""

from canbao.faces.cli.main import main

if __name__ == "__main__":
    main()
