//! The party's page of a penalty: what the rules of the flow came to, with the proposal and not before.

use axum::http::StatusCode;
use mingjing_catalogue::{Attachments, ImportOrder, attachment_names, import};
use mingjing_chronicle::Actor;

use crate::asking::Town;
use crate::bench::{Bench, ITEM, Inputs};
use crate::world::{World, demo_file};

const RULES: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="discussion_definitions" name="集体讨论" namespace="https://mingjing.dev/decisions">
  <inputData id="input_fine" name="拟处罚款"><variable name="拟处罚款" typeRef="string"/></inputData>
  <decision id="discussion" name="是否集体讨论">
    <variable name="是否集体讨论" typeRef="string"/>
    <informationRequirement id="requires_fine"><requiredInput href="#input_fine"/></informationRequirement>
    <decisionTable id="discussion_table" hitPolicy="UNIQUE" outputLabel="是否集体讨论">
      <input id="column_fine" label="拟处罚款">
        <inputExpression id="expression_fine" typeRef="string"><text>拟处罚款</text></inputExpression>
        <inputValues><text>"一万元以上","不到一万元"</text></inputValues>
      </input>
      <output id="column_discussion" typeRef="string"><outputValues><text>"要讨论","不必讨论"</text></outputValues></output>
      <rule id="rule_high"><description>数额较大的由负责人集体讨论</description>
        <inputEntry id="high_1"><text>"一万元以上"</text></inputEntry><outputEntry id="high_2"><text>"要讨论"</text></outputEntry></rule>
      <rule id="rule_low"><description>数额不大的不必讨论</description>
        <inputEntry id="low_1"><text>"不到一万元"</text></inputEntry><outputEntry id="low_2"><text>"不必讨论"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"##;

/// Asked when the investigation ends.
const ASKS: &str = r##"<bpmn:businessRuleTask id="discussion_rule" name="是否集体讨论"><bpmn:extensionElements>
<zeebe:calledDecision decisionId="discussion" resultVariable="discussion"/>
<zeebe:ioMapping><zeebe:input source="=if proposal.fine &gt;= 10000 then &#34;一万元以上&#34; else &#34;不到一万元&#34;" target="拟处罚款"/></zeebe:ioMapping>
</bpmn:extensionElements></bpmn:businessRuleTask>
<bpmn:sequenceFlow id="flow_ruled" sourceRef="discussion_rule" targetRef="review_proposal"/></bpmn:process>"##;

fn chart() -> String {
    let xml = String::from_utf8(demo_file("flows/ordinary-penalty.bpmn")).unwrap();
    let told = |line: &&str| !line.contains("<bpmn:incoming>") && !line.contains("<bpmn:outgoing>");
    let xml: String = xml.lines().filter(told).flat_map(|line| [line, "\n"]).collect();
    let way = "sourceRef=\"investigate\" targetRef=\"review_proposal\"";
    assert!(xml.contains(way));
    xml.replace(way, "sourceRef=\"investigate\" targetRef=\"discussion_rule\"")
        .replace("</bpmn:process>", ASKS)
}

/// The item from today on with a chart that asks rules.
async fn with_rules(world: &World) {
    let text = String::from_utf8(demo_file("items/penalties.csv")).unwrap();
    let mut lines = text.lines();
    let head = lines.next().unwrap();
    let own = lines.find(|line| line.starts_with(ITEM)).unwrap();
    let own = own.replace("2026-01-01", &world.clock.today().to_string());
    let bytes = format!("{head},decisions\n{own},decisions/discussion.dmn\n").into_bytes();
    let named = attachment_names(&bytes).into_iter();
    let attachments: Attachments = named
        .map(|name| {
            let content = match name.as_str() {
                "flows/ordinary-penalty.bpmn" => chart().into_bytes(),
                "decisions/discussion.dmn" => RULES.into(),
                name => demo_file(name),
            };
            (name, content)
        })
        .collect();
    let order = ImportOrder {
        bytes,
        attachments,
        confirmed_by: Some("龙湾区司法局，龙司法〔2026〕2号".into()),
        dry_run: false,
    };
    let report = import(&world.chronicle, Actor::system(), order).await.unwrap();
    assert!(report.applied, "{:?}", report.rows);
}

#[tokio::test]
async fn the_party_reads_how_rules_went_with_the_proposal() {
    let town = Town::new().await;
    let world = World {
        chronicle: town.world.chronicle.clone(),
        clock: town.world.clock.clone(),
        people: town.world.people.clone(),
    };
    let mut bench = Bench::in_world(world).await;
    bench.world.clock.advance_hours(24);
    with_rules(&bench.world).await;
    bench.prepare("终结", &Inputs::of(&["罚款=20000"])).await.unwrap();
    let party = town.person("李琴");
    let path = format!("/my/cases/{}", bench.case_no);
    party.sees(&path).await.keeps_silent_on("规则怎样得出结果");
    bench.act("叶欣", "审核建议", &Inputs::none()).await.unwrap();
    bench.act("方磊", "制作告知", &Inputs::none()).await.unwrap();
    let page = party.sees(&path).await;
    page.says("规则怎样得出结果");
    page.says("是否集体讨论：要讨论");
    page.says("一万元以上");
    page.says("按决策“discussion”得出");
    assert_eq!(town.person("王明").get(&path).await.status, StatusCode::NOT_FOUND);
}
