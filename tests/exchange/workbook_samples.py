"""What the tests of registers as workbooks share: readers, workbooks changed on purpose, registers without places."""

import dataclasses
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

from aimsgraph import assets
from aimsgraph.compliance.register import load_law
from aimsgraph.content.organisation_files import read_files
from aimsgraph.content.organisation_law import LawIndex
from aimsgraph.errors import Location
from aimsgraph.exchange.register_read import read_register
from aimsgraph.exchange.register_write import write_register

LAW: LawIndex = load_law()
EXAMPLES = assets.path("data") / "examples"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def written(folder: Path) -> bytes:
    return write_register(read_files(folder, folder.name), LAW, "v1")[0]


CLEAN = written(EXAMPLES / "clean")


def read(data: bytes, folder: Path, name: str = "book.xlsx"):
    path = folder / name
    path.write_bytes(data)
    return read_register(path, name)


def changed(change, data: bytes = CLEAN) -> bytes:
    """Return a workbook after a change, as openpyxl saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(changes: dict[str, bytes], data: bytes = CLEAN) -> bytes:
    """Return a workbook with parts of its archive replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *changes]):
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return out.getvalue()


def part_of(sheet: str, data: bytes = CLEAN) -> str:
    """Return the part of the archive that holds a sheet; openpyxl numbers them in order."""
    names = openpyxl.load_workbook(io.BytesIO(data), read_only=True).sheetnames
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def with_shared_strings(data: bytes) -> bytes:
    """Return a workbook whose texts stand in one table, as spreadsheet programs save them."""
    tag, shared, parts = f"{{{NAMESPACE}}}", ElementTree.Element(f"{{{NAMESPACE}}}sst"), {}
    archive = zipfile.ZipFile(io.BytesIO(data))
    for name in archive.namelist():
        if name.startswith("xl/worksheets/sheet"):
            root = ElementTree.fromstring(archive.read(name))
            for cell in root.iter(f"{tag}c"):
                if cell.get("t") == "inlineStr":
                    (inline,) = cell
                    inline.tag = f"{tag}si"
                    cell.remove(inline)
                    cell.set("t", "s")
                    ElementTree.SubElement(cell, f"{tag}v").text = str(len(shared))
                    shared.append(inline)
            parts[name] = ElementTree.tostring(root)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = archive.read("[Content_Types].xml").replace(
        b"</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    )
    return repacked({**parts, "xl/sharedStrings.xml": ElementTree.tostring(shared), "[Content_Types].xml": types}, data)


def sheet_xml(rows: str) -> bytes:
    return f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def without_places(value):
    """Return a value in which no location tells where it was read."""
    if isinstance(value, Location):
        return None
    if isinstance(value, tuple):
        return tuple(map(without_places, value))
    if isinstance(value, dict):
        return {key: without_places(each) for key, each in value.items()}
    if dataclasses.is_dataclass(value):
        return {f.name: without_places(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value


def values_of(files):
    """Return everything an organisation's files say, without places."""
    documents = {name: [d.model for d in getattr(files, name)] for name in ("systems", "impacts", "policies")}
    single = {name: found and found.model for name in ("header", "audits") if (found := getattr(files, name)) or True}
    rows = {
        name: [{k: v for k, v in row.cells.items() if v} for row in table.rows]
        for name, table in files.tables.items()
        if table.rows
    }
    return {**documents, **single, **rows}


def rules(files) -> list[tuple[str, str]]:
    return [(finding.rule, str(finding.location)) for finding in files.findings]
