"""What the notice of basic conditions (托育机构基本条件告知书) names, by annex 4 of 国卫办人口发〔2019〕25号 (fact B.10).

Only the groups and the clauses; their words come from the clause table, and only verified ones are printed as law.
"""

BASIC_CONDITIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "遵守法律法规",
        ("人口与计划生育法 §28¶3", "未成年人保护法 §62", "消防法 §13", "食品安全法 §35", "个人信息保护法 §31"),
    ),
    (
        "符合设置标准",
        ("国卫人口发〔2019〕58号·设置标准 §11", "国卫人口发〔2019〕58号·设置标准 §19",
         "国卫人口发〔2019〕58号·设置标准 §20"),
    ),
    (
        "遵守管理规范",
        ("国卫人口发〔2019〕58号·管理规范 §31", "国卫人口发〔2019〕58号·管理规范 §32",
         "国卫人口发〔2019〕58号·管理规范 §15"),
    ),
    (
        "做好卫生保健",
        ("卫生部、教育部令第76号 §12", "卫生部、教育部令第76号 §14"),
    ),
    (
        "及时办理变更和注销",
        ("国卫办人口发〔2019〕25号 §10", "人口与计划生育法 §41"),
    ),
)  # fmt: skip


def cited() -> tuple[str, ...]:
    """Every clause the notice names."""
    return tuple(clause for _heading, clauses in BASIC_CONDITIONS for clause in clauses)
