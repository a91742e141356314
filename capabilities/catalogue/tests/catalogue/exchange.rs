//! Tables in and out: an export comes back unchanged, a messy workbook is understood, problems have their place, nothing
//! enters but through the review; and the clean-up from its plan to the catalogue.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_catalogue::change::{Trigger, TriggerKind};
use mingjing_catalogue::clean_up::commands::{self, PlanCleanUp};
use mingjing_catalogue::clean_up::package;
use mingjing_catalogue::clean_up::task::{Act, Stage, Task};
use mingjing_catalogue::exchange::filing::{self, FilingOrder, Incoming};
use mingjing_catalogue::exchange::judge::Purpose;
use mingjing_catalogue::exchange::sheets::{self, Exported};
use mingjing_catalogue::exchange::{HandedIn, HandedState, TableReport};
use mingjing_catalogue::open_data::figures::{Figures, reductions};
use mingjing_catalogue::open_data::files::{DataFile, content, mark};
use mingjing_catalogue::public::Item;
use mingjing_catalogue::routes;
use mingjing_chronicle::{Actor, ActorKind, HeldPost, Request, Stop};
use mingjing_sheets::archive::Writer;
use mingjing_web::sheet::{csv, xlsx};
use mingjing_web::{Scope, TableKind};

use crate::world::World;

const BODY: &str = "33030300SJ";

fn officer(account: &str, role: &str, body: &str) -> Actor {
    Actor {
        account: account.into(),
        kind: ActorKind::Official,
        posts: vec![HeldPost {
            post: format!("{account}-post"),
            role: role.into(),
            body: body.into(),
            area: "330303".into(),
        }],
        roles: Vec::new(),
    }
}

fn clerk() -> Request {
    Request::by(officer("clerk", "legal_reviewer", BODY))
}

fn office() -> Request {
    Request::by(officer("office", "legal_officer", "33030300SF"))
}

