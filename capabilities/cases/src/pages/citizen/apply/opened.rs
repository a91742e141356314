//! A draft opened at the desk of its owner, with what the register and the catalogue say about it.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use jiff::civil::Date;
use mingjing_catalogue::public::{
    Answers, Asked, Audience, Item, ItemVersion, Lacking, Material, PublicForm, Section, Told, public_forms,
};
use mingjing_chronicle::{Fault, Reader};
use mingjing_people::public::{Authority, Citizen, Organisation, PartyFacts, PartyKind};
use mingjing_web::{Desk, Link, Problem};

use super::super::links::{delivery_page, materials_page, party_page, section_page, situation_page};
use crate::asking;
use crate::decide::submit::APPLICATION;
use crate::drafts::{self, Draft};
use crate::events::SubmittedMaterial;
use crate::submission::Behalf;

pub(super) struct Opened {
    pub(super) draft: Draft,
    pub(super) item: ItemVersion,
    /// Who is signed in.
    pub(super) me: PartyFacts,
    /// For whom; nothing where the authority does not hold (any more), so that nobody else's data are shown.
    pub(super) principal: Option<(PartyFacts, Authority)>,
    pub(super) today: Date,
    /// Blank forms and samples to fetch, by a material's id.
    pub(super) forms: BTreeMap<String, Vec<PublicForm>>,
}

/// Opens one's own draft, or answers as if there were none.
///
/// # Errors
/// The answer to give instead.
pub(super) async fn open(desk: &Desk, id: &str) -> Result<Opened, Result<Response, Problem>> {
    let (account, id, today) = (desk.actor.account.clone(), id.to_owned(), desk.house.clock.today());
    let read = desk
        .house
        .chronicle
        .read(move |reader| read(reader, &account, &id, today));
    match read.await {
        Ok(Some(opened)) => Ok(opened),
        Ok(None) => Err(Ok(super::gone(desk))),
        Err(fault) => Err(Err(fault.into())),
    }
}

fn read(reader: &mut Reader<'_>, account: &str, id: &str, today: Date) -> Result<Option<Opened>, Fault> {
    let Some(draft) = drafts::one(reader, account, id)? else {
        return Ok(None);
    };
    let item = reader.load::<Item>(&draft.item_code)?;
    let Some(item) = item.current(today).or(item.latest()).cloned() else {
        return Ok(None);
    };
    let Some(me) = reader.load::<Citizen>(account)?.facts() else {
        return Ok(None);
    };
    let principal = principal(reader, account, &draft.content.behalf, today)?;
    Ok(Some(Opened {
        forms: public_forms(reader, &item.materials)?,
        principal: principal.filter(|(_, right)| right.covers(&item.item_code)),
        draft,
        item,
        me,
        today,
    }))
}

/// The party and by what right this account acts for it.
pub(super) fn principal(
    reader: &mut Reader<'_>,
    account: &str,
    behalf: &Behalf,
    today: Date,
) -> Result<Option<(PartyFacts, Authority)>, Fault> {
    let (facts, right) = match behalf {
        Behalf::Oneself => (reader.load::<Citizen>(account)?.facts(), Some(Authority::Oneself)),
        Behalf::Person { account: principal } => {
            let principal = reader.load::<Citizen>(principal)?;
            (principal.facts(), principal.authority_of(account, today))
        }
        Behalf::Organisation { uscc } => {
            let principal = reader.load::<Organisation>(uscc)?;
            (principal.facts(), principal.authority_of(account, today))
        }
    };
    Ok(facts.zip(right))
}

/// One thing that has to be done before submitting.
pub(super) struct Task {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) link: Link,
    pub(super) done: bool,
    pub(super) begun: bool,
    pub(super) hint: String,
}

impl Opened {
    pub(super) fn id(&self) -> &str {
        &self.draft.id
    }

    pub(super) fn sections(&self) -> &[Section] {
        self.item.form.as_ref().map_or(&[], |form| &form.sections)
    }

