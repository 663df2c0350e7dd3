"""Write the tables of docs/errors.md anew."""

from tests.catalogue.document import DOCUMENT, written

if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
