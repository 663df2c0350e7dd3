"""Write the tables of docs/errors.md."""

from tests.errors.document import DOCUMENT, render

if __name__ == "__main__":
    DOCUMENT.write_text(render(DOCUMENT.read_text()))
