//! What holds for every text.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use mingjing_codes::{
    CitizenId, DivisionCode, Field, ItemCode, NameMask, NationalBasicCode, NationalImplCode, OrgCode, PowerType, Uscc,
    check, mask_field, mask_text, mask_text_with_names, scan,
};
use proptest::prelude::*;

/// Texts that are near enough to personal data to go wrong.
fn near_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "1",
        "3",
        "8",
        "0",
        "9",
        "5",
        "X",
        "x",
        " ",
        "-",
        "－",
        "　",
        "１",
        "@",
        ".",
        "com",
        "138",
        "0013",
        "8000",
        "13800138000",
        "33030319900101001X",
        "330303",
        "19900101",
        "001X",
        "91330303MA2000000E",
        "6222",
        "0212",
        "路",
        "街",
        "号",
        "幢",
        "室",
        "村",
        "三",
        "组",
        "住",
        "温州市",
        "龙湾区",
        "中山路1号",
        "社区",
        "A",
        "张三",
        "，",
        "\n",
        "之",
        "单元",
        "🙂",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![near_text(), any::<String>(), "[0-9A-Z -]{0,40}", "\\PC{0,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn parsing_never_panics_and_is_strict(text in any_text()) {
        let today = date(2026, 11, 22);
        let checked = check(&text, today);
        prop_assert_eq!(checked.valid, checked.reason.is_none());
        if let Ok(code) = ItemCode::parse(&text) { prop_assert_eq!(code.to_string(), text.clone()) }
        if let Ok(code) = Uscc::parse(&text) { prop_assert_eq!(code.as_str(), &text) }
        if let Ok(code) = OrgCode::parse(&text) { prop_assert_eq!(code.as_str(), &text) }
        if let Ok(code) = CitizenId::parse(&text, today) {
            prop_assert_eq!(code.as_str(), &text);
            prop_assert!(code.birth_date() <= today);
        }
        let _ = (DivisionCode::from_register("nbs-2023", &text), DivisionCode::parse(&text, "330303"));
        let _ = (NationalBasicCode::parse(&text), NationalImplCode::parse(&text));
    }

    #[test]
    fn item_codes_round_trip(division in "[0-9]{8}", department in "[A-Z]{2}", kind in 0usize..14, serial in 1u16..=9999) {
        let code = ItemCode::new(&division, &department, PowerType::ALL[kind], serial).unwrap();
        prop_assert_eq!(ItemCode::parse(&code.to_string()), Ok(code.clone()));
        let json = serde_json::to_string(&code).unwrap();
        prop_assert_eq!(serde_json::from_str::<ItemCode>(&json).unwrap(), code);
    }

    /// One wrong character anywhere: the weights of GB 32100 and GB 11643 catch every single one.
    #[test]
    fn check_digits_catch_single_errors(at in 0usize..18, by in 1u8..10) {
        let wrong = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            String::from_utf8(bytes).unwrap()
        };
        prop_assert!(Uscc::parse(&wrong("115101000090000074")).is_err());
        prop_assert!(CitizenId::parse(&wrong("510100198506150025"), date(2026, 11, 22)).is_err());
    }

    #[test]
    fn findings_are_ordered_and_whole(text in any_text()) {
        let mut before = 0;
        for finding in scan(&text) {
            prop_assert!(finding.range.start >= before && finding.range.start < finding.range.end);
            prop_assert!(text.get(finding.range.clone()).is_some());
            before = finding.range.end;
        }
    }

    #[test]
    fn masking_leaves_nothing_to_find(text in any_text()) {
        let masked = mask_text(&text);
        prop_assert_eq!(scan(&masked), vec![], "{}", masked);
        prop_assert_eq!(mask_text(&masked), masked.clone());
        let _ = mask_text_with_names(&text, &["张三", &text, ""], NameMask::SurnameStars);
    }

    #[test]
    fn a_planted_number_is_always_hidden(before in "[^0-9A-Za-z０-９@.\\- ]{0,8}", after in "[^0-9A-Za-z０-９@.\\- ]{0,8}") {
        for number in ["33030319900101001X", "13800138000", "6222021234567890123"] {
            let text = format!("{before}，{number}，{after}");
            prop_assert!(!mask_text(&text).contains(number), "{}", text);
        }
    }

    #[test]
    fn fields_never_show_a_whole_number(value in any_text()) {
        let fields = [Field::IdNumber, Field::Phone, Field::BankAccount, Field::Email, Field::Address, Field::BirthDate, Field::PersonName, Field::Uscc];
        for field in fields {
            let masked = mask_field(field, &value, NameMask::default());
            prop_assert_eq!(masked.is_empty(), value.trim().is_empty());
        }
        let digits = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).count();
        prop_assert!(digits(&mask_field(Field::IdNumber, &value, NameMask::default())) <= 2);
        prop_assert!(digits(&mask_field(Field::Phone, &value, NameMask::default())) <= 5);
    }
}
