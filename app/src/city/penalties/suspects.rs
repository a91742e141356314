//! Who did it: residents, invented businesses, and the named people of the city.

use mingjing_cases::party::{DocumentKind, Party};
use mingjing_chronicle::Actor;
use mingjing_codes::Uscc;

use super::super::cast::Cast;
use super::super::dice::Dice;
use super::super::population;

/// The party of a case, and who may speak for it online.
#[derive(Debug, Clone)]
pub struct Suspect {
    pub party: Party,
    /// Of a natural person; an organisation's comes from the register.
    pub account: Option<String>,
    pub speaks: Option<Actor>,
    /// Who signs for what is served.
    pub person: String,
}

const RESTAURANT: &str = "91330303MA2000000E";
const TRADES: [&str; 8] = [
    "便利店",
    "餐饮店",
    "食品商行",
    "副食批发部",
    "烘焙坊",
    "水果店",
    "小吃店",
    "超市",
];
/// Businesses that exist in a simulation: more than residents, so that few are caught twice.
const BUSINESSES: usize = 60_000;

/// Draws somebody: mostly businesses that have no account here, many residents, now and then a named one.
pub fn draw(cast: &Cast, dice: &mut Dice) -> Suspect {
    let residents = cast.residents();
    match dice.below(100) {
        0..=5 if residents < 1_000 => named(cast, dice),
        0..=44 if residents > 0 => resident(dice.below(residents)),
        _ => business(dice.below(BUSINESSES)),
    }
}

fn named(cast: &Cast, dice: &mut Dice) -> Suspect {
    if dice.chance(60) {
        return restaurant(cast);
    }
    let citizen = cast.named("acc-demo-citizen");
    Suspect {
        party: Party::Individual {
            name: "王明".to_owned(),
            document: DocumentKind::CitizenId,
            document_no: "33030319900101001X".to_owned(),
            phone: "13800000001".to_owned(),
            address: "温州市龙湾区永中街道演示路1号".to_owned(),
        },
        account: Some("acc-demo-citizen".to_owned()),
        speaks: citizen,
        person: "王明".to_owned(),
    }
}

/// The organisation of the city that has an account, and its owner.
fn restaurant(cast: &Cast) -> Suspect {
    Suspect {
        party: Party::Organisation {
            name: "龙湾区好滋味小餐馆（演示）".to_owned(),
            uscc: RESTAURANT.to_owned(),
            legal_representative: "李琴".to_owned(),
            contact: "李琴".to_owned(),
            phone: "13800000002".to_owned(),
            address: "温州市龙湾区永中街道演示路8号".to_owned(),
        },
        account: None,
        speaks: cast.named("acc-demo-owner"),
        person: "李琴".to_owned(),
    }
}

fn resident(number: usize) -> Suspect {
    let resident = population::resident(number);
    Suspect {
        speaks: Some(population::actor(&resident)),
        account: Some(resident.account),
        person: resident.name.clone(),
        party: Party::Individual {
            name: resident.name,
            document: DocumentKind::CitizenId,
            document_no: resident.document_no,
            phone: resident.phone,
            address: resident.address,
        },
    }
}

/// A business without an account, the same for the same number.
pub fn business(number: usize) -> Suspect {
    let number = number % BUSINESSES;
    let owner = population::resident(700_000 + number);
    let trade = TRADES[number % TRADES.len()];
    Suspect {
        party: Party::Organisation {
            name: format!("龙湾区{}{trade}（模拟{number}）", owner.name),
            uscc: uscc(number),
            legal_representative: owner.name.clone(),
            contact: owner.name.clone(),
            phone: owner.phone,
            address: owner.address,
        },
        account: None,
        speaks: None,
        person: owner.name,
    }
}

/// A code that passes its check character and belongs to nobody: the organisation part begins with MAM and a counter.
fn uscc(number: usize) -> String {
    let body = format!("92330303MAM{number:05}X");
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .map(|check| format!("{body}{check}"))
        .find(|text| Uscc::parse(text).is_ok())
        .expect("one of the check characters is right")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn businesses_are_different_and_their_codes_are_sound() {
        let codes: std::collections::BTreeSet<String> = (0..2_000).map(uscc).collect();
        assert_eq!(codes.len(), 2_000);
        assert_eq!(uscc(BUSINESSES - 1).len(), 18);
        assert!(business(3).party.check().is_ok());
    }
}
