//! DOMAIN §6: every code it names as valid or invalid, and the answers people read.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::{Date, date};
use mingjing_codes::{
    BodyLevel, CitizenId, CodeKind, DivisionCode, DivisionLevel, IdError, ItemCode, ItemCodeError, NationalBasicCode,
    NationalImplCode, OrgCode, OrgCodeError, PowerType, TownMap, TownMapError, Uscc, UsccError, check,
};

const TODAY: Date = date(2026, 11, 22);

#[test]
fn item_codes() {
    let good = |text: &str, division: &str, department: &str, power_type: PowerType, serial: u16| {
        let code = ItemCode::parse(text).unwrap();
        assert_eq!(
            (code.division(), code.department(), code.power_type(), code.serial()),
            (division, department, power_type, serial)
        );
        assert_eq!(code.to_string(), text);
    };
    good("33030300AJ-CF-0003", "33030300", "AJ", PowerType::Penalty, 3);
    good("33030300GS-DL-0001", "33030300", "GS", PowerType::Agency, 1);
    good("62052400MZ-XK-0001", "62052400", "MZ", PowerType::Permit, 1);

    let bad = |text: &str, expect: ItemCodeError| assert_eq!(ItemCode::parse(text), Err(expect), "{text}");
    bad("33030300AJ-XX-0001", ItemCodeError::PowerType);
    bad("3303030AJ-CF-0001", ItemCodeError::BodyLength { found: 9 });
    bad("33030300aj-CF-0001", ItemCodeError::Department);
    bad("33030300AJ-CF-3", ItemCodeError::Serial);
    bad("33030300AJ-CF-0003 ", ItemCodeError::Spaces);
    bad("33030300AJ-CF-0000", ItemCodeError::SerialZero);
    bad("33030300AJ-CF-+003", ItemCodeError::Serial);
    bad("3303030OAJ-CF-0003", ItemCodeError::Division);
    bad("33030300AJ-cf-0003", ItemCodeError::PowerType);
    bad("33030300AJ-CF-0003-1", ItemCodeError::Parts);
    bad("33030300AJCF0003", ItemCodeError::Parts);
    bad("330303安监A-CF-0003", ItemCodeError::BodyLength { found: 9 });
    bad("3303030安AJ-CF-0003", ItemCodeError::Division);
}

#[test]
fn the_level_of_a_body_is_in_its_zeros() {
    let check = |body: &str, expect: BodyLevel| {
        assert_eq!(
            ItemCode::parse(&format!("{body}MZ-XK-0001")).unwrap().level(),
            expect,
            "{body}"
        );
    };
    check("62000000", BodyLevel::Province);
    check("62050000", BodyLevel::City);
    check("62052400", BodyLevel::County);
    check("33030307", BodyLevel::Town);
}

