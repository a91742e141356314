//! The same permit on each database, and every text of it understood by the other.

use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::drafts::{self, DraftContent};
use mingjing_cases::events::CaseState;
use mingjing_cases::views::public_record::{self, PublicFilter};
use mingjing_cases::views::{board, inbox, list, public_count};
use mingjing_chronicle::{Request, Value};
use mingjing_testkit::for_each_engine;

use crate::lifecycle::published;
use crate::world::{ITEM, World, blueprint};

#[tokio::test]
async fn a_permit_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let owner = Request::by(world.actor("李琴").await);
        let draft = drafts::begin(&world.chronicle, owner.clone(), ITEM.into())
            .await
            .unwrap();
        drafts::save(&world.chronicle, owner.clone(), draft.clone(), DraftContent::default())
            .await
            .unwrap();
        drafts::discard(&world.chronicle, owner, draft).await.unwrap();
        drafts::sweep(&world.chronicle).await.unwrap();
        let waiting = world.submitted().await;
        world
            .act("林晓岚", &waiting.case_no, Command::Accept(Accept::default()))
            .await
            .unwrap();
        let done = published(&world).await;
        world.chronicle.settle().await.unwrap();
        assert_eq!(world.case(&done.case_no).await.state, CaseState::Completed);
        let (account, today, no) = (world.account("李琴"), world.clock.today(), done.case_no.clone());
        let body = || list::ScopeCondition {
            text: "body = $1".into(),
            parameters: vec![Value::from("33030300SJ")],
        };
        world
            .chronicle
            .read(move |reader| {
                assert_eq!(list::of_party(reader, &account)?.len(), 2);
                assert!(inbox::of_account(reader, &account, 0)?.len() > 3);
                let filter = list::CaseFilter {
                    applications: false,
                    state: Some(CaseState::Completed.into()),
                    procedure: None,
                    item_code: Some(ITEM.into()),
                    number: Some(no[..10].to_owned()),
                    open_only: false,
                    overdue_on: None,
                    overdue_limit: None,
                };
                assert_eq!(list::cases(reader, &body(), &filter, 0)?.len(), 1);
                let overdue = list::CaseFilter {
                    overdue_on: Some(today),
                    open_only: true,
                    ..list::CaseFilter::default()
                };
                assert_eq!(list::count(reader, &body(), &overdue)?, 0);
                let posts = [("33030300SJ".to_owned(), "handler".to_owned())];
                assert_eq!(list::tasks_of(reader, &posts, "", 0)?.1, 1);
                assert_eq!(board::board(reader, &body(), today, today)?.open.len(), 1);
                assert_eq!(public_record::number(reader, &PublicFilter::of_words("小餐馆"))?, 1);
                assert!(public_record::record(reader, &no)?.is_some());
                let counted = public_count::Totals {
                    received: 2,
                    undecided: 1,
                    decided: 1,
                    published: 1,
                };
                assert_eq!(public_count::totals(reader, "", "")?, counted);
                assert_eq!(public_count::totals(reader, "33030300SJ", ITEM)?, counted);
                assert_eq!(
                    public_count::totals(reader, "", "nothing")?,
                    public_count::Totals::default()
                );
                let year = Some(today.year());
                assert_eq!(
                    public_count::published(reader, "33030300SJ", ITEM, "准予许可", year)?,
                    1
                );
                assert_eq!(public_count::published(reader, "", "", "", Some(1999))?, 0);
                let facets = public_count::facets(reader)?;
                assert_eq!(facets.years, [(i64::from(today.year()), 1)]);
                assert_eq!(facets.items.len(), 1);
                Ok(())
            })
            .await
            .unwrap();
        office.assert_portable().await;
    })
    .await;
}