fn area() -> Scope {
    Scope::OwnArea {
        areas: ["330303".to_owned()].into(),
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn code<T: std::fmt::Debug>(stopped: Result<T, Stop>) -> String {
    match stopped.unwrap_err() {
        Stop::Refusal(refusal) => refusal.code.to_string(),
        other => panic!("{other:?}"),
    }
}

impl World {
    async fn exported(&self) -> Vec<Exported> {
        let read = self
            .chronicle
            .read(|reader| sheets::gather(reader, &|_| true, &Exported::latest));
        read.await.unwrap()
    }

    async fn receive(&self, by: Request, name: &str, kind: TableKind, bytes: Vec<u8>) -> String {
        let incoming = Incoming {
            file_name: name.into(),
            kind,
            bytes,
        };
        filing::receive(&self.chronicle, by, incoming).await.unwrap().value
    }

    async fn handed(&self, number: &str) -> HandedIn {
        let number = number.to_owned();
        let read = self
            .chronicle
            .read(move |reader| Ok((*reader.load::<HandedIn>(&number)?).clone()));
        read.await.unwrap()
    }

    async fn judged(&self, number: &str, purpose: Purpose) -> TableReport {
        let handed_in = self.handed(number).await;
        let actor = office().actor;
        let judged = filing::judged(&self.chronicle, actor, area(), &handed_in, purpose, false);
        judged.await.unwrap().0
    }

    async fn version_of(&self, code: &str) -> i32 {
        let code = code.to_owned();
        let read = self.chronicle.read(move |reader| {
            let item = reader.load::<Item>(&code)?;
            Ok(item.latest().map_or(0, |version| version.version))
        });
        read.await.unwrap()
    }
}

fn problems(report: &TableReport) -> Vec<(u64, &str, &str)> {
    let refusing = report.findings.iter().filter(|finding| finding.refuses);
    refusing
        .map(|finding| (finding.row, finding.column.as_str(), finding.code.as_str()))
        .collect()
}

#[tokio::test]
async fn what_is_exported_comes_back_unchanged() {
    let world = World::demo().await;
    let items = world.exported().await;
    assert!(items.len() > 100);
    let package = {
        let items = items.clone();
        let made = world
            .chronicle
            .read(move |reader| package::make(reader, &items, "330303", "2026-03-02"));
        made.await.unwrap()
    };
    let files = [
        ("a.xlsx", TableKind::Xlsx, xlsx(&sheets::by_type(&items))),
        ("a.csv", TableKind::Csv, csv(&[sheets::in_one(&items)]).into_bytes()),
        ("a.zip", TableKind::Zip, package),
        (
            "a.json",
            TableKind::Json,
            mingjing_catalogue::export(&world.chronicle, mingjing_catalogue::Format::Json)
                .await
                .unwrap(),
        ),
    ];
    for (name, kind, bytes) in files {
        let number = world.receive(office(), name, kind, bytes).await;
        let report = world.judged(&number, Purpose::Changes).await;
        assert_eq!(problems(&report), [], "{name}");
        assert_eq!(report.rows, [], "{name}");
        let passed_over = &report.findings;
        assert_eq!(report.counts.unchanged as usize, items.len(), "{name}: {passed_over:?}");
        let nothing = filing::file(&world.chronicle, office(), number, None, order()).await;
        assert_eq!(code(nothing), "catalogue.table.nothing", "{name}");
    }
}

fn order() -> FilingOrder {
    FilingOrder {
        trigger: Trigger {
            kind: TriggerKind::CleanUp,
            on: day("2026-03-01"),
            document: "演示清理通知".into(),
        },
        effective_on: day("2026-04-01"),
        reasons: "按清理结果调整".into(),
    }
}

/// As bodies have them: a title, a merged heading in two rows, names of columns of their own, full-width codes, an item over
/// two rows, a formula, a date that the program knows as a number, notes at the end.
fn messy() -> Vec<u8> {
    let text = |place: &str, text: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |number: u32, cells: &[(&str, &str)]| {
        let cells: String = cells
            .iter()
            .map(|(column, words)| text(&format!("{column}{number}"), words))
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let sheet = [
        row(1, &[("A", "附件2")]),
        row(2, &[("A", "龙湾区市场监督管理局行政许可事项目录")]),
        row(
            4,
            &[
                ("A", "序号"),
                ("B", "职权编码"),
                ("C", "许可事项（全称）"),
                ("D", "设定依据"),
                ("E", "办理期限"),
                ("G", "咨询电话"),
                ("H", "自编"),
            ],
        ),
        row(5, &[("E", "法定期限"), ("F", "承诺期限")]),
        row(6, &[("A", "一、许可类")]),
        row(
            7,
            &[
                ("A", "1"),
                ("B", "３３０３０３００ＳＪ－ＸＫ－０００１"),
                ("C", "食品经营许可"),
                ("D", "《中华人民共和国食品安全法》第三十五条：……"),
                ("E", "20个工作日"),
                ("F", "14个工作日"),
            ],
        )
        .replace(
            "</row>",
            "<c r=\"G7\" t=\"str\"><f>CONCATENATE(1,2)</f><v>0577-00001299</v></c></row>",
        ),
        row(8, &[("D", "《食品经营许可和备案管理办法》第二条")]),
        row(
            9,
            &[
                ("B", "33030300SJ-XK-9999"),
                ("C", "没有写全的许可"),
                ("D", "《行政许可法》第十二条"),
            ],
        ),
        row(10, &[("A", "填表人：张三"), ("G", "2026年3月")]),
    ]
    .concat();
    let merges = [
        "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:F4", "G4:G5", "H4:H5", "A6:H6", "A7:A8", "B7:B8", "C7:C8",
    ];
    let merges: String = merges
        .iter()
        .map(|area| format!("<mergeCell ref=\"{area}\"/>"))
        .collect();
    let mut writer = Writer::default();
    writer.add("[Content_Types].xml", b"<Types/>");
    writer.add(
        "xl/workbook.xml",
        "<workbook><sheets><sheet name=\"行政许可\" r:id=\"a\"/><sheet name=\"填表说明\" r:id=\"b\"/></sheets></workbook>".as_bytes(),
    );
    writer.add(
        "xl/_rels/workbook.xml.rels",
        b"<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"1.xml\"/><Relationship Id=\"b\" Type=\"x/worksheet\" Target=\"2.xml\"/></Relationships>",
    );
    let whole = format!("<worksheet><sheetData>{sheet}</sheetData><mergeCells>{merges}</mergeCells></worksheet>");
    writer.add("xl/1.xml", whole.as_bytes());
    writer.add(
        "xl/2.xml",
        format!(
            "<worksheet><sheetData>{}</sheetData></worksheet>",
            row(1, &[("A", "请逐项填写")])
        )
        .as_bytes(),
    );
    writer.finish()
}

#[tokio::test]
async fn a_messy_workbook_is_understood_mapped_and_filed_whole() {
    let world = World::demo().await;
    let number = world.receive(clerk(), "目录.xlsx", TableKind::Xlsx, messy()).await;
    let handed_in = world.handed(&number).await;
    let mapping = &handed_in.mappings[0];
    assert_eq!(mapping.heading, Some((5, 5)));
    let keys: Vec<Option<&str>> = mapping.columns.iter().map(|column| column.key.as_deref()).collect();
    assert_eq!(
        keys,
        [
            None,
            Some("item_code"),
            Some("name"),
            Some("legal_bases"),
            Some("statutory_limit"),
            Some("promised_limit"),
            Some("phone"),
            None
        ]
    );
    assert!(handed_in.mappings[1].left_out);

    let report = world.judged(&number, Purpose::Changes).await;
    let missing: Vec<_> = problems(&report).into_iter().filter(|(row, ..)| *row != 9).collect();
    assert_eq!(missing, [], "only the item that is not complete has problems");
    assert!(
        report
            .findings
            .iter()
            .any(|finding| (finding.row, finding.code.as_str()) == (9, "missing"))
    );
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == "formula" && finding.column == "G")
    );
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == "passed_over" && finding.row == 10)
    );
    let changed = report.rows.iter().find(|row| row.row == 7).unwrap();
    let fields: Vec<&str> = changed.differences.iter().map(|one| one.field.as_str()).collect();
    assert!(
        fields.contains(&"承诺期限") && fields.contains(&"联系电话") && fields.contains(&"行使依据"),
        "{fields:?}"
    );
    assert!(
        !fields.contains(&"申报资料"),
        "what the sheet does not have stays: {fields:?}"
    );

    let refused = filing::file(&world.chronicle, clerk(), number.clone(), None, order()).await;
    assert_eq!(code(refused), "catalogue.table.not_in_order");
    assert_eq!(world.handed(&number).await.standing, HandedState::Received);

    // The body says what its own column means, and the next file knows it.
    let mut mappings = handed_in.mappings.clone();
    mappings[0].columns[7].key = Some("hours".into());
    filing::map(&world.chronicle, clerk(), number.clone(), None, mappings)
        .await
        .unwrap();
    let again = world.receive(clerk(), "目录.xlsx", TableKind::Xlsx, messy()).await;
    assert_eq!(
        world.handed(&again).await.mappings[0].columns[7].key.as_deref(),
        Some("hours")
    );

    let stranger = Request::by(officer("other", "legal_reviewer", "33030300WJ"));
    assert_eq!(
        code(filing::give_up(&world.chronicle, stranger, number.clone(), None).await),
        "catalogue.table.unknown"
    );
    filing::give_up(&world.chronicle, clerk(), number.clone(), None)
        .await
        .unwrap();
    assert_eq!(
        code(filing::give_up(&world.chronicle, clerk(), number, None).await),
        "catalogue.table.not_open"
    );
}

