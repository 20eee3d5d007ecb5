//! A service in two versions of its schema. The older one is a thin layer: it asks the newer one and tells what its clients
//! can understand.

#[allow(missing_docs, reason = "the schema has few comments")]
mod proto {
    include!(concat!(env!("OUT_DIR"), "/mod.rs"));
}

use std::sync::Arc;

use proto::library::{v1, v1beta1};
use rsgrpc::{Channel, Context, Server, Status};

struct Library;

impl v1::LibraryService for Library {
    async fn get_book(
        &self,
        _: &Context,
        request: v1::GetBookRequest,
    ) -> Result<v1::GetBookResponse, Status> {
        if request.isbn != "978-0" {
            return Err(Status::not_found(format!("no book {}", request.isbn)));
        }
        let author = |given: &str, family: &str| v1::Author {
            given_name: given.into(),
            family_name: family.into(),
            ..Default::default()
        };
        let book = v1::Book {
            isbn: request.isbn,
            title: "Notes".into(),
            authors: vec![author("Ada", "Lovelace"), author("Luigi", "Menabrea")],
            genre: v1::Genre::SCIENCE,
            ..Default::default()
        };
        Ok(v1::GetBookResponse { book: Some(book), ..Default::default() })
    }
}

/// The older version, for clients that are still there.
struct Beta(Arc<Library>);

#[allow(deprecated, reason = "new clients shall not use it; the server has to")]
impl v1beta1::LibraryService for Beta {
    async fn get_book(
        &self,
        ctx: &Context,
        request: v1beta1::GetBookRequest,
    ) -> Result<v1beta1::GetBookResponse, Status> {
        let request = v1::GetBookRequest { isbn: request.isbn, ..Default::default() };
        let response = v1::LibraryService::get_book(&*self.0, ctx, request).await?;
        Ok(v1beta1::GetBookResponse { book: response.book.map(older), ..Default::default() })
    }
}

fn older(book: v1::Book) -> v1beta1::Book {
    let names = book.authors.iter().map(|author| format!("{} {}", author.given_name, author.family_name));
    let author = names.collect::<Vec<_>>().join(", ");
    v1beta1::Book { isbn: book.isbn, title: book.title, author, ..Default::default() }
}

#[tokio::main(flavor = "current_thread")]
#[allow(deprecated, reason = "to show an older client")]
async fn main() -> Result<(), Status> {
    let library = Arc::new(Library);
    let server = Server::new()
        .add(v1beta1::LibraryServiceServer::new(Beta(Arc::clone(&library))))
        .add(v1::LibraryServiceServer::from(library))
        .local();

    let client = v1::LibraryServiceClient::new(Channel::local(&server));
    let request = v1::GetBookRequest { isbn: "978-0".into(), ..Default::default() };
    println!("v1: {:?}", client.get_book(request).await?.book());

    let client = v1beta1::LibraryServiceClient::new(Channel::local(&server));
    let request = v1beta1::GetBookRequest { isbn: "978-0".into(), ..Default::default() };
    println!("v1beta1: {:?}", client.get_book(request).await?.book());
    Ok(())
}
