//! Papers as ordered by acts: every field is frozen in the event, so that the same bytes can be made at any time.
//! Field names are those of the paper engine's templates (DOMAIN 5.1 holds the mandatory contents).

use jiff::civil::Date;
use mingjing_codes::{ItemCode, PowerType};
use serde_json::{Map, Value as Json, json};

use crate::case::{Case, Paper};
use crate::decide::Setting;
use crate::events::{MATTER_WORD, PaperOrder, PinnedItem, SubmittedMaterial, Template};
use crate::party::{Applicant, Party};

/// 复议法 20(1) and 诉讼法 46(1); a denial of a permit or of its acceptance may go either way first.
fn remedies(setting: &Setting<'_>) -> Vec<String> {
    vec![
        format!(
            "如不服本决定，可以自知道本决定之日起六十日内向{}申请行政复议。",
            setting.body.reconsideration_organ
        ),
        format!(
            "也可以自知道或者应当知道本决定之日起六个月内直接向{}提起行政诉讼。",
            setting.body.court
        ),
    ]
}

const NUMBER_OF: &str = "number_of";

/// The number of another paper of the case. It may be given only after this one is ordered, so the order names the paper
/// and the press puts in its number.
pub(crate) fn number_of(paper_id: &str) -> Json {
    json!({ NUMBER_OF: paper_id })
}

/// A row of a proof of service.
pub(crate) fn handed_over(paper: &Paper) -> Json {
    json!({"title": paper.order.name(), "paper_no": number_of(&paper.order.paper_id)})
}

/// The data with the numbers of the papers it names; `None` while one of them waits for its own. `number` gives nothing
/// for such a paper, and an empty text for one that never has a number.
pub(crate) fn with_numbers(data: &Json, number: &impl Fn(&str) -> Option<String>) -> Option<Json> {
    Some(match data {
        Json::Object(fields) => match fields.get(NUMBER_OF).and_then(Json::as_str) {
            Some(paper_id) => Json::String(number(paper_id)?),
            None => fields
                .iter()
                .map(|(name, value)| Some((name.clone(), with_numbers(value, number)?)))
                .collect::<Option<Map<String, Json>>>()?
                .into(),
        },
        Json::Array(values) => values
            .iter()
            .map(|value| with_numbers(value, number))
            .collect::<Option<Vec<Json>>>()?
            .into(),
        other => other.clone(),
    })
}

/// A paper in the making.
pub(crate) struct Draft<'a> {
    setting: &'a Setting<'a>,
    template: Template,
    data: Map<String, Json>,
}

