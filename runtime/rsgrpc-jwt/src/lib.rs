//! JSON Web Tokens (RFC 7519) for servers of rsgrpc: an interceptor that lets calls with a valid bearer token
//! through and tells handlers whose it is.
//!
//! ```
//! use rsgrpc::{Context, Server, Status};
//! use rsgrpc_jwt::{Claims, Keys, Verifier};
//!
//! async fn greet(ctx: &Context) -> Result<String, Status> {
//!     let claims = ctx.get::<Claims>().ok_or_else(|| Status::internal("calls are not verified"))?;
//!     Ok(format!("Hello, {}", claims.subject().unwrap_or("stranger")))
//! }
//!
//! # fn example(jwks: &str, renewed: &str) -> Result<(), rsgrpc_jwt::KeysError> {
//! let keys = Keys::from_jwks(jwks)?;
//! let verifier = Verifier::new(keys.clone(), "https://accounts.example.com", "https://shop.example.com");
//! let server = Server::new().intercept(verifier);
//! // Later, when the issuer has changed its keys:
//! keys.replace(renewed)?;
//! # Ok(())
//! # }
//! ```

mod cache;
mod claims;
mod keys;
mod verifier;

pub use claims::Claims;
pub use keys::{Keys, KeysError};
pub use verifier::Verifier;
