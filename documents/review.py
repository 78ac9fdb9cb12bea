"""The marks of what the bureau adds to a unit's own file, so that nobody reads it as what the unit filed.

A unit corrects the commented file and sends it back: its first page or sheet is passed over by the readers
and replaced when the file is commented again. Style and sheet name outlive saving in Word, Excel, WPS and
LibreOffice.
"""

from __future__ import annotations

PARAGRAPH_STYLE = "SelfevalReview"
SHEET_NAME = "审核意见（selfeval）"
AUTHOR = "绩效自评审核"
# Begins every note in a workbook; what stands before it in the same note is the unit's own.
NOTE_HEAD = f"【{AUTHOR}】"
