//! From a citation to its article: of an item's basis, and `GET /laws/cite?text=` of words.

use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::{Fault, Reader};
use mingjing_web::{Desk, Link, Listing, Problem};

use super::{article_page, edition_article_page, law_page, laws_page};
use crate::edition;
use crate::mention::{Mention, mentions};
use crate::statute::{ArticleNumber, read_numeral, write_numeral};
use crate::version::LegalBasis;
use crate::views;

/// `GET /laws/cite?text=行政许可法第三十二条第一款&on=2026-03-02`: leads from a citation to its article, in the edition
/// of the day. What cites nothing that is known is searched for.
pub async fn get_cite(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let text: String = listing.one("text").chars().take(200).collect();
    let day = listing.one("on").parse().unwrap_or(desk.house.clock.today());
    let Some(mention) = mentions(&text).into_iter().next() else {
        return Ok(desk.go(&laws_page().query("q", text)));
    };
    let link = desk
        .house
        .chronicle
        .read(move |reader| cited_page(reader, &mention, day))
        .await?;
    Ok(desk.go(&link.unwrap_or_else(|| laws_page().query("q", text))))
}

/// The longest known name that the citation ends with: `实施行政许可法` cites 行政许可法.
fn cited_page(reader: &mut Reader<'_>, mention: &Mention, day: Date) -> Result<Option<Link>, Fault> {
    let laws = views::laws(reader)?;
    let of = laws
        .values()
        .filter(|law| mention.is_of(&law.name) || mention.is_of(&law.full_name));
    let Some(law) = of.max_by_key(|law| law.name.len()) else {
        return Ok(None);
    };
    let basis = LegalBasis {
        law: law.name.clone(),
        article: (mention.article.sub == 0).then_some(mention.article.main),
        paragraph: mention.paragraph,
        clause: mention.item.map(write_numeral),
        rank: law.rank,
        summary: None,
        original: None,
    };
    basis_page(reader, &basis, day).map(Some)
}

/// Where a basis reads: in the edition that held on the day, where the library has it; else where its
/// summary stands.
pub(super) fn basis_page(reader: &mut Reader<'_>, basis: &LegalBasis, day: Date) -> Result<Link, Fault> {
    let Some(article) = basis.article else {
        return Ok(law_page(&basis.law));
    };
    let number = ArticleNumber::whole(article);
    let editions = views::editions(reader, &basis.law)?;
    let link = match edition::on_day(&editions, day) {
        Some(edition) if views::article(reader, &basis.law, edition.in_force_from, number)?.is_some() => {
            edition_article_page(&basis.law, edition.in_force_from, number)
        }
        _ => return Ok(article_page(&basis.law, article)),
    };
    let item = basis
        .clause
        .as_deref()
        .and_then(|clause| read_numeral(clause.split('-').next()?));
    Ok(match (basis.paragraph, item) {
        (paragraph, Some(item)) => link.anchor(format!("p{}-{item}", paragraph.unwrap_or(1))),
        (Some(paragraph), None) => link.anchor(format!("p{paragraph}")),
        (None, None) => link,
    })
}
