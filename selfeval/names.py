"""Whether a word looks like a Chinese person's name."""

from __future__ import annotations

import re

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦"
    "昌马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹"
    "姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐"
    "邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊甄曲家"
    "封储靳段富巫乌焦巴牧谷车侯全班秋仲伊宫宁仇栾甘厉祖武符刘景詹龙叶幸司黎溥印怀蒲从鄂索咸赖卓蔺屠蒙"
    "池乔阴胥苍双闻莘党翟谭贡劳姬申扶堵冉宰雍桑桂濮牛寿通边扈燕冀尚农温别庄晏柴瞿阎充慕连茹习艾容向古易"
    "慎戈廖庾终居衡步都耿满弘匡国文寇广禄东殳沃利蔚越隆师巩厍聂晁勾敖融冷辛阚那简饶空曾沙养鞠须丰巢关"
    "查后荆红游竺权盖益桓公肖涂欧丘佟岳覃闫付代麦苟楚占粟尧银晋侍佘苑"
)  # 百家姓 and what is frequent beside it
DOUBLE_SURNAMES = tuple(re.findall("..", "欧阳司马上官诸葛夏侯皇甫尉迟公孙慕容令狐司徒东方端木百里"))
# Words of the forms that begin like a name, two characters each.
_WORDS = frozenset(
    re.findall(
        "..",
        "单位项目金额金融安全安排常规平均成本成效成果成员管理计划计算计量应急宣传广告文化文件林业农业农村农户经费万元解决支出支付支持支部程序方案方式路线施工明细严格时间"
        "时效时限通知通过满意利用从业司机向上连续盖章简介许可房屋车辆广场国家国库全年全部全县全面高度高效高于贡献都要双方包括巩固温馨符合水平温暖凌晨伍拾陆续易地丰富蓝图"
        "白天黄金江河空白居民居委谢谢于是和谐和县贺信余额贝壳元整平台平方公里公示公开公用公务公司公共边界暨南向社党员党委党组谈话查看查询后勤后续游客付款权限权益权重季度"
        "强化沟通康复危房童年石材柴油牧民古镇充分",
    )
)
_OFFICE = tuple("科股室处局部组站所办会队院委厅司")


def is_name(text: str) -> bool:
    """Whether a word without spaces looks like a person's name: a surname first, or the dot of a transcription."""
    if re.search("[·•・]", text):
        return True
    if not 2 <= len(text) <= 4 or text[0] not in _SURNAMES or text[:2] in _WORDS:
        return False
    return not (len(text) > 2 and text.endswith(_OFFICE))