/// Made by another program.
#[tokio::test]
async fn the_demo_citys_messy_workbook_is_read() {
    let world = World::demo().await;
    let bytes = crate::world::demo_file("tables/messy-catalogue.xlsx");
    let number = world.receive(clerk(), "目录.xlsx", TableKind::Xlsx, bytes).await;
    let report = world.judged(&number, Purpose::Changes).await;
    let seen: Vec<(u64, &str)> = report.rows.iter().map(|row| (row.row, row.fate.name())).collect();
    assert_eq!(seen, [(7, "有问题"), (8, "有问题")]);
    let refusing = problems(&report);
    assert!(refusing.contains(&(7, "G", "formula_failed")), "{refusing:?}");
    assert!(refusing.contains(&(8, "", "no_basis")), "{refusing:?}");
}

#[tokio::test]
async fn what_is_filed_waits_for_the_review() {
    let world = World::demo().await;
    let table = "事项编码,事项名称,承诺期限\n33030300SJ-XK-0001,食品经营许可,14个工作日\n";
    let number = world
        .receive(clerk(), "a.csv", TableKind::Csv, table.as_bytes().to_vec())
        .await;
    let filed = filing::file(&world.chronicle, clerk(), number.clone(), None, order())
        .await
        .unwrap()
        .value;
    assert_eq!(filed.len(), 1);
    let handed_in = world.handed(&number).await;
    assert_eq!(
        (handed_in.standing, handed_in.changes.clone()),
        (HandedState::Filed, filed)
    );
    assert_eq!(handed_in.counts.changed, 1);
    assert_eq!(
        world.version_of("33030300SJ-XK-0001").await,
        1,
        "nothing enters by this door"
    );
}

