pub async fn get_parts() {}
pub async fn post_parts() {}