    /// What is asked of the principal by what was answered so far.
    pub(super) fn asked(&self) -> Asked<'_> {
        self.item.asked(Told {
            answers: &self.draft.content.form,
            audience: self.audience(),
            today: self.today,
        })
    }

    fn audience(&self) -> Option<Audience> {
        let (facts, _) = self.principal.as_ref()?;
        Some(match facts.kind {
            PartyKind::Organisation => Audience::Organisation,
            _ => Audience::Individual,
        })
    }

    /// Parts of the form of which anything is asked in this situation.
    pub(super) fn asked_sections(&self) -> Vec<&Section> {
        let asked = self.asked();
        let open = |section: &&Section| section.fields.iter().any(|field| asked.asks_for(&field.id));
        // A part whose fields wait for one another shows all of them.
        self.sections().iter().filter(open).collect()
    }

    pub(super) fn for_organisation(&self) -> bool {
        matches!(&self.principal, Some((facts, _)) if facts.kind == PartyKind::Organisation)
    }

    /// The answers with the facts of the register where nothing was answered yet.
    pub(super) fn answers(&self) -> Answers {
        let mut answers = self.draft.content.form.clone();
        for field in self.sections().iter().flat_map(|section| &section.fields) {
            if let Some(known) = field.prefill.as_deref().and_then(|fact| self.fact(fact)) {
                answers.entry(field.id.clone()).or_insert_with(|| vec![known]);
            }
        }
        answers
    }

    /// A fact of the register by the name that forms use; nothing where it is empty.
    pub(super) fn fact(&self, name: &str) -> Option<String> {
        let (facts, _) = self.principal.as_ref()?;
        let content = &self.draft.content;
        let or = |typed: &str, known: &str| {
            if typed.is_empty() {
                known.to_owned()
            } else {
                typed.to_owned()
            }
        };
        let fact = match name {
            "party.name" => facts.name.clone(),
            "party.number" if facts.kind == PartyKind::Organisation => facts.id_no.clone(),
            "party.phone" => or(&content.phone, &facts.phone),
            "party.address" => or(&content.address, &facts.address),
            "party.legal_representative" => match &facts.legal_representative {
                Some(representative) => representative.name.clone(),
                None => facts.name.clone(),
            },
            _ => return None,
        };
        (!fact.is_empty()).then_some(fact)
    }

    /// Materials that are handed in as files in this situation; the application itself is the form.
    pub(super) fn file_materials(&self) -> impl Iterator<Item = &Material> {
        let has_form = self.item.form.is_some();
        let asked: BTreeSet<String> = self.asked().handed_in().map(|material| material.id.clone()).collect();
        self.item
            .materials
            .iter()
            .filter(move |material| asked.contains(&material.id) && !(has_form && material.id == APPLICATION))
    }

    /// Required ones that were not uploaded.
    pub(super) fn lacking(&self) -> Vec<Lacking> {
        asking::lacking(&self.asked(), &self.draft.content.materials, self.item.form.is_some())
    }

    /// What was uploaded and is asked for: files for another answer are not handed in.
    pub(super) fn handed_in(&self) -> Vec<SubmittedMaterial> {
        let asked: BTreeSet<&str> = self.file_materials().map(|material| material.id.as_str()).collect();
        let uploaded = self.draft.content.materials.iter();
        uploaded
            .filter(|kept| asked.contains(kept.id.as_str()))
            .cloned()
            .collect()
    }

    pub(super) fn uploaded(&self, material: &str) -> Option<&SubmittedMaterial> {
        self.draft
            .content
            .materials
            .iter()
            .find(|kept| kept.id == material && kept.present())
    }

    fn section_done(&self, section: &Section) -> bool {
        let done = self.draft.content.sections_done.contains(&section.id);
        done && self.asked().form_errors(Some(&section.id)).is_empty()
    }

    pub(super) fn party_task(&self) -> Task {
        let content = &self.draft.content;
        Task {
            id: "party".into(),
            title: "申请人信息".into(),
            link: party_page(self.id()),
            done: content.party_done && self.principal.is_some(),
            begun: content.party_done,
            hint: "姓名（名称）和证件来自账户，请核对联系方式".into(),
        }
    }

    /// Where the item asks for the situation first.
    pub(super) fn situation_task(&self) -> Option<Task> {
        let begun = self
            .item
            .situations
            .iter()
            .any(|question| self.draft.content.form.contains_key(&question.key()));
        (!self.item.situations.is_empty()).then(|| Task {
            id: "situation".into(),
            title: "您的情形".into(),
            link: situation_page(self.id()),
            // Where every question may be left open nothing has to be done.
            done: self.asked().is_answered(),
            begun,
            hint: "几个问题，决定要填什么、交什么".into(),
        })
    }

    pub(super) fn section_tasks(&self) -> Vec<Task> {
        let begun = |section: &Section| {
            section
                .fields
                .iter()
                .any(|field| self.draft.content.form.contains_key(&field.id))
        };
        self.asked_sections()
            .into_iter()
            .map(|section| Task {
                id: format!("section-{}", section.id),
                title: section.title.clone(),
                link: section_page(self.id(), &section.id),
                done: self.section_done(section),
                begun: begun(section),
                hint: String::new(),
            })
            .collect()
    }

    pub(super) fn materials_task(&self) -> Task {
        let missing = self.lacking().len();
        let required = self.required();
        let there = required.saturating_sub(missing);
        Task {
            id: "materials".into(),
            title: "申请材料".into(),
            link: materials_page(self.id()),
            done: missing == 0 && self.asked().is_answered(),
            begun: self.draft.content.materials.iter().any(SubmittedMaterial::present),
            hint: format!("必须提交的 {required} 份，已上传 {there} 份"),
        }
    }

    /// Materials that must come, of several of which one is enough one.
    fn required(&self) -> usize {
        asking::lacking(&self.asked(), &[], self.item.form.is_some()).len()
    }

    pub(super) fn delivery_task(&self) -> Task {
        Task {
            id: "delivery".into(),
            title: "送达与领取方式".into(),
            link: delivery_page(self.id()),
            done: self.draft.content.delivery_done,
            begun: self.draft.content.delivery_done,
            hint: "是否同意电子送达".into(),
        }
    }

    /// All that has to be done before the answers can be checked and submitted.
    pub(super) fn tasks(&self) -> Vec<Task> {
        let mut tasks = vec![self.party_task()];
        tasks.extend(self.situation_task());
        tasks.extend(self.section_tasks());
        tasks.push(self.materials_task());
        tasks.push(self.delivery_task());
        tasks
    }

    pub(super) fn ready(&self) -> bool {
        self.tasks().iter().all(|task| task.done)
    }

    /// 以谁的名义.
    pub(super) fn on_behalf(&self) -> String {
        match &self.principal {
            None => "（您现在没有代其申请的权限）".into(),
            Some((facts, Authority::Oneself)) => format!("{}（本人）", facts.name),
            Some((facts, Authority::LegalRepresentative)) => {
                format!("{}，由{}以法定代表人（负责人）身份办理", facts.name, self.me.name)
            }
            Some((facts, Authority::Agent { .. })) => format!("{}，由{}以委托代理人身份办理", facts.name, self.me.name),
        }
    }
}
