//! What a file would change, and every problem with its sheet, row and column. Goes through the file in pieces: memory is
//! bounded by one piece and by what is kept of the report.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use mingjing_chronicle::{Context, Fault, Reader, Refusal};
use mingjing_codes::{ItemCode, PowerType};
use mingjing_people::public::{Body, BodyFacts};
use mingjing_sheets::workbook::column_name;
use mingjing_web::{Scope, Subject};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::handed_in::Counted;
use super::heading::{SheetMapping, type_of_sheet};
use super::rows::{Listed, code_of, items, row_of};
use super::table::Tables;
use crate::decide::import_items::{self, Facts, Outcome};
use crate::difference::differences;
use crate::entry::{self, Attachments, COLUMNS, Draft, RawRow};
use crate::item::Item;
use crate::law::Law;
use crate::proof::{learn_assisting, posts_of};
use crate::version::{Confirmation, ItemStatus, ItemVersion};

/// What is wrong, or worth knowing, at a place of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "TableFinding")]
pub struct Finding {
    /// 工作表
    pub sheet: String,
    /// 行号，与表格软件中一致；0 表示整张表
    pub row: u64,
    /// 列，例如 F；没有的为空
    pub column: String,
    /// 栏目
    pub field: String,
    /// 规则的代码
    pub code: String,
    pub sentence: String,
    /// 不改正就不能提交
    pub refuses: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TableRowFate")]
pub enum Fate {
    Added,
    Changed,
    Suspended,
    Ended,
    Unchanged,
    Refused,
}

impl Fate {
    pub fn name(self) -> &'static str {
        match self {
            Fate::Added => "新增",
            Fate::Changed => "修改",
            Fate::Suspended => "暂停",
            Fate::Ended => "取消",
            Fate::Unchanged => "无变化",
            Fate::Refused => "有问题",
        }
    }

    pub fn colour(self) -> &'static str {
        match self {
            Fate::Added => "green",
            Fate::Changed => "blue",
            Fate::Suspended => "yellow",
            Fate::Ended => "purple",
            Fate::Unchanged => "grey",
            Fate::Refused => "red",
        }
    }
}

/// An item of the file, and what would become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "TableRow")]
pub struct Seen {
    pub sheet: String,
    pub row: u64,
    pub item_code: String,
    pub name: String,
    pub fate: Fate,
    /// 变动的栏目
    pub differences: Vec<Differs>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "TableRowDifference")]
pub struct Differs {
    /// 栏目的名称
    pub field: String,
    /// 原来
    pub old: String,
    /// 现在
    pub new: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableReport {
    pub items: u32,
    pub refused: u32,
    pub counts: Counted,
    /// The first ones; `found` is how many there are.
    pub findings: Vec<Finding>,
    pub found: usize,
    /// The first of what is not unchanged.
    pub rows: Vec<Seen>,
}

impl TableReport {
    pub fn is_refused(&self) -> bool {
        self.refused > 0 || self.items == 0 || self.findings.iter().any(|finding| finding.refuses)
    }

    pub fn changes(&self) -> u32 {
        self.counts.added + self.counts.changed + self.counts.suspended + self.counts.ended
    }

    fn note(&mut self, finding: Finding) {
        self.found += 1;
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        }
    }
}

const MOST_FINDINGS: usize = 5_000;
const MOST_ROWS: usize = 400;
const MOST_WORDS: usize = 300;
/// Items judged together.
const PIECE: usize = 500;

/// A draft that changes something, with what becomes of it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub fate: Fate,
    pub draft: Draft,
}

/// The content of a file.
pub enum Content<'a> {
    Tables(Tables<'a>, &'a [SheetMapping]),
    /// JSON, or the table of a package with its files.
    Rows(Vec<RawRow>, Attachments),
}

/// What the drafts are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Changes that the legal office reviews.
    Changes,
    /// The clean-up's first register: history may be entered, too.
    CleanUp,
}

