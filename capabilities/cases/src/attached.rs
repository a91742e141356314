//! A file as it comes with a command through the JSON door. The door inspects and keeps it, and puts the
//! [`FileRef`](crate::events::FileRef) in its place before the command is read: no rule ever sees the bytes.

use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    #[schemars(extend("contentEncoding" = "base64"), description = "PDF、JPEG 或者 PNG 的内容，base64")]
    pub content: String,
}
