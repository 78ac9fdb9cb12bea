"""What the picture tour shows: which page of the Prefect UI, at which step of the year, with which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Pages(Protocol):
    """Addresses of pages below that of the server, by the names that a person knows."""

    def deployment(self, name: str) -> str:
        """The page of a deployment."""

    def form(self, name: str) -> str:
        """The run form of a deployment."""

    def run(self, name: str) -> str:
        """The last run whose name begins so."""

    def board(self, key: str) -> str:
        """The newest state of a board."""


@dataclass(frozen=True)
class Picture:
    """A page of the UI. It is taken when all of `shows` can be read on it; `height` and `width` in CSS pixels."""

    name: str
    title: str
    caption: str
    path: Callable[[Pages], str]
    shows: tuple[str, ...]
    height: int = 860
    width: int = 1440


def pictures(year: int) -> dict[str, tuple[Picture, ...]]:
    """What to take, by the step of the year (apps.year) before which it is taken; "" after the last one."""
    return {
        "导入名单，开启周期": (
            Picture(
                "deployments",
                "全部环节",
                "左边 Deployments：每个环节一行，名称是中文，标签是所属阶段，右上按标签筛选只看这一阶段。"
                "Schedules 一栏有字的定时运行（北京时间），写作 +1 的，点进去看时间；要人做的，点右边 ⋮ →"
                " Custom run 打开表单。一页10个，左下 Items per page 改多。",
                lambda pages: "/deployments",
                ("值守", "催报", "印发通知"),
                1080,
                1800,
            ),
            Picture(
                "upcoming",
                "将要进行的运行",
                "一个环节的页面，Upcoming 是它以后的各次运行；暂停用右上角的开关。"
                "还没有开始的，名字是随意的英文词；开始运行以后换成写明环节和年度的中文名。",
                lambda pages: f"{pages.deployment('催报')}?tab=Upcoming",
                ("催报", "Scheduled"),
                1100,
            ),
            Picture(
                "open-cycle",
                "开启周期的表单",
                "年度、文号、政策和各截止日期。日期互相矛盾的，运行后用一句话说明哪里矛盾，什么也不改变。",
                lambda pages: pages.form("开启周期"),
                ("预算年度", "文号"),
                1500,
            ),
        ),
        "截止前催报": (
            Picture(
                "notice",
                "印发通知",
                "一次运行的页面：名称写明环节、年度、办了什么，下面是运行记录，出了事先看这里。"
                "中文的行说办了什么；英文的行（Beginning、Finished）是 Prefect 自己记的开始和结束。",
                lambda pages: pages.run("印发通知"),
                (f"印发通知 {year}",),
            ),
            Picture(
                "done",
                "办成的运行",
                "同一次运行，点 Details：State Message 是一句中文，写办了什么；决定的表单还写下一步是什么。"
                "长的点 See More。",
                lambda pages: f"{pages.run('印发通知')}?tab=Details",
                ("Completed", "已进入待发"),
                1000,
            ),
        ),
        "各单位报送，回执、审核、退回或通过": (
            Picture(
                "next-days",
                "今后14天",
                "会发哪些邮件、给谁，哪些日期到期。T-7 是截止前第7个工作日，T+1 是截止后第1个工作日。",
                lambda pages: pages.board(f"next-days-{year}"),
                ("14天",),
            ),
        ),
        "截止日和逾期催报": (
            Picture(
                "evaluation",
                "审核评分的运行记录",
                "每家单位一行，只写预算编码和结果：通过还是退回。批注和问题清单在给单位的邮件里。",
                lambda pages: pages.run("审核评分"),
                ("第1次报送",),
                1000,
            ),
            Picture(
                "board",
                "看板",
                "左边没有入口：从一次运行的 Artifacts 页进去，或在地址栏写"
                f" `/artifacts/key/cycle-board-{year}`，点最上面一个。第一行写明截至何时。",
                lambda pages: pages.board(f"cycle-board-{year}"),
                ("清禾县教育局", "尚未完成的单位"),
                1400,
            ),
        ),
        "逾期报送": (
            Picture(
                "reminder",
                "催报",
                "运行记录写明到了哪一步、提醒了几家；没有到期的步骤，就什么也不发。",
                lambda pages: pages.run("催报"),
                ("催报",),
            ),
        ),
        "改正后重新报送": (
            Picture(
                "late-list",
                "逾期名单",
                "欠什么、逾期几个工作日、上次催报；邮箱和电话不上看板。",
                lambda pages: pages.board(f"late-list-{year}"),
                ("逾期",),
            ),
        ),
        "逐级审核，退回、异议、答复，复核": (
            Picture(
                "waiting",
                "等待决定的事",
                "每件事旁边是表单的链接，点开就是审批单；不用界面的，旁边是同一件事的命令。",
                lambda pages: pages.board(f"waiting-{year}"),
                ("等待逐级审核的单位", "审核同意"),
            ),
        ),
        "汇总成工作簿": (
            Picture(
                "rejudge",
                "重新评判的表单",
                "政策或审核规则变了以后用。先选“只看会改变什么”，看清逐家的变化，再选“确定重新评判”；"
                "其他先看后办的表单（如更正周期）一样。",
                lambda pages: pages.form("重新评判"),
                ("办理", "告知单位"),
                1300,
            ),
            Picture(
                "examine",
                "逐级审核的表单",
                "每个决定是一个部署，表单就是审批单：填姓名、单位和意见。只有登记的审核人能决定，错了用一句话说明。",
                lambda pages: pages.form("审核同意"),
                ("预算年度",),
                1200,
            ),
        ),
        "第二人确认脱敏，审批并公开，读回核对": (
            Picture(
                "failed",
                "没有成功的运行",
                "还没有审批就运行“公开结果”：状态 Failed；点 Details，State Message 是一句中文，"
                "说明缺什么、该做什么；长的点 See More。",
                lambda pages: f"{pages.run('公开结果')}?tab=Details",
                ("Failed", "还没有审批"),
                1000,
            ),
            Picture(
                "approve",
                "审批公开的表单",
                "填审批意见和姓名。所审内容此后有变化，审批自动失效。",
                lambda pages: pages.form("审批公开"),
                ("审批意见",),
                1000,
            ),
        ),
        "": (
            Picture(
                "runs",
                "全年的运行",
                "左边 Runs：按时间排列，名称写明环节、年度、办了什么。右上 Tags 选周期的标签，只看这个周期的；"
                "States 选 Failed，只看没有办成的。",
                lambda pages: f"/runs?tag=cycle%3A{year}",
                (f"公开结果 {year}",),
                1400,
            ),
            Picture(
                "events",
                "事件",
                "左边 Event Feed，Events 选 selfeval.*：收到、通过、退回、公开……各是一个事件，本局可以挂上自己的自动化，"
                "做法见[控制室](control-room.md)。",
                lambda pages: "/events?events=selfeval.*",
                ("selfeval.results.published",),
                1400,
            ),
        ),
    }
