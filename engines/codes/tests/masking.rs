//! What is hidden, and what must not be.
#![allow(clippy::unwrap_used, reason = "tests")]

use mingjing_codes::{Field, FindingKind, NameMask, mask_field, mask_name, mask_text, mask_text_with_names, scan};

#[test]
fn fields() {
    let check = |field: Field, value: &str, expect: &str| {
        assert_eq!(
            mask_field(field, value, NameMask::default()),
            expect,
            "{field:?} {value}"
        );
    };
    check(Field::PersonName, "张三", "张某");
    check(Field::OrganisationName, "龙湾区市场监督管理局", "龙湾区市场监督管理局");
    check(Field::IdNumber, "33030319900101001X", "3****************X");
    check(
        Field::IdNumber,
        "３３０３０３１９９００１０１００１Ｘ",
        "3****************X",
    );
    check(Field::IdNumber, "E12", "***");
    check(Field::Phone, "138 0013 8000", "138******00");
    check(Field::Phone, "8000", "****");
    check(Field::BankAccount, "6222021234567890123", "***************0123");
    check(Field::Email, "zhang@example.com", "***@example.com");
    check(Field::Email, "zhang", "***");
    check(
        Field::Address,
        "浙江省温州市龙湾区永中街道罗东大街123号",
        "浙江省温州市龙湾区***",
    );
    check(Field::Address, "市场路1号幸福小区2幢", "***");
    check(Field::Address, "罗东大街123号", "***");
    check(Field::BirthDate, "1990-01-01", "1990年**月**日");
    check(Field::BirthDate, "不详", "***");
    check(Field::Uscc, "91330303MA2000000E", "91330303MA2000000E");
    check(Field::Uscc, "33030319900101001X", "3****************X");
    check(Field::Phone, " ", "");
}

#[test]
fn names() {
    let check = |name: &str, mask: NameMask, expect: &str| assert_eq!(mask_name(name, mask), expect, "{name}");
    check("张三丰", NameMask::SurnameMou, "张某");
    check("张 三", NameMask::SurnameMou, "张某");
    check("欧阳娜娜", NameMask::SurnameMou, "欧阳某");
    check("司马光", NameMask::SurnameMou, "司马某");
    check("司马", NameMask::SurnameMou, "司某");
    check("阿卜杜拉·买买提", NameMask::SurnameMou, "阿某");
    check("John Smith", NameMask::SurnameMou, "J某");
    check("张三丰", NameMask::SurnameStars, "张**");
    check("张", NameMask::SurnameStars, "张*");
    check("张三", NameMask::Hidden, "某人");
    check("张三", NameMask::Full, "张三");
    check("", NameMask::SurnameMou, "");
}

#[test]
fn what_free_text_hides() {
    let check = |text: &str, kind: FindingKind, hidden: &str| {
        let found = scan(text);
        let found: Vec<_> = found
            .iter()
            .map(|finding| (finding.kind, &text[finding.range.clone()]))
            .collect();
        assert_eq!(found, [(kind, hidden)], "{text}");
    };
    use FindingKind::{Address, BankAccount, Email, IdNumber, Phone};
    check("身份证33030319900101001X，", IdNumber, "33030319900101001X");
    check("身份证33030319900101001x。", IdNumber, "33030319900101001x");
    check(
        "身份证３３０３０３１９９００１０１００１Ｘ。",
        IdNumber,
        "３３０３０３１９９００１０１００１Ｘ",
    );
    check("身份证330303 19900101 001X。", IdNumber, "330303 19900101 001X");
    check("身份证330303－19900101－001X。", IdNumber, "330303－19900101－001X");
    check("身份证330303199001010019误一位", IdNumber, "330303199001010019");
    check("旧证330303900101001。", IdNumber, "330303900101001");
    check("个体户代码510100198506150025", IdNumber, "510100198506150025");
    check("流水00510100198506150025尾", IdNumber, "00510100198506150025");
    check("电话13800138000。", Phone, "13800138000");
    check("电话１３８００１３８０００", Phone, "１３８００１３８０００");
    check("电话138 0013 8000转", Phone, "138 0013 8000");
    check("电话138-0013-8000转", Phone, "138-0013-8000");
    check("+86 138-0013-8000", Phone, "138-0013-8000");
    check("+8613800138000", Phone, "8613800138000");
    check("手机1 3 8 0 0 1 3 8 0 0 0。", Phone, "1 3 8 0 0 1 3 8 0 0 0");
    check("微信name13800138000abc", Phone, "13800138000");
    check("卡号6222021234567890123。", BankAccount, "6222021234567890123");
    check("卡号6222 0212 3456 7890 123。", BankAccount, "6222 0212 3456 7890 123");
    check("卡号622848 0402564890018。", BankAccount, "622848 0402564890018");
    check("邮箱zhang.san@example.com。", Email, "zhang.san@example.com");
    check("邮箱13800138000＠163．com", Email, "13800138000＠163．com");
    check(
        "家住永中街道罗东大街123号2幢301室。",
        Address,
        "永中街道罗东大街123号2幢301室",
    );
    check("住址：幸福村三组12号", Address, "幸福村三组12号");
    check("住在人民路１２之３号", Address, "人民路１２之３号");
    check("住3幢2单元501室", Address, "3幢2单元501室");
    check("在中山路1弄2号经营", Address, "中山路1弄2号");
    check(
        "位于龙湾大道18号时代大厦A幢801室",
        Address,
        "龙湾大道18号时代大厦A幢801室",
    );
}

#[test]
fn what_free_text_leaves_alone() {
    let texts = [
        "统一社会信用代码91330303MA2000000E、115101000090000074",
        "统一社会信用代码12441500196720244T",
        "事项编码33030300AJ-CF-0003",
        "实施编码12441500196720244T3442199806003",
        "国办发明电〔2025〕7号",
        "《中华人民共和国行政许可法》第三十二条第一款第四项",
        "自2026年2月10日起5个工作日，2026-02-10 至 2026-02-24",
        "2026-02-10 2026-02-24",
        "罚款人民币50000元，没收违法所得1234.56元",
        "中山路段12处隐患，3号令，国务院2号文件",
        "联系龙湾区行政服务中心0577-86960000",
        "组织机构代码71093123-X",
    ];
    for text in texts {
        assert_eq!(scan(text), [], "{text}");
        assert_eq!(mask_text(text), text);
    }
}

#[test]
fn masked_texts() {
    let check = |text: &str, expect: &str| assert_eq!(mask_text(text), expect);
    check(
        "张三（身份证33030319900101001X，电话13800138000）住浙江省温州市龙湾区永中街道罗东大街123号，\
         经营者为91330303MA2000000E。",
        "张三（身份证［身份证件号码已隐去］，电话［手机号码已隐去］）住浙江省温州市龙湾区［详细地址已隐去］，\
         经营者为91330303MA2000000E。",
    );
    check("13800138000 13900139000", "［手机号码已隐去］ ［手机号码已隐去］");
    check("138 0013 8000 139 0013 9000", "［手机号码已隐去］ ［手机号码已隐去］");
    check("139 00138 13800138000", "139 00138 ［手机号码已隐去］");
}

#[test]
fn given_names_are_masked_too() {
    let text = "当事人张三与欧阳娜娜、张三丰在场，电话13800138000。";
    let masked = mask_text_with_names(text, &["张三", "张三丰", "欧阳娜娜", "张"], NameMask::default());
    assert_eq!(masked, "当事人张某与欧阳某、张某在场，电话［手机号码已隐去］。");
}