pub struct Judge<'a> {
    pub scope: &'a Scope,
    pub context: &'a Context,
    pub purpose: Purpose,
    pub confirmation: &'a Confirmation,
    /// Keeps the drafts; without it only the report is made.
    pub keep: bool,
}

/// The outer error is the database's; the inner one says why the file cannot be judged at all.
type Judged = Result<Result<(TableReport, Vec<Wanted>), Refusal>, Fault>;

impl Judge<'_> {
    /// # Errors
    /// A fault of the database.
    pub fn judge(&self, reader: &mut Reader<'_>, content: &Content<'_>) -> Judged {
        let laws = crate::views::laws(reader)?;
        let names = names(reader)?;
        let mut work = Work {
            judge: self,
            laws: &laws,
            report: TableReport::default(),
            wanted: Vec::new(),
            facts: Facts {
                names,
                ..Facts::default()
            },
            codes: BTreeSet::new(),
            covered: BTreeMap::new(),
        };
        let read = match content {
            Content::Rows(rows, attachments) => work.rows(reader, rows, attachments).map(Ok),
            Content::Tables(tables, mappings) => work.tables(reader, tables, mappings),
        };
        Ok(read?.map(|()| (work.report, work.wanted)))
    }
}

fn names(reader: &mut Reader<'_>) -> Result<BTreeMap<(String, PowerType, String), String>, Fault> {
    let active = "SELECT body, power_type, name, item_code FROM {item_list} WHERE status = $1";
    let rows = reader.query(active, &["active".into()])?;
    let named = rows.iter().filter_map(|row| {
        let key = (
            row.text(0).to_owned(),
            PowerType::from_code(row.text(1))?,
            row.text(2).to_owned(),
        );
        Some((key, row.text(3).to_owned()))
    });
    Ok(named.collect())
}

struct Work<'a> {
    judge: &'a Judge<'a>,
    laws: &'a BTreeMap<String, Law>,
    report: TableReport,
    wanted: Vec<Wanted>,
    facts: Facts,
    codes: BTreeSet<String>,
    /// Bodies that were looked up, and whether they lie within the scope.
    covered: BTreeMap<String, bool>,
}

/// Where rows stand, for the report.
struct Place<'a> {
    sheet: &'a str,
    mapping: Option<&'a SheetMapping>,
}

impl Place<'_> {
    fn finding(&self, row: u64, key: &str, code: &str, sentence: String, refuses: bool) -> Finding {
        let column = self.mapping.and_then(|mapping| mapping.column_of(key));
        let heading = COLUMNS
            .iter()
            .find(|column| column.key == key)
            .map(|column| column.heading);
        Finding {
            sheet: self.sheet.to_owned(),
            row,
            column: column.map(column_name).unwrap_or_default(),
            field: heading.unwrap_or(key).to_owned(),
            code: code.to_owned(),
            sentence,
            refuses,
        }
    }
}