#[tokio::test]
async fn another_bodys_items_and_broken_files_are_refused() {
    let world = World::demo().await;
    let table = "事项编码,事项名称\n33030300WJ-XK-0002,改了名称的许可\n";
    let number = world
        .receive(clerk(), "a.csv", TableKind::Csv, table.as_bytes().to_vec())
        .await;
    let handed_in = world.handed(&number).await;
    let own = Scope::OwnBody {
        bodies: [BODY.to_owned()].into(),
    };
    let judged = filing::judged(
        &world.chronicle,
        clerk().actor,
        own,
        &handed_in,
        Purpose::Changes,
        false,
    );
    let report = judged.await.unwrap().0;
    assert_eq!(problems(&report), [(2, "A", "not_yours")]);
    let check = async |kind: TableKind, bytes: &[u8], expect: &str| {
        let incoming = Incoming {
            file_name: "a".into(),
            kind,
            bytes: bytes.to_vec(),
        };
        let refused = filing::receive(&world.chronicle, clerk(), incoming).await;
        assert_eq!(code(refused), expect);
    };
    check(TableKind::Xlsx, b"PK\x03\x04", "catalogue.table.not_an_archive").await;
    check(TableKind::Csv, b"\xff\xffa", "catalogue.table.encoding").await;
    check(TableKind::Json, b"{", "catalogue.import.json").await;
    check(TableKind::Zip, b"PK\x05\x06", "catalogue.package.not_an_archive").await;
}

fn plan() -> PlanCleanUp {
    let days = [
        "2026-03-10",
        "2026-03-12",
        "2026-03-15",
        "2026-03-16",
        "2026-03-25",
        "2026-03-30",
    ];
    PlanCleanUp {
        name: "2026年行政权力清理".into(),
        document: "龙政办发〔2026〕3号".into(),
        due: Stage::ALL.into_iter().zip(days.map(day)).collect::<BTreeMap<_, _>>(),
        bodies: vec![BODY.into()],
    }
}