#[test]
fn fourteen_types() {
    let codes: Vec<&str> = PowerType::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(codes.join(" "), "XK SP CF QZ ZS GF JL QR ZY CJ JG DL FW QT");
    for kind in PowerType::ALL {
        assert_eq!(PowerType::from_code(kind.code()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        assert_eq!(kind.is_abolished(), kind.code() == "SP");
    }
    assert_eq!(PowerType::NonPermitApproval.name(), "非行政许可的行政审批");
    assert_eq!(PowerType::from_code("xk"), None);
}

#[test]
fn usccs() {
    let good = [
        "91350100M000100Y43",
        "12441500196720244T",
        "91440300708461136T",
        "91330100799655058B",
        "11330303002500009C",
        "91330303MA2000000E",
        "115101000090000074",
    ];
    for code in good {
        assert_eq!(Uscc::parse(code).unwrap().as_str(), code);
    }
    let bad = |text: &str, expect: UsccError| assert_eq!(Uscc::parse(text), Err(expect), "{text}");
    bad("91110000100000001X", UsccError::CheckDigit { expected: 'W' });
    for letter in ['I', 'O', 'S', 'V', 'Z', 'a', '９', '中'] {
        bad(
            &format!("91330303MA200000{letter}E"),
            UsccError::Character {
                position: 17,
                found: letter,
            },
        );
    }
    bad("91330303MA2000000", UsccError::Length { found: 17 });
    bad("9133A303MA2000000E", UsccError::Division);
    let code = Uscc::parse("91350100M000100Y43").unwrap();
    assert_eq!((code.division(), code.organisation()), ("350100", "M000100Y4"));
}

#[test]
fn org_codes() {
    for code in ["D2143569-X", "71093123-X"] {
        assert_eq!(OrgCode::parse(code).unwrap().as_str(), code);
    }
    let bad = |text: &str, expect: OrgCodeError| assert_eq!(OrgCode::parse(text), Err(expect), "{text}");
    bad("D2143569-0", OrgCodeError::CheckDigit { expected: 'X' });
    bad("71093123X", OrgCodeError::Form);
    bad("d2143569-X", OrgCodeError::Character);
    bad("7109312中-X", OrgCodeError::Character);
    bad("71093123-XX", OrgCodeError::Form);
}

#[test]
fn citizen_ids() {
    let good = |text: &str, birth: Date, male: bool| {
        let id = CitizenId::parse(text, TODAY).unwrap();
        assert_eq!((id.as_str(), id.birth_date(), id.is_male()), (text, birth, male));
        assert!(!format!("{id:?}").contains("19"), "a number must not reach a log");
    };
    good("11010519491231002X", date(1949, 12, 31), false);
    good("440524188001010014", date(1880, 1, 1), true);
    good("33030319900101001X", date(1990, 1, 1), true);
    good("510100198506150025", date(1985, 6, 15), false);
    good("321100199912310135", date(1999, 12, 31), true);

    let bad = |text: &str, expect: IdError| assert_eq!(CitizenId::parse(text, TODAY), Err(expect), "{text}");
    bad("110105194912310021", IdError::CheckDigit { expected: 'X' });
    bad("11010519491231002x", IdError::Character);
    bad("11010519490231002X", IdError::BirthDate);
    bad("110105000012310021", IdError::BirthDate);
    bad("11010549491231002X", IdError::BornInFuture);
    bad("11010519491231002", IdError::Length { found: 17 });
    bad("1101051949123100２X", IdError::Character);
}

#[test]
fn a_child_is_born_today_not_tomorrow() {
    let id = "33030319900101001X";
    assert!(CitizenId::parse(id, date(1990, 1, 1)).is_ok());
    assert_eq!(CitizenId::parse(id, date(1989, 12, 31)), Err(IdError::BornInFuture));
}

#[test]
fn divisions() {
    let good = |code: &str, level: DivisionLevel, parent: Option<&str>| {
        let division = DivisionCode::parse("nbs-2023", code).unwrap();
        assert_eq!(division.level(), level, "{code}");
        assert_eq!(
            division.parent().map(|parent| parent.as_str().to_owned()).as_deref(),
            parent,
            "{code}"
        );
    };
    good("330000", DivisionLevel::Province, None);
    good("330300", DivisionLevel::City, Some("330000"));
    good("330303", DivisionLevel::County, Some("330300"));
    good("330303001", DivisionLevel::Town, Some("330303"));
    good("330303001203", DivisionLevel::Village, Some("330303001"));
    good("330303001000", DivisionLevel::Town, Some("330303"));
    assert_eq!(
        DivisionCode::from_register("mca-2025", "3303").unwrap().as_str(),
        "330300"
    );
    for (scheme, code) in [
        ("nbs-2023", "33030"),
        ("nbs-2023", "33030a"),
        ("", "330303"),
        ("NBS", "330303"),
        ("nbs-2023", "000000"),
    ] {
        assert!(DivisionCode::parse(scheme, code).is_err(), "{scheme} {code}");
    }
    let json = serde_json::to_string(&DivisionCode::parse("nbs-2023", "330303").unwrap()).unwrap();
    assert_eq!(json, r#"{"scheme":"nbs-2023","code":"330303"}"#);
    assert!(serde_json::from_str::<DivisionCode>(r#"{"scheme":"nbs-2023","code":"3"}"#).is_err());
}

#[test]
fn national_codes() {
    let code = NationalImplCode::parse("12441500196720244T3442199806003").unwrap();
    assert_eq!((code.body(), code.basic()), ("12441500196720244T", "442199806003"));
    assert!(NationalBasicCode::parse(code.basic()).is_ok());
    assert!(NationalImplCode::parse("12441500196720244U3442199806003").is_err());
    assert!(NationalImplCode::parse("12441500196720244T344219980600").is_err());
    assert!(NationalBasicCode::parse("44219980600").is_err());
    assert!(NationalBasicCode::parse("44219980600中").is_err());
}

#[test]
fn a_town_keeps_its_two_digits() {
    let town = |code: &str| DivisionCode::parse("nbs-2023", code).unwrap();
    let mut map = TownMap::default();
    map.assign("330303", 1, &town("330303001")).unwrap();
    map.assign("330303", 1, &town("330303001")).unwrap();
    assert_eq!(map.body_division(&town("330303001")).as_deref(), Some("33030301"));
    assert_eq!(map.town("330303", 1), Some(&town("330303001")));
    assert_eq!(map.free_slot("330303"), Some(2));

    let mut refused = |slot: u8, code: &str, expect: TownMapError| {
        assert_eq!(map.assign("330303", slot, &town(code)), Err(expect), "{slot} {code}");
    };
    refused(0, "330303100", TownMapError::Slot);
    refused(100, "330303100", TownMapError::Slot);
    refused(1, "330303101", TownMapError::SlotTaken);
    refused(2, "330303001", TownMapError::TownTaken);
    refused(2, "330302001", TownMapError::Town);
    refused(2, "330303", TownMapError::Town);

    let stored = serde_json::to_string(&map).unwrap();
    assert_eq!(serde_json::from_str::<TownMap>(&stored).unwrap(), map);
    let twice = stored
        .replace("]", &format!(",{}", &stored[1..]))
        .replace(r#""slot":1"#, r#""slot":2"#);
    assert!(serde_json::from_str::<TownMap>(&twice.replacen(r#""slot":2"#, r#""slot":1"#, 1)).is_err());
}

#[test]
fn a_code_tells_its_kind() {
    let check = |code: &str, kind: CodeKind, reason: Option<&str>| {
        let checked = check(code, TODAY);
        assert_eq!((checked.kind, checked.reason.as_deref()), (kind, reason), "{code}");
        assert_eq!(checked.valid, reason.is_none());
        assert_eq!(checked.code, code);
    };
    check("33030300AJ-CF-0003", CodeKind::Item, None);
    check("91350100M000100Y43", CodeKind::Uscc, None);
    check("115101000090000074", CodeKind::Uscc, None);
    check("D2143569-X", CodeKind::Org, None);
    check("11010519491231002X", CodeKind::Id, None);
    check("510100198506150025", CodeKind::Id, None);
    check("330303", CodeKind::Division, None);
    check("330303001", CodeKind::Division, None);
    check("330303001203", CodeKind::Division, None);

    check(
        "33030300AJ-XX-0001",
        CodeKind::Item,
        Some("事项类型不在14种类型代码之内"),
    );
    check(
        "3303030AJ-CF-0001",
        CodeKind::Item,
        Some("主体部分应为10位（区划8位数字加部门2个字母），现为9位"),
    );
    check(
        "33030300aj-CF-0001",
        CodeKind::Item,
        Some("部门代码应为两个大写拼音字母"),
    );
    check(
        "33030300AJ-CF-3",
        CodeKind::Item,
        Some("流水号应为4位数字，不足的在前面补零"),
    );
    check("33030300AJ-CF-0003 ", CodeKind::Item, Some("代码前后不应有空格"));
    check("33030300AJ-CF-0000", CodeKind::Item, Some("流水号从0001开始，不用0000"));
    check(
        "33030300AJCF0003",
        CodeKind::Item,
        Some("事项编码应为“主体10位-类型2位-流水号4位”三段，用连字符分开"),
    );
    check("91110000100000001X", CodeKind::Uscc, Some("校验位应为 W"));
    check(
        "91330303MA2000000I",
        CodeKind::Uscc,
        Some("第18位“I”不在统一社会信用代码的字符之内（数字和大写字母，不用I、O、S、V、Z）"),
    );
    check(
        "110105194912310021",
        CodeKind::Uscc,
        Some("按公民身份号码，校验位应为 X；按统一社会信用代码，校验位应为 B"),
    );
    check("D2143569-0", CodeKind::Org, Some("校验位应为 X"));
    check(
        "71093123X",
        CodeKind::Org,
        Some("组织机构代码应为“8位-1位校验码”的形式"),
    );
    check(
        "110105491231002",
        CodeKind::Id,
        Some("15位的旧身份号码已停用，公民身份号码应为18位"),
    );
    check(
        "33030",
        CodeKind::Division,
        Some("行政区划代码应为6、9或12位数字，现为5位"),
    );
    check("000000", CodeKind::Division, Some("行政区划代码前两位不是省级代码"));
    check("１２３４５６", CodeKind::Division, Some("代码中有全角字符，请改用半角"));
    check("330303 ", CodeKind::Uscc, Some("代码中不应有空格"));
    check("", CodeKind::Uscc, Some("代码为空"));
    check("温州", CodeKind::Uscc, Some("统一社会信用代码应为18位，现为2位"));
}

#[test]
fn the_json_of_a_check() {
    let json = |code: &str| serde_json::to_string(&check(code, TODAY)).unwrap();
    assert_eq!(
        json("330303"),
        r#"{"code":"330303","kind":"division","valid":true,"reason":null}"#
    );
    assert_eq!(
        json("91110000100000001X"),
        r#"{"code":"91110000100000001X","kind":"uscc","valid":false,"reason":"校验位应为 W"}"#
    );
}

#[test]
fn a_text_too_long_is_cut_and_refused() {
    let checked = check(&"9".repeat(100_000), TODAY);
    assert_eq!(checked.reason.as_deref(), Some("代码过长，最多64位"));
    assert_eq!(checked.code.len(), 64);
}

/// The shared reference data lie beside the project, not in it; without them the comparison is skipped.
fn shared(name: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        eprintln!("skipped: the shared file {name} is not beside this checkout");
    }
    text
}

#[test]
fn every_shared_division_reads_with_its_level_and_parent() {
    let Some(text) = shared("divisions.csv") else {
        return;
    };
    let mut read = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let code = DivisionCode::from_register(cells[0], cells[1]).unwrap();
        let level = serde_json::to_value(code.level()).unwrap();
        assert_eq!(level, cells[3], "{line}");
        let parent = code.parent().map_or(String::new(), |parent| parent.as_str().to_owned());
        let expect = if cells[4].is_empty() {
            String::new()
        } else {
            format!("{:0<6}", cells[4])
        };
        assert_eq!(parent, expect, "{line}");
        read += 1;
    }
    assert_eq!(read, 1326);
}

#[test]
fn every_shared_item_code_reads_with_its_type() {
    let Some(text) = shared("items.csv") else {
        return;
    };
    let mut read = 0;
    for line in text.lines().filter(|line| line.starts_with("330303")) {
        let mut cells = line.split(',');
        let code = ItemCode::parse(cells.next().unwrap()).unwrap();
        assert_eq!(Some(code.power_type().code()), cells.next(), "{line}");
        assert!(check(&code.to_string(), TODAY).valid);
        read += 1;
    }
    assert_eq!(read, 127);
}
