"""Several indicators that a unit wrote in one cell."""

from __future__ import annotations

from documents.reading import read_file
from tests.documents import builders
from tests.documents.drawn import BOTH, one, rows

SEVERAL_IN_A_CELL = """
项目支出绩效自评表（2023年度）|<|<|<|<|<|<
项目名称|村级卫生室设备|<|<|实施单位|柏溪县卫生健康局|<
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|数量指标|1.配置血压计\\n2.配置除颤仪|1.≥60台\\n2.≥12台|1、62台\\n2、12台|20\\n10|20\\n10
^|质量指标|①验收合格率\\n②设备完好率|100%\\n≥95%|100%\\n96%|20|20
效益指标|社会效益指标|（1）服务村民\\n（2）覆盖村卫生室|≥1.2万人次，全部卫生室|1.3万人次|40|40
^|^|1.年均节电\\n2.年均节水|≥1万度\\n≥2万吨|1.2万度\\n2.1万吨||
"""


@BOTH
def test_several_indicators_in_one_cell_are_rows_of_their_own_where_their_lines_pair_up(ending):
    form = one(SEVERAL_IN_A_CELL, ending)
    assert [row[2:] for row in rows(form)] == [
        ("配置血压计", "≥60台", "62台", "20", "20"),
        ("配置除颤仪", "≥12台", "12台", "10", "10"),
        ("验收合格率", "100%", "100%", "20", "20"),
        ("设备完好率", "≥95%", "96%", "", ""),
        ("（1）服务村民（2）覆盖村卫生室", "≥1.2万人次，全部卫生室", "1.3万人次", "40", "40"),
        ("1.年均节电2.年均节水", "≥1万度\n≥2万吨", "1.2万度\n2.1万吨", "", ""),
    ]
    assert [row[1] for row in rows(form)] == ["数量指标"] * 2 + ["质量指标"] * 2 + ["社会效益指标"] * 2


@BOTH
def test_several_indicators_in_one_cell_that_nothing_pairs_up_are_said(ending):
    data = (builders.word if ending == "docx" else builders.excel)(SEVERAL_IN_A_CELL)
    notes = read_file(f"自评.{ending}", data).notes
    assert [note.found for note in notes] == [
        "一格内 2 项指标"
    ] * 2  # one by its lines, one by 1.2 that may be 2
    assert all("请每项指标单独填一行" in note.message for note in notes)
