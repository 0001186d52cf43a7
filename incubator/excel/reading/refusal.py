"""Why a whole file cannot be read: one sentence each, which says what to do instead."""

from __future__ import annotations

from incubator.values.words import Words


class Refused(Exception):  # noqa: N818 - not an error: it carries the answer out of the reading
    """The file cannot be read; `words` say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


_SAVE_AS = Words("请用 Excel 或 WPS 另存为 .xlsx 后再上传", "Save it as .xlsx in Excel or WPS and upload it again")


def _kind(zh: str, en: str) -> Words:
    return Words(f"{zh}，不是 .xlsx 工作簿。{_SAVE_AS.zh}", f"{en}, not an .xlsx workbook. {_SAVE_AS.en}")


EMPTY = Words("文件是空的（0 字节）。请重新选择文件", "The file is empty (0 bytes). Choose it again")
UNKNOWN = _kind("无法识别此文件", "The kind of this file is unknown")
CSV = _kind("这是文本文件（CSV 等）", "This is a text file (CSV or similar)")
HTML = _kind("这是网页（HTML）表格，只是以表格文件的名字保存", "This is a web page (HTML) under the name of a workbook")
XML_TABLE = _kind("这是 XML 表格", "This is an XML table")
OLD_XLS = _kind("这是旧版 .xls 工作簿", "This is a workbook in the old .xls format")
XLSB = _kind("这是二进制 .xlsb 工作簿", "This is a binary .xlsb workbook")
ODS = _kind("这是 OpenDocument 文件（.ods 等）", "This is an OpenDocument file (.ods or similar)")
OTHER_OFFICE = _kind("这是 Word 或 PowerPoint 文件", "This is a Word or PowerPoint file")
PICTURE = _kind("这是图片", "This is a picture")
PDF = _kind("这是 PDF 文件", "This is a PDF file")
ARCHIVE = _kind("这是压缩包，里面没有工作簿", "This is an archive without a workbook in it")
ENCRYPTED = Words(
    "工作簿设有打开密码（已加密）。请取消密码后再上传",
    "The workbook is encrypted: it asks for a password. Remove the password and upload it again",
)
MACRO_SHEETS = Words(
    "工作簿含有宏表（Excel 4.0 宏），不予读取。请删去宏表，另存为 .xlsx 后再上传",
    "The workbook has macro sheets (Excel 4.0) and is not read. Delete them and save it as .xlsx",
)
DAMAGED = Words(
    "文件已损坏，无法完整读取。请用 Excel 或 WPS 打开原文件，另存后再上传",
    "The file is damaged and cannot be read whole. Open the original in Excel or WPS, save it again and upload that",
)
TOO_LARGE = Words(
    "文件解压后过大。请删去多余的工作表和图片，或分成几个文件",
    "The file is too large when unpacked. Remove sheets and pictures that are not needed, or split it",
)
TOO_FAR = Words(
    "工作表“{sheet}”的使用范围过大（到 {cell}）。请删去表格以外的单元格后再上传",
    "The used range of sheet “{sheet}” is too large (down to {cell}). Delete the cells outside the table first",
)
TOO_MANY = Words("数据超过 {n} 行。请分成几个文件上传", "There are more than {n} rows. Split them over several files")
DEFINITIONS = Words(
    "文件含有不安全的 XML 定义，已拒绝读取。请用 Excel 或 WPS 另存后再上传",
    "The file has unsafe XML definitions and was not read. Save it again in Excel or WPS",
)
TOO_LONG = Words(
    "读取此文件用时过长，已停止。请删去多余的内容，或分成几个文件",
    "Reading this file took too long and was stopped. Remove what is not needed, or split it",
)
TOO_MUCH_MEMORY = Words(
    "读取此文件占用内存过多，已停止。请删去多余的内容，或分成几个文件",
    "Reading this file took too much memory and was stopped. Remove what is not needed, or split it",
)
BUSY = Words("正在读取的文件较多，请稍后再上传", "Too many files are being read at the moment. Try again later")
NO_SHEETS = Words("工作簿中没有可见的工作表", "The workbook has no visible sheet")
