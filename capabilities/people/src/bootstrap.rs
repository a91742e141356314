//! How a new deployment or demo city is filled: the same commands as everybody's, given by the program. There is no
//! other way in.

use mingjing_chronicle::{Actor, Chronicle, Stop, Tx};

pub use crate::commands::*;
pub use crate::decide::appoint_officer::AppointOfficer;
pub use crate::decide::create_administrator::CreateAdministrator;
pub use crate::decide::create_post::CreatePost;
pub use crate::decide::deactivate_account::DeactivateAccount;
pub use crate::decide::grant_agency::{GrantAgency, Principal};
pub use crate::decide::open_office::OpenOffice;
pub use crate::decide::record_certificate::RecordCertificate;
pub use crate::decide::register_body::RegisterBody;
pub use crate::decide::register_citizen::RegisterCitizen;
pub use crate::decide::register_officer::RegisterOfficer;
pub use crate::decide::register_organisation::RegisterOrganisation;

/// Runs commands of the program in one transaction: all of them or none.
///
/// # Errors
/// The first [`Stop`].
pub async fn seed<F>(chronicle: &Chronicle, commands: F) -> Result<(), Stop>
where
    F: FnMut(&mut Tx<'_>) -> Result<(), Stop> + Send + 'static,
{
    chronicle.inside(Actor::system(), commands).await
}