impl Work<'_> {
    fn rows(&mut self, reader: &mut Reader<'_>, rows: &[RawRow], attachments: &Attachments) -> Result<(), Fault> {
        let place = Place {
            sheet: "",
            mapping: None,
        };
        for piece in rows.chunks(PIECE) {
            let drafts = piece.iter().map(|row| self.draft(row, attachments)).collect();
            self.piece(reader, &place, drafts)?;
        }
        Ok(())
    }

    fn tables(
        &mut self,
        reader: &mut Reader<'_>,
        tables: &Tables<'_>,
        mappings: &[SheetMapping],
    ) -> Result<Result<(), Refusal>, Fault> {
        for (index, (facts, mapping)) in tables.sheets().zip(mappings).enumerate() {
            let place = Place {
                sheet: &facts.name,
                mapping: Some(mapping),
            };
            if !self.about_sheet(&place, facts.hidden, mapping) {
                continue;
            }
            let mut gathered: Vec<Listed> = Vec::new();
            let mut fault = None;
            let passed = items(tables, index, mapping, &mut |listed| {
                gathered.push(listed);
                if gathered.len() < PIECE {
                    return ControlFlow::Continue(());
                }
                match self.listed(reader, &place, mapping, std::mem::take(&mut gathered)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(stopped) => {
                        fault = Some(stopped);
                        ControlFlow::Break(())
                    }
                }
            });
            if let Some(fault) = fault {
                return Err(fault);
            }
            let passed = match passed {
                Ok(passed) => passed,
                Err(refusal) => return Ok(Err(refusal)),
            };
            self.listed(reader, &place, mapping, gathered)?;
            for passed in passed.iter().filter(|passed| passed.why != "没有要采用的内容") {
                let sentence = format!("这一行没有作为事项读取：{}", passed.why);
                let row = u64::from(passed.row);
                self.report.note(place.finding(row, "", "passed_over", sentence, false));
            }
        }
        Ok(Ok(()))
    }

    /// What is told of a sheet as a whole; whether its rows are read.
    fn about_sheet(&mut self, place: &Place<'_>, hidden: bool, mapping: &SheetMapping) -> bool {
        let mut tell = |code: &str, sentence: String, refuses: bool| {
            self.report.note(place.finding(0, "", code, sentence, refuses));
        };
        if mapping.left_out {
            let sentence = match mapping.heading {
                None => "没有找到表头（“事项编码”“事项名称”等），这张表没有读取",
                Some(_) => "这张表按您的选择没有读取",
            };
            tell("sheet_left_out", sentence.to_owned(), false);
            return false;
        }
        if hidden {
            tell(
                "sheet_hidden",
                "这是隐藏的工作表，也读取了；不需要的请选择不读取".to_owned(),
                false,
            );
        }
        for key in mapping.twice() {
            let heading = COLUMNS
                .iter()
                .find(|column| column.key == key)
                .map_or(key, |column| column.heading);
            tell("column_twice", format!("有两列都对应“{heading}”，请改正其中一列"), true);
        }
        if mapping.column_of("item_code").is_none() {
            tell(
                "no_code_column",
                "没有一列对应“事项编码”，不能读取；请指定，或者先编好编码".to_owned(),
                true,
            );
            return false;
        }
        for column in mapping
            .columns
            .iter()
            .filter(|column| column.key.is_none() && !column.heading.is_empty())
        {
            let letter = column_name(column.column);
            tell(
                "column_left_out",
                format!("第{letter}列“{}”没有采用", column.heading),
                false,
            );
        }
        true
    }

    fn listed(
        &mut self,
        reader: &mut Reader<'_>,
        place: &Place<'_>,
        mapping: &SheetMapping,
        listed: Vec<Listed>,
    ) -> Result<(), Fault> {
        let mut drafts = Vec::with_capacity(listed.len());
        let of_sheet = type_of_sheet(place.sheet);
        for one in &listed {
            let code = code_of(one);
            let item = self.item(reader, &code)?;
            let base = item
                .as_ref()
                .filter(|item| item.cancelled().is_none())
                .and_then(Item::latest);
            let row = row_of(one, mapping, base);
            self.about_row(place, one, of_sheet, &code);
            drafts.push(self.draft(&row, &Attachments::new()));
        }
        self.piece(reader, place, drafts)
    }

    fn about_row(&mut self, place: &Place<'_>, listed: &Listed, of_sheet: Option<PowerType>, code: &str) {
        let row = u64::from(listed.row);
        for key in &listed.formulas {
            let sentence = "这里是公式，采用的是文件保存时的计算结果，请核对".to_owned();
            self.report.note(place.finding(row, key, "formula", sentence, false));
        }
        for key in &listed.faults {
            let sentence = "这里的公式出错（如#N/A）或者没有保存结果，没有可以采用的值；请粘贴为数值".to_owned();
            self.report
                .note(place.finding(row, key, "formula_failed", sentence, true));
            self.report.refused += 1;
        }
        let of_code = ItemCode::parse(code).ok().map(|code| code.power_type());
        if let (Some(sheet), Some(coded)) = (of_sheet, of_code)
            && sheet != coded
        {
            let sentence = format!("工作表名称是{}，编码是{}，按编码读取", sheet.name(), coded.name());
            self.report
                .note(place.finding(row, "item_code", "sheet_type_differs", sentence, false));
        }
    }

    fn draft(&self, row: &RawRow, attachments: &Attachments) -> Draft {
        let mut row = row.clone();
        let today = self.judge.context.today;
        let status = row
            .cells
            .get("status")
            .and_then(|status| status.as_str())
            .unwrap_or_default();
        if matches!(status, "已取消" | "cancelled") && !row.cells.contains_key("cancelled_on") {
            row.cells.insert("cancelled_on", json!(today));
        }
        entry::draft(&row, attachments, self.laws, self.judge.confirmation, today)
    }

    fn item(&mut self, reader: &mut Reader<'_>, code: &str) -> Result<Option<Item>, Fault> {
        if let Some(known) = self.facts.items.get(code) {
            return Ok(Some(known.clone()));
        }
        if ItemCode::parse(code).is_err() {
            return Ok(None);
        }
        let item = (*reader.load::<Item>(code)?).clone();
        if !item.exists() {
            return Ok(None);
        }
        self.facts.items.insert(code.to_owned(), item.clone());
        Ok(Some(item))
    }

    fn gather(&mut self, reader: &mut Reader<'_>, drafts: &[Draft]) -> Result<(), Fault> {
        for version in drafts.iter().filter_map(|draft| draft.version.as_ref()) {
            self.item(reader, &version.item_code)?;
            if !self.covered.contains_key(&version.body) {
                let facts = reader.load::<Body>(&version.body)?.facts().cloned();
                let covered = facts.as_ref().is_none_or(|facts| covers(self.judge.scope, facts));
                self.covered.insert(version.body.clone(), covered);
                self.facts
                    .bodies
                    .extend(facts.map(|facts| (version.body.clone(), facts)));
            }
            if version.flow.is_some() && !self.facts.posts.contains_key(&version.body) {
                let posts = posts_of(reader.sql(), &version.body)?;
                self.facts.posts.insert(version.body.clone(), posts);
            }
            learn_assisting(reader, version, &mut self.facts.assisting)?;
        }
        Ok(())
    }

    fn piece(&mut self, reader: &mut Reader<'_>, place: &Place<'_>, drafts: Vec<Draft>) -> Result<(), Fault> {
        self.gather(reader, &drafts)?;
        let kept: BTreeMap<usize, Draft> = match self.judge.keep {
            true => drafts.iter().cloned().enumerate().collect(),
            false => BTreeMap::new(),
        };
        let versions: Vec<Option<ItemVersion>> = drafts.iter().map(|draft| draft.version.clone()).collect();
        let (_, judged) = import_items::decide(drafts, self.judge.confirmation, &self.facts, self.judge.context);
        for (index, (row, version)) in judged.rows.into_iter().zip(versions).enumerate() {
            self.report.items += 1;
            let mut problems: Vec<(String, String, String)> = row
                .problems
                .iter()
                .filter(|problem| problem.code != "batch_refused")
                .map(|problem| {
                    (
                        problem.field.to_string(),
                        problem.code.to_string(),
                        problem.reason.clone(),
                    )
                })
                .collect();
            problems.extend(self.of_the_file(&row.item_code, version.as_ref()));
            let (fate, differences) = match problems.is_empty() {
                true => self.fate(version.as_ref(), row.outcome),
                false => (Fate::Refused, Vec::new()),
            };
            for (field, code, reason) in problems {
                self.report.note(place.finding(row.line, &field, &code, reason, true));
            }
            let name = version.as_ref().map(|version| version.name.clone()).unwrap_or_default();
            self.take(place, row.line, row.item_code, name, fate, differences);
            let changes = !matches!(fate, Fate::Unchanged | Fate::Refused);
            if let Some(draft) = kept.get(&index).filter(|_| changes) {
                self.wanted.push(Wanted {
                    fate,
                    draft: draft.clone(),
                });
            }
            if let Some(version) = version.filter(|version| changes && version.status == ItemStatus::Active) {
                let key = (version.body, version.power_type, version.name);
                self.facts.names.entry(key).or_insert(version.item_code);
            }
        }
        // What is recorded was needed for this piece only.
        self.facts.items.clear();
        Ok(())
    }

    /// What only the whole file, the scope or the purpose shows.
    fn of_the_file(&mut self, item_code: &str, version: Option<&ItemVersion>) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let mut tell = |field: &str, code: &str, sentence: &str| {
            problems.push((field.to_owned(), code.to_owned(), sentence.to_owned()));
        };
        let Some(version) = version else {
            return problems;
        };
        if !self.codes.insert(item_code.to_owned()) {
            tell("item_code", "duplicate_code", "同一文件中前面已有这个事项编码");
        }
        if self.covered.get(&version.body) == Some(&false) {
            tell("item_code", "not_yours", "不是您可以申报的单位的事项");
        }
        let recorded = self.facts.items.contains_key(item_code);
        let history = version.status == ItemStatus::Cancelled && !recorded;
        if history && self.judge.purpose == Purpose::Changes {
            tell(
                "status",
                "history",
                "目录里没有这个事项，不能申报取消；历史事项由清理登记或者系统管理员录入",
            );
        }
        problems
    }

    fn fate(&self, version: Option<&ItemVersion>, outcome: Outcome) -> (Fate, Vec<Differs>) {
        let Some(version) = version.filter(|_| outcome != Outcome::Unchanged) else {
            return (Fate::Unchanged, Vec::new());
        };
        let item = self.facts.items.get(&version.item_code);
        let Some(latest) = item.and_then(Item::latest) else {
            return (Fate::Added, Vec::new());
        };
        if version.status == ItemStatus::Cancelled {
            return (Fate::Ended, Vec::new());
        }
        let short = |text: String| text.chars().take(MOST_WORDS).collect::<String>();
        let differences: Vec<_> = differences(Some(latest), version)
            .into_iter()
            .map(|one| Differs {
                field: one.field.to_owned(),
                old: short(one.old),
                new: short(one.new),
            })
            .collect();
        let fate = match (differences.is_empty(), version.status, latest.status) {
            (true, ..) => Fate::Unchanged,
            (false, ItemStatus::Suspended, ItemStatus::Active) => Fate::Suspended,
            _ => Fate::Changed,
        };
        (fate, differences)
    }

    fn take(
        &mut self,
        place: &Place<'_>,
        row: u64,
        item_code: String,
        name: String,
        fate: Fate,
        differences: Vec<Differs>,
    ) {
        let counts = &mut self.report.counts;
        match fate {
            Fate::Added => counts.added += 1,
            Fate::Changed => counts.changed += 1,
            Fate::Suspended => counts.suspended += 1,
            Fate::Ended => counts.ended += 1,
            Fate::Unchanged => counts.unchanged += 1,
            Fate::Refused => self.report.refused += 1,
        }
        if fate != Fate::Unchanged && self.report.rows.len() < MOST_ROWS {
            self.report.rows.push(Seen {
                sheet: place.sheet.to_owned(),
                row,
                item_code,
                name,
                fate,
                differences,
            });
        }
    }
}

fn covers(scope: &Scope, facts: &BodyFacts) -> bool {
    scope.covers(&Subject {
        body: &facts.body,
        area: &facts.division,
        party_account: "",
        published: false,
    })
}
