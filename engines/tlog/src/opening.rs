//! The salted commitment to an act's private fields, and showing some of them without the others.
//!
//! salt i = HMAC-SHA256(secret, "salt" ‖ i as u32); field i = salt ‖ u16 length ‖ name ‖ u32 length ‖ value, all
//! big-endian; R = the root over the fields, hashed as leaves of a log; commitment =
//! SHA-256("mingjing/act-commitment/v1" ‖ 0x00 ‖ u32 number of fields ‖ R).
//! Once the secret is gone nobody can test a guess against the commitment.

use std::borrow::Cow;
use std::fmt;

use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::lines::{self, MOST_TEXT_BYTES, from_base64, hash, to_base64};
use crate::proof::inclusion_root;
use crate::prove::prove_inclusion;
use crate::refusal::{Fault, Form, Malformed, Unproven};
use crate::{Edge, Frontier, Hash, Tile, print_tile};

/// Names the form of a commitment; another form gets another name.
pub const COMMITMENT_LABEL: &str = "mingjing/act-commitment/v1";

/// What the public leaf holds of the private fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment(pub Hash);

impl Commitment {
    fn of(fields: u32, root: &Hash) -> Commitment {
        let bytes = [COMMITMENT_LABEL.as_bytes(), &[0], &fields.to_be_bytes(), &root.0];
        Commitment(Hash::of_bytes(&bytes.concat()))
    }
}

/// The private fields of an act. Invariants: names ascend and occur once (otherwise one act could say two things under
/// one name); at most 256 fields, names of 1 to 255 bytes, all together at most 512 KiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    pub const MOST: usize = 256;
    const MOST_BYTES: usize = MOST_TEXT_BYTES / 2;

    pub fn new(fields: Vec<(&'a str, &'a str)>) -> Result<Fields<'a>, Malformed> {
        if fields.len() > Fields::MOST {
            return Err(Fault::TooMany.in_whole(Form::Opening));
        }
        if fields
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum::<usize>()
            > Fields::MOST_BYTES
        {
            return Err(Fault::TooLong.in_whole(Form::Opening));
        }
        if fields.iter().any(|(name, _)| !is_name(name)) {
            return Err(Fault::Field.in_whole(Form::Opening));
        }
        if !fields.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return Err(Fault::Order.in_whole(Form::Opening));
        }
        Ok(Fields(fields))
    }

    /// `secret`: 32 bytes of the event's own, never used for another.
    pub fn commit(&self, secret: &[u8; 32]) -> Commitment {
        let mut frontier = Frontier::new();
        self.leaves(secret).into_iter().for_each(|leaf| frontier.append(leaf));
        Commitment::of(self.count(), &frontier.root())
    }

    /// Shows the fields for which `shown` holds, and that they are among those committed to.
    pub fn open(&self, secret: &[u8; 32], shown: impl Fn(&str) -> bool) -> Opening {
        let mut edge = Edge::new();
        let mut tiles: Vec<(Tile, Vec<u8>)> = Vec::new();
        for leaf in self.leaves(secret) {
            edge.append(leaf, |tile, hashes| tiles.push((tile, print_tile(hashes))));
        }
        tiles.extend(edge.partial().map(|(tile, hashes)| (tile, print_tile(hashes))));
        let fetch = |wanted: Tile| {
            let found = tiles.iter().find(|(tile, _)| *tile == wanted);
            found.map(|(_, bytes)| bytes.clone()).ok_or(())
        };
        let key = salt_key(secret);
        let shown = (0..).zip(&self.0).filter(|(_, (name, _))| shown(name));
        let fields = shown.map(|(index, (name, value))| ShownField {
            index,
            name: (*name).to_owned(),
            path: prove_inclusion(index.into(), self.count().into(), fetch).expect("the tiles were just made"),
            salt: salt(&key, index),
            value: (*value).to_owned(),
        });
        Opening {
            fields: fields.collect(),
            count: self.count(),
            receipt: None,
        }
    }

    fn count(&self) -> u32 {
        self.0.len() as u32
    }

    fn leaves(&self, secret: &[u8; 32]) -> Vec<Hash> {
        let key = salt_key(secret);
        let numbered = (0..).zip(&self.0);
        numbered
            .map(|(index, (name, value))| field_hash(&salt(&key, index), name, value))
            .collect()
    }
}

/// Once an act: half of what a salt costs is the key's own.
fn salt_key(secret: &[u8; 32]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret)
}

fn salt(key: &hmac::Key, index: u32) -> Hash {
    let mut salting = hmac::Context::with_key(key);
    salting.update(b"salt");
    salting.update(&index.to_be_bytes());
    Hash::from_slice(salting.sign().as_ref()).expect("HMAC-SHA256 gives 32 bytes")
}

fn field_hash(salt: &Hash, name: &str, value: &str) -> Hash {
    let mut bytes = Vec::with_capacity(Hash::LENGTH + 6 + name.len() + value.len());
    bytes.extend(salt.0);
    bytes.extend((name.len() as u16).to_be_bytes());
    bytes.extend(name.as_bytes());
    bytes.extend((value.len() as u32).to_be_bytes());
    bytes.extend(value.as_bytes());
    Hash::of_leaf(&bytes)
}

