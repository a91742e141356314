//! A body that holds administrative powers, with its offices and posts.
//!
//! Invariants: registered once; an entrusted organisation names an organ that entrusts it; office and post ids
//! are unique within the body and never used again; an abolished post takes no new holder.

use std::sync::Arc;

use mingjing_chronicle::{Aggregate, Recorded};

use crate::events::{BodyEvent, BodyNature};
use crate::public::{BodyFacts, OfficeFacts, PostFacts};

#[derive(Debug, Clone, Default)]
pub struct Body {
    facts: Option<Arc<BodyFacts>>,
    posts: Vec<Post>,
}

#[derive(Debug, Clone)]
struct Post {
    facts: PostFacts,
    abolished: bool,
}

impl Body {
    /// `None` while the body is not registered.
    pub fn facts(&self) -> Option<&BodyFacts> {
        self.facts.as_deref()
    }

    /// As [`Body::facts`], to be kept.
    pub fn shared_facts(&self) -> Option<Arc<BodyFacts>> {
        self.facts.clone()
    }

    pub fn is_registered(&self) -> bool {
        self.facts.is_some()
    }

    pub fn office(&self, office: &str) -> Option<&OfficeFacts> {
        self.facts.as_ref()?.offices.iter().find(|known| known.office == office)
    }

    /// A post that exists and is not abolished.
    pub fn post(&self, post: &str) -> Option<&PostFacts> {
        self.posts().find(|known| known.post == post)
    }

    /// Posts that are not abolished.
    pub fn posts(&self) -> impl Iterator<Item = &PostFacts> {
        self.posts.iter().filter(|post| !post.abolished).map(|post| &post.facts)
    }

    /// Whether this id was ever given to a post.
    pub fn has_used(&self, post: &str) -> bool {
        self.posts.iter().any(|known| known.facts.post == post)
    }

    pub fn may_entrust(&self) -> bool {
        self.facts
            .as_ref()
            .is_some_and(|facts| !matches!(facts.nature, BodyNature::EntrustedOrg { .. }))
    }
}

impl Aggregate for Body {
    type Event = BodyEvent;
    const STREAM: &'static str = "body";

    fn evolve(&mut self, recorded: &Recorded<'_, BodyEvent>) {
        let Some(event) = recorded.payload.known() else {
            return;
        };
        match event {
            BodyEvent::Registered {
                name,
                short_name,
                nature,
                scheme,
                division,
                uscc,
                reconsideration_organ,
                court,
                seal_word,
            } => {
                self.facts = Some(Arc::new(BodyFacts {
                    body: recorded.envelope.stream_id().to_owned(),
                    name: name.clone(),
                    short_name: short_name.clone(),
                    nature: nature.clone(),
                    scheme: scheme.clone(),
                    division: division.clone(),
                    uscc: uscc.clone(),
                    offices: Vec::new(),
                    reconsideration_organ: reconsideration_organ.clone(),
                    court: court.clone(),
                    seal_word: seal_word.clone(),
                }));
            }
            BodyEvent::OfficeOpened { office, name } => {
                if let Some(facts) = &mut self.facts {
                    Arc::make_mut(facts).offices.push(OfficeFacts {
                        office: office.clone(),
                        name: name.clone(),
                    });
                }
            }
            BodyEvent::PostCreated {
                post,
                role,
                office,
                title,
            } => self.posts.push(Post {
                facts: PostFacts {
                    post: post.clone(),
                    role: *role,
                    body: recorded.envelope.stream_id().to_owned(),
                    office: office.clone(),
                    title: title.clone(),
                },
                abolished: false,
            }),
            BodyEvent::PostAbolished { post, .. } => {
                for known in self.posts.iter_mut().filter(|known| known.facts.post == *post) {
                    known.abolished = true;
                }
            }
        }
    }
}
