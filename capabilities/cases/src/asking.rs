//! What an item asks of the party of a case, by the item's own rule (`mingjing_catalogue::public::Asked`): the same at the
//! counter, online, on acceptance and in the notice of what is missing (许可法 32(1)(四)).

use jiff::civil::Date;
use mingjing_catalogue::public::{Answers, Asked, Audience, ItemVersion, Lacking, Told};

use crate::case::Case;
use crate::decide::submit::APPLICATION;
use crate::events::{Channel, SubmittedMaterial};
use crate::party::Party;

/// By which of an item's audiences a party is asked.
pub(crate) fn audience(party: &Party) -> Audience {
    match party {
        Party::Individual { .. } => Audience::Individual,
        Party::Organisation { .. } => Audience::Organisation,
    }
}

pub(crate) fn asked<'a>(item: &'a ItemVersion, answers: &'a Answers, party: &Party, today: Date) -> Asked<'a> {
    item.asked(Told {
        answers,
        audience: Some(audience(party)),
        today,
    })
}

/// Required materials that did not come. Online the application is the form itself (许可法 29(3)).
pub(crate) fn lacking(asked: &Asked<'_>, materials: &[SubmittedMaterial], filled_in_online: bool) -> Vec<Lacking> {
    asked.lacking(|id| {
        let came = materials.iter().any(|material| material.id == id && material.present());
        came || filled_in_online && id == APPLICATION
    })
}

impl Case {
    /// By the day on which it came: what is asked of somebody does not change while it is handled.
    pub(crate) fn asked<'a>(&'a self, item: &'a ItemVersion) -> Option<Asked<'a>> {
        let party = &self.applicant()?.party;
        Some(asked(item, &self.form, party, self.facts.received?))
    }

    /// What the applicant still has to hand in by the item's list.
    pub(crate) fn lacking(&self, item: &ItemVersion) -> Vec<Lacking> {
        let online = self
            .application
            .as_ref()
            .is_some_and(|one| one.channel == Channel::Online)
            && item.form.is_some();
        let asked = self.asked(item);
        asked.map_or_else(Vec::new, |asked| lacking(&asked, &self.materials, online))
    }
}