fn is_name(name: &str) -> bool {
    (1..=255).contains(&name.len())
}

/// A private file that shows some fields of an act, and may hold the act's receipt.
///
/// Canonical JSON and a line end: `{"fields":[{"i":0,"name":"decision","path":["…"],"salt":"…","value":"granted"}],
/// "n":3,"proof":"c2sp.org/tlog-proof@v1\n…","v":1}`; hashes are base64, `proof` is left out where there is none.
/// Invariants: indexes and names ascend, indexes lie below `n` ≤ 256, at most 8 hashes a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    fields: Vec<ShownField>,
    count: u32,
    receipt: Option<String>,
}

/// A field that is shown, with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownField {
    pub index: u32,
    pub name: String,
    pub path: Vec<Hash>,
    pub salt: Hash,
    pub value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json<'a> {
    #[serde(borrow)]
    fields: Vec<JsonField<'a>>,
    n: u32,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    proof: Option<Cow<'a, str>>,
    v: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonField<'a> {
    i: u32,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    path: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    salt: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

impl Opening {
    const VERSION: u32 = 1;
    const MOST_PATH_HASHES: usize = 8;

    pub fn parse(bytes: &[u8]) -> Result<Opening, Malformed> {
        let text = lines::text_of(Form::Opening, bytes, MOST_TEXT_BYTES)?;
        let refused = |fault: Fault| fault.in_whole(Form::Opening);
        let json: Json<'_> = serde_json::from_str(text).map_err(|_| refused(Fault::Json))?;
        if print(&json) != text {
            return Err(refused(Fault::Json));
        }
        let most = Fields::MOST as u32;
        if json.v != Opening::VERSION || json.n > most || json.fields.iter().any(|field| field.i >= json.n) {
            return Err(refused(Fault::Field));
        }
        let fields: Vec<ShownField> = json
            .fields
            .into_iter()
            .map(|field| ShownField::read(field).map_err(refused))
            .collect::<Result<_, _>>()?;
        let ascend = |pair: &[ShownField]| pair[0].index < pair[1].index && pair[0].name < pair[1].name;
        if !fields.windows(2).all(ascend) {
            return Err(refused(Fault::Order));
        }
        Ok(Opening {
            fields,
            count: json.n,
            receipt: json.proof.map(Cow::into_owned),
        })
    }

    /// The same with a receipt beside it, so that one file is enough. It is read when it is verified.
    pub fn with_receipt(self, receipt: &crate::Receipt) -> Result<Opening, Malformed> {
        let opening = Opening {
            receipt: Some(receipt.to_string()),
            ..self
        };
        if opening.to_string().len() > MOST_TEXT_BYTES {
            return Err(Fault::TooLong.in_whole(Form::Opening));
        }
        Ok(opening)
    }

    pub fn fields(&self) -> &[ShownField] {
        &self.fields
    }

    /// How many fields the act has, shown or not.
    pub fn count(&self) -> u32 {
        self.count
    }

    pub fn receipt(&self) -> Option<&str> {
        self.receipt.as_deref()
    }

    /// Every field shown is among those that the leaf commits to. An opening that shows nothing proves nothing.
    pub fn verify(&self, commitment: &Commitment) -> Result<(), Unproven> {
        if self.fields.is_empty() {
            return Err(Unproven::Commitment);
        }
        for field in &self.fields {
            let leaf = field_hash(&field.salt, &field.name, &field.value);
            let root = inclusion_root(&leaf, field.index.into(), self.count.into(), &field.path)?;
            if Commitment::of(self.count, &root) != *commitment {
                return Err(Unproven::Commitment);
            }
        }
        Ok(())
    }
}

impl ShownField {
    fn read(field: JsonField<'_>) -> Result<ShownField, Fault> {
        if !is_name(&field.name) || field.path.len() > Opening::MOST_PATH_HASHES {
            return Err(Fault::Field);
        }
        let path = field.path.iter().map(|text| hash(text)).collect::<Result<_, _>>()?;
        let salt = Hash::from_slice(&from_base64(&field.salt)?).ok_or(Fault::HashLength)?;
        Ok(ShownField {
            index: field.i,
            name: field.name.into_owned(),
            path,
            salt,
            value: field.value.into_owned(),
        })
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.fields.iter().map(|field| JsonField {
            i: field.index,
            name: field.name.as_str().into(),
            path: field.path.iter().map(|hash| hash.to_base64().into()).collect(),
            salt: to_base64(&field.salt.0).into(),
            value: field.value.as_str().into(),
        });
        f.write_str(&print(&Json {
            fields: fields.collect(),
            n: self.count,
            proof: self.receipt.as_deref().map(Cow::Borrowed),
            v: Opening::VERSION,
        }))
    }
}

fn print(json: &Json<'_>) -> String {
    let mut text = serde_json::to_string(json).expect("texts and numbers are JSON");
    text.push('\n');
    text
}