#[tokio::test]
async fn a_clean_up_goes_from_its_plan_to_the_catalogue() {
    let world = World::empty().await;
    let late = PlanCleanUp {
        due: BTreeMap::from([(Stage::Register, day("2026-03-10"))]),
        ..plan()
    };
    assert_eq!(
        code(commands::plan(&world.chronicle, office(), late).await),
        "catalogue.clean_up.plan"
    );
    let clean_up = commands::plan(&world.chronicle, office(), plan()).await.unwrap().value;
    let task_no = format!("{clean_up}-{BODY}");
    assert_eq!(
        code(commands::plan(&world.chronicle, office(), plan()).await),
        "catalogue.clean_up.running"
    );
    // The food permit of the demo city, as its first register.
    let food = String::from_utf8(crate::world::demo_file("items/food-permit.json")).unwrap();
    let mut rows: serde_json::Value = serde_json::from_str(&food).unwrap();
    for row in rows.as_array_mut().unwrap() {
        let row = row.as_object_mut().unwrap();
        for key in ["flow", "flow_file", "form", "form_file", "decisions"] {
            row.remove(key);
        }
        row.insert("online".into(), false.into());
    }
    let number = world
        .receive(clerk(), "a.json", TableKind::Json, serde_json::to_vec(&rows).unwrap())
        .await;
    let report = world.judged(&number, Purpose::CleanUp).await;
    assert_eq!(problems(&report), []);
    let registered = commands::register(&world.chronicle, clerk(), number.clone(), None)
        .await
        .unwrap()
        .value;
    assert_eq!(registered, task_no);
    assert_eq!(
        world.version_of("33030300SJ-XK-0001").await,
        0,
        "registered is not entered"
    );

    let act = async |by: Request, act: Act| commands::act(&world.chronicle, by, task_no.clone(), None, act).await;
    let words = |text: &str| text.to_owned();
    let approve = || Act::Approve {
        document_no: words("龙清组〔2026〕1号"),
        held_on: day("2026-03-02"),
    };
    assert_eq!(code(act(office(), approve()).await), "catalogue.clean_up.not_at_stage");
    assert_eq!(
        code(act(office(), Act::Return { problems: words(" ") }).await),
        "catalogue.clean_up.needs_words"
    );
    act(
        office(),
        Act::Return {
            problems: words("缺少依据的条款"),
        },
    )
    .await
    .unwrap();
    let number = world
        .receive(clerk(), "b.json", TableKind::Json, serde_json::to_vec(&rows).unwrap())
        .await;
    commands::register(&world.chronicle, clerk(), number, None)
        .await
        .unwrap();
    act(
        office(),
        Act::Review {
            opinion: words("同意")
        },
    )
    .await
    .unwrap();
    let early = commands::publish(&world.chronicle, office(), task_no.clone(), None).await;
    assert_eq!(code(early), "catalogue.clean_up.not_at_stage");
    act(office(), approve()).await.unwrap();
    let items = commands::publish(&world.chronicle, office(), task_no.clone(), None)
        .await
        .unwrap()
        .value;
    assert_eq!(items, 1);
    assert_eq!(world.version_of("33030300SJ-XK-0001").await, 1);
    act(clerk(), Act::Draw { remark: words("") }).await.unwrap();
    act(
        office(),
        Act::AskRedraw {
            problems: words("流程图缺送达"),
        },
    )
    .await
    .unwrap();
    act(
        clerk(),
        Act::Draw {
            remark: words("已补")
        },
    )
    .await
    .unwrap();
    act(office(), Act::Confirm { opinion: words("") }).await.unwrap();
    let read = world
        .chronicle
        .read(move |reader| Ok((*reader.load::<Task>(&task_no)?).clone()));
    let task = read.await.unwrap();
    assert!(task.is_done());
    assert!(
        task.assigned
            .unwrap()
            .plan
            .iter()
            .all(|planned| planned.done_on.is_some())
    );
    assert_eq!(task.steps.len(), 11);
}

#[tokio::test]
async fn open_data_are_files_with_marks_and_no_inner_columns() {
    let world = World::demo().await;
    let today = day("2026-03-02");
    for file in DataFile::ALL {
        let read = world
            .chronicle
            .read(move |reader| content(reader, file, "龙湾区", today));
        let bytes = read.await.unwrap();
        assert!(bytes.len() > 100, "{}", file.path());
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("bpmn") && !text.contains("核对程度"), "{}", file.path());
    }
    let json = world
        .chronicle
        .read(move |reader| content(reader, DataFile::CatalogueJson, "龙湾区", today));
    let json: serde_json::Value = serde_json::from_slice(&json.await.unwrap()).unwrap();
    let (figures, reduced, first) = {
        let read = world.chronicle.read(move |reader| {
            Ok((
                Figures::read(reader, today)?,
                reductions(reader, today)?,
                mark(reader, today)?,
            ))
        });
        read.await.unwrap()
    };
    assert_eq!(figures.total(), 130);
    assert_eq!(
        json["items"].as_array().unwrap().len(),
        131,
        "what is over is told, too"
    );
    assert_eq!(reduced.items, []);
    let later = world
        .chronicle
        .read(move |reader| mark(reader, day("2026-03-03")))
        .await
        .unwrap();
    assert_ne!(first, later);
    for path in ["/open-data", "/open-data/statistics"] {
        let (status, body) = world.get(routes(), path).await;
        assert_eq!(status, 200, "{path}");
        assert!(body.contains("130") || body.contains("下载"), "{path}");
    }
    assert_eq!(world.get(routes(), "/open-data/passwords.csv").await.0, 404);
}