impl<'a> Draft<'a> {
    /// With the fields that every paper of a case has.
    pub(crate) fn of(template: Template, case: &Case, setting: &'a Setting<'a>) -> Draft<'a> {
        let mut draft = Draft::blank(template, &case.case_no, setting);
        if let (Some(item), Some(applicant)) = (case.item(), case.applicant()) {
            draft.name_matter(item, applicant);
        }
        draft
            .date("received_on", case.facts.received)
            .date("accepted_on", case.facts.accepted.map(|accepted| accepted.on))
    }

    /// For the first paper of a case, which does not exist yet.
    pub(crate) fn first(
        template: Template,
        case_no: &str,
        item: &PinnedItem,
        applicant: &Applicant,
        setting: &'a Setting<'a>,
    ) -> Draft<'a> {
        let mut draft = Draft::blank(template, case_no, setting);
        draft.name_matter(item, applicant);
        draft
    }

    /// With the body, the case and the day; what the paper is about is added by its procedure.
    pub(crate) fn blank(template: Template, case_no: &str, setting: &'a Setting<'a>) -> Draft<'a> {
        let demo = setting.context.parameters.text("demo") == Some("true");
        let mut data = Map::new();
        data.insert("body_name".into(), json!(setting.body.name));
        data.insert("case_no".into(), json!(case_no));
        data.insert("date".into(), json!(setting.context.today.to_string()));
        data.insert("demo".into(), json!(demo));
        data.insert("demo_seal".into(), json!(demo));
        Draft {
            setting,
            template,
            data,
        }
    }

    pub(crate) fn name(&mut self, item: &PinnedItem, party: Option<&Party>) {
        self.data.insert("item_name".into(), json!(item.name));
        self.data.insert("item_code".into(), json!(item.item_code));
        // The papers of applications are worded for permits; other powers are named instead.
        let power = item.item_code.parse::<ItemCode>().map(|code| code.power_type());
        if let Ok(power) = power
            && !matches!(power, PowerType::Permit | PowerType::Penalty)
        {
            self.data.insert(MATTER_WORD.into(), json!(power.name()));
        }
        if let Some(party) = party {
            self.data.insert("party_name".into(), json!(party.name()));
            self.data.insert("party_kind".into(), json!(party.kind()));
        }
    }

    fn name_matter(&mut self, item: &PinnedItem, applicant: &Applicant) {
        self.name(item, Some(&applicant.party));
        if let Some(agent) = &applicant.agent {
            self.data.insert("agent_name".into(), json!(agent.name));
        }
    }

    pub(crate) fn with(mut self, field: &str, value: impl Into<Json>) -> Self {
        self.data.insert(field.to_owned(), value.into());
        self
    }

    /// Left out where there is none: an empty field would count as a gap.
    pub(crate) fn date(self, field: &str, on: Option<Date>) -> Self {
        match on {
            Some(on) => self.with(field, on.to_string()),
            None => self,
        }
    }

    pub(crate) fn text(self, field: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    pub(crate) fn number(self, field: &str, paper: Option<&Paper>) -> Self {
        match paper {
            Some(paper) => self.with(field, number_of(&paper.order.paper_id)),
            None => self,
        }
    }

    /// Legal bases as the item states them, with the article of the act first.
    pub(crate) fn basis(self, article: &str, item: &PinnedItem) -> Self {
        let mut basis = vec![format!(
            "《中华人民共和国{}",
            article.replacen("行政许可法", "行政许可法》", 1)
        )];
        basis.extend(item.bases.iter().cloned());
        self.with("basis", basis)
    }

    /// As [`Draft::basis`]; other powers than permits have no procedure law, so that the item's own bases stand alone.
    pub(crate) fn basis_of(self, case: &Case, article: &str, item: &PinnedItem) -> Self {
        match case.power() {
            PowerType::Permit => self.basis(article, item),
            _ => self.with("basis", item.bases.clone()),
        }
    }

    pub(crate) fn materials(self, materials: &[SubmittedMaterial]) -> Self {
        let rows: Vec<Json> = materials
            .iter()
            .filter(|material| material.present())
            .map(|material| {
                json!({
                    "name": material.name,
                    "copies": (material.originals + material.copies).max(1).to_string(),
                    "kind": material_kind(material),
                })
            })
            .collect();
        self.with("materials", rows)
    }

    /// The way to reconsideration and to court, with the online channel where the paper is to be served online
    /// (复议法 22(2)).
    pub(crate) fn remedies(self, electronic_service: bool) -> Self {
        let (organ, court) = (
            self.setting.body.reconsideration_organ.clone(),
            self.setting.body.court.clone(),
        );
        let channel = online_channel(self.setting).filter(|_| electronic_service);
        let draft = self
            .with("reconsideration_organ", organ)
            .with("court", court)
            .with("served_online", channel.is_some());
        draft.text("online_reconsideration_channel", channel.as_deref())
    }

    pub(crate) fn order(self) -> PaperOrder {
        PaperOrder {
            paper_id: self.setting.context.id(&format!("paper:{}", self.template.key())),
            template: self.template,
            made_on: self.setting.context.today,
            data: Json::Object(self.data),
        }
    }
}

impl Setting<'_> {
    /// Whether this paper is made. The law orders those of permits; of other powers the chart does, where the template is
    /// worded for them.
    pub(crate) fn orders(&self, case: &Case, task: &str, outcome: &str, template: Template) -> bool {
        let by_chart = || {
            let work = self.flow.model().work(task);
            work.is_some_and(|work| work.papers_for(Some(outcome)).any(|name| name == template.key()))
        };
        case.power() == PowerType::Permit || template != Template::AcceptanceNotice && by_chart()
    }
}

/// The remedies as sentences, for decisions' records and in-box texts.
pub(crate) fn remedies_in_words(setting: &Setting<'_>) -> Vec<String> {
    remedies(setting)
}

/// What a request for government information asks for (公开条例 29(2)(二)).
pub(crate) fn asked_in_words(case: &Case) -> Vec<String> {
    let fields = ["information", "description"].iter();
    fields
        .filter_map(|field| case.form.get(*field))
        .flatten()
        .cloned()
        .collect()
}

/// Whom a decision addresses, with number and address (处罚法 59(1)(一)).
pub(crate) fn identified<'a>(draft: Draft<'a>, party: &Party) -> Draft<'a> {
    let draft = draft
        .with("party_address", party.address())
        .with("party_phone", party.phone());
    match party {
        Party::Individual {
            document, document_no, ..
        } => draft
            .with("party_id_label", document.name())
            .with("party_id", document_no.as_str()),
        Party::Organisation {
            uscc,
            legal_representative,
            ..
        } => draft
            .with("party_id_label", "统一社会信用代码")
            .with("party_id", uscc.as_str())
            .with("legal_representative", legal_representative.as_str()),
    }
}

/// Where an application for reconsideration may be handed in online, as the place has set it.
pub(crate) fn online_channel(setting: &Setting<'_>) -> Option<String> {
    setting
        .context
        .parameters
        .text("reconsideration.online_channel")
        .map(str::to_owned)
}

fn material_kind(material: &SubmittedMaterial) -> &'static str {
    match (material.originals > 0, material.copies > 0) {
        (true, true) => "原件、复印件",
        (true, false) => "原件",
        (false, true) => "复印件",
        (false, false) => "电子件",
    }
}

/// Fields of application forms that a certificate repeats (`demo/forms/README.md` names them); where a form has none, the
/// party's address and the item's name stand in.
const PREMISES: &str = "premises_address";
const BUSINESS_ITEMS: [&str; 2] = ["sale_scope", "catering_scope"];

pub(crate) fn premises(case: &Case, party: &Party, setting: &Setting<'_>) -> String {
    let given = answer(case, PREMISES, setting).join("、");
    if given.is_empty() {
        party.address().to_owned()
    } else {
        given
    }
}

pub(crate) fn business_items(case: &Case, setting: &Setting<'_>) -> Vec<String> {
    let chosen: Vec<String> = BUSINESS_ITEMS
        .into_iter()
        .flat_map(|field| answer(case, field, setting))
        .collect();
    if chosen.is_empty() {
        vec![setting.item.name.clone()]
    } else {
        chosen
    }
}

/// The answers to one field as people read them: a choice by its label.
fn answer(case: &Case, field: &str, setting: &Setting<'_>) -> Vec<String> {
    let asked = setting
        .item
        .form
        .iter()
        .flat_map(|form| form.fields())
        .find(|known| known.id == field);
    let words = |value: &String| {
        asked
            .map_or(value.as_str(), |asked| asked.words(value))
            .trim()
            .to_owned()
    };
    let values = case.form.get(field).into_iter().flatten();
    values.map(words).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_in_wherever_they_are_named() {
        let data = json!({
            "decision_no": number_of("p1"),
            "rows": [{"title": "决定书", "paper_no": number_of("p2")}],
            "date": "2026-03-02", "demo": true,
        });
        let number = |paper_id: &str| match paper_id {
            "p1" => Some("处罚〔2026〕1号".to_owned()),
            "p2" => Some(String::new()),
            _ => None,
        };
        let expected = json!({
            "decision_no": "处罚〔2026〕1号",
            "rows": [{"title": "决定书", "paper_no": ""}],
            "date": "2026-03-02", "demo": true,
        });
        assert_eq!(with_numbers(&data, &number), Some(expected));
        assert_eq!(with_numbers(&json!([number_of("waits")]), &number), None);
    }
}
