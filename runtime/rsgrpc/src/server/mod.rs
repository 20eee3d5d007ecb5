//! Serving: accept connections, one task each; stop gracefully, within a limit.

mod accept;
mod bound;
mod call;
mod calls;
mod connection;
mod flood;
mod guard;
mod handle;
mod handshake;
mod interceptor;
mod lifetime;
mod linger;
mod listener;
mod load;
mod lobby;
mod logging;
#[cfg(feature = "tower")]
mod mounted;
mod outcome;
mod panic;
mod reply;
mod service;
mod signal;

pub use call::Call;
pub use handle::ServerHandle;
pub use interceptor::{Interceptor, Next};
pub use linger::OnCancel;
pub use listener::{Listen, Listener};
pub use logging::Logging;
#[cfg(feature = "tower")]
pub(crate) use mounted::Mounted;
pub use outcome::Outcome;
pub use service::{CallFuture, Service};

use crate::compression::Compression;
use crate::frame::RECEIVE_LIMIT;
use crate::status::Status;
#[cfg(feature = "_tls")]
use crate::tls::ServerTls;
use crate::transport::http2::{Settings, Windows};
use crate::transport::{Keepalive, KeepaliveEnforcement, Local, Peer, Socket};
use connection::{Orders, Stage};
use foldhash::fast::RandomState;
use handshake::{Failed, Handshake};
use hashbrown::HashSet;
use lifetime::Lifespan;
use linger::{Handlers, Policies};
use load::Load;
use lobby::Lobby;
use service::{Services, Shared};
use std::fmt;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long connections get to tell their peers that they are closed, beyond the grace of a shutdown.
const FAREWELL: Duration = Duration::from_secs(2);

/// The pause after the system had no resources for a connection, file descriptors usually.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A gRPC server.
///
/// ```no_run
/// # async fn serve(greeter: impl rsgrpc::Service) -> std::io::Result<()> {
/// use rsgrpc::{Logging, Server};
///
/// Server::new()
///     .add(greeter)
///     .intercept(Logging::stderr())
///     .serve("[::1]:50051")
///     .await
/// # }
/// ```
///
/// Handlers run in the task of their connection, which is what makes small calls cheap. A handler must not
/// block, as anywhere on tokio; one that merely computes is moved to a task of its own when it is found to
/// take long.
#[must_use = "a server does nothing until it serves"]
pub struct Server {
    services: Services,
    settings: Settings,
    receive_limit: usize,
    compression: Compression,
    own_tasks: HashSet<String, RandomState>,
    lifespan: Lifespan,
    max_connections: usize,
    orders: Arc<watch::Sender<Orders>>,
    on_cancel: Policies,
    #[cfg(feature = "_tls")]
    tls: Option<ServerTls>,
    failed: Option<Failed>,
}

impl Server {
    /// A server without services.
    pub fn new() -> Self {
        Self {
            services: Services::default(),
            settings: Settings::default(),
            receive_limit: RECEIVE_LIMIT,
            compression: Compression::new(),
            own_tasks: HashSet::default(),
            lifespan: Lifespan::default(),
            max_connections: usize::MAX,
            orders: Arc::default(),
            on_cancel: Policies::default(),
            #[cfg(feature = "_tls")]
            tls: None,
            failed: None,
        }
    }

    /// Offers a service.
    ///
    /// # Panics
    /// There is a service of that name already.
    #[expect(clippy::should_implement_trait, reason = "the word for it, and a server is no sum")]
    pub fn add(mut self, service: impl Service) -> Self {
        let name = service.name();
        assert!(self.services.add(service), "the service {name} was added twice");
        self
    }

    /// Lets an interceptor see all calls. The first one added sees a call first and its outcome last.
    pub fn intercept(mut self, interceptor: impl Interceptor) -> Self {
        self.services.intercept(Box::new(interceptor));
        self
    }

    /// The largest message that is accepted, decompressed, in bytes; 4 MiB by default. A larger one fails its
    /// call with RESOURCE_EXHAUSTED.
    pub fn receive_limit(mut self, bytes: usize) -> Self {
        self.receive_limit = bytes;
        self
    }

    /// How responses are compressed, and in which encodings requests may be: by default in all that are
    /// compiled in, while responses are not compressed. See [`compression`](crate::compression).
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Calls that a connection may have at a time; 1024 by default. Clients know and wait.
    pub fn max_concurrent_calls(mut self, calls: u32) -> Self {
        self.settings.max_concurrent_streams = calls;
        self
    }

    /// The largest header list of a request, in bytes of names and values and 32 for each header; 16 KiB by
    /// default. A larger one is answered with HTTP status 431.
    pub fn max_header_list_size(mut self, bytes: u32) -> Self {
        self.settings.max_header_list_size = bytes;
        self
    }

    /// Fixes what a client may send on one call, and on all calls of a connection together, before it is read,
    /// in bytes; at most 2^31 - 1.
    ///
    /// By default a call's begins with 1 MiB and grows up to 16 MiB where a fast and distant client needs it; a
    /// connection's is 64 MiB. As many handlers as fit between the two may leave their requests unread without
    /// holding up the other calls of the connection.
    pub fn windows(mut self, stream: u32, connection: u32) -> Self {
        self.settings.windows = Windows::fixed(stream, connection);
        self
    }

    /// When a client that has been silent for `time` is pinged, and how long after that the connection is taken
    /// for dead; 2 hours and 20 s by default (gRFC A9). At least 1 s; [`Duration::MAX`] for never.
    ///
    /// `timeout` is also the longest that what was sent may wait for the acknowledgement of TCP
    /// (`TCP_USER_TIMEOUT`, on Linux; gRFC A18).
    pub fn keepalive(mut self, time: Duration, timeout: Duration) -> Self {
        let time = time.max(Duration::from_secs(1));
        self.settings.keepalive = Keepalive { time, timeout, ..self.settings.keepalive };
        self
    }

    /// How often clients may ping.
    pub fn keepalive_enforcement(mut self, enforcement: KeepaliveEnforcement) -> Self {
        self.settings.enforcement = enforcement;
        self
    }

    /// Closes connections that have no calls for so long; never by default (gRFC A9). A client that wants to
    /// call again connects again.
    pub fn max_connection_idle(mut self, idle: Duration) -> Self {
        self.lifespan.idle = idle;
        self
    }

    /// Closes connections of this age, give or take a tenth of it; never by default (gRFC A9). So clients behind
    /// a load balancer spread anew. Calls that run have `grace` to end, and end as UNAVAILABLE after that.
    pub fn max_connection_age(mut self, age: Duration, grace: Duration) -> Self {
        self.lifespan = Lifespan { age, grace, ..self.lifespan };
        self
    }

    /// Connections at a time; not limited by default. More wait in the backlog of the operating system.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Runs all calls of a method in tasks of their own, because its handler computes for long. The path is
    /// `/package.Service/Method`.
    pub fn own_task(mut self, path: impl Into<String>) -> Self {
        self.own_tasks.insert(path.into());
        self
    }

    /// What can be done to the server once it serves.
    pub fn handle(&self) -> ServerHandle {
        ServerHandle::new(self.orders.clone())
    }

    /// Does TLS on all connections, and refuses those that do not.
    #[cfg(feature = "_tls")]
    pub fn tls(mut self, tls: ServerTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Tells of connections that do not come about: what does not speak TLS or HTTP/2, shows a certificate
    /// that is not accepted, or takes longer than 20 s. Many say nothing but that somebody looked at the port.
    ///
    /// ```
    /// # let server = rsgrpc::Server::new();
    /// let server = server.on_failed_handshake(|peer, status| eprintln!("{peer}: {status}"));
    /// ```
    pub fn on_failed_handshake(mut self, tell: impl Fn(&Peer, &Status) + Send + Sync + 'static) -> Self {
        self.failed = Some(Box::new(tell));
        self
    }

    /// What becomes of handlers whose calls are over before them; they are dropped by default.
    pub fn on_cancel(mut self, on_cancel: OnCancel) -> Self {
        self.on_cancel.all = on_cancel;
        self
    }

    /// As [`on_cancel`](Self::on_cancel), for one method. The path is `/package.Service/Method`.
    pub fn on_cancel_of(mut self, path: impl Into<String>, on_cancel: OnCancel) -> Self {
        self.on_cancel.methods.insert(path.into(), on_cancel);
        self
    }

    /// Serves until the process ends. `on` is an address such as `[::1]:50051` or `unix:/run/shop`, or a
    /// listener that is bound already.
    ///
    /// # Errors
    /// The address cannot be bound, or the configuration of TLS cannot be used.
    pub async fn serve(self, on: impl Listen) -> io::Result<()> {
        self.serve_with_shutdown(on, std::future::pending(), Duration::ZERO).await
    }

    /// Serves until `stop` is ready. Then no connection and no call is accepted any more; calls that run have
    /// `grace` to end, and end as UNAVAILABLE after that. Handlers that go on after their call
    /// ([`OnCancel`]) have the same grace.
    ///
    /// ```no_run
    /// # async fn serve(server: rsgrpc::Server) -> std::io::Result<()> {
    /// use std::time::Duration;
    ///
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// println!("on {}", listener.local_addr()?);
    /// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// let stopped = async { drop(stopped.await) };
    /// server.serve_with_shutdown(listener, stopped, Duration::from_secs(30)).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`serve`](Self::serve).
    pub async fn serve_with_shutdown(
        self,
        on: impl Listen,
        stop: impl Future<Output = ()>,
        grace: Duration,
    ) -> io::Result<()> {
        let mut listener = on.listen().await?;
        if self.settings.keepalive.time < Duration::MAX {
            listener.user_timeout(self.settings.keepalive.timeout);
        }
        let (orders, max_connections) = (self.orders.clone(), self.max_connections);
        let enter = |stage| orders.send_modify(|orders| orders.stage = stage);
        let (handshake, shared) = self.share(orders.subscribe());
        handshake.check()?;
        let handshake = Arc::new(handshake);
        let mut connections = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                accepted = listener.accept(), if connections.len() < max_connections => match accepted {
                    Ok((socket, peer)) => {
                        let (handshake, shared) = (handshake.clone(), shared.clone());
                        connections.spawn(async move {
                            let _ = connect(socket, peer, &handshake, shared).await;
                        });
                    }
                    Err(error) if listener::is_passing(&error) => {}
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                () = &mut stop => break,
            }
        }
        drop(listener);
        enter(Stage::Draining);
        if timeout(grace, join(&mut connections, &shared)).await.is_err() {
            enter(Stage::Closing);
            // What does not end by itself now is stuck in a handler that blocks its thread.
            let _ = timeout(FAREWELL, join(&mut connections, &shared)).await;
        }
        Ok(())
    }

    /// Serves one connection that exists already, over anything that carries bytes both ways, until it ends.
    ///
    /// ```
    /// # async fn serve(server: rsgrpc::Server) -> Result<(), rsgrpc::Status> {
    /// use rsgrpc::Peer;
    ///
    /// let (near, far) = tokio::io::duplex(64 * 1024);
    /// // A client gets `far`; see `ChannelBuilder::connect_with`.
    /// server.serve_connection(near, Peer::unnamed()).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// The client has not got as far as to make calls.
    pub async fn serve_connection<S>(self, socket: S, peer: Peer) -> Result<(), Status>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + 'static,
    {
        let orders = self.orders.clone();
        let (handshake, shared) = self.share(orders.subscribe());
        let served = connect(socket, peer, &handshake, shared.clone()).await;
        shared.handlers.ended().await;
        served
    }

    /// Serves calls from within this process, without sockets and HTTP/2: for tests, and for services that
    /// live in one process. A client connects to what this gives. Serving ends when the last client is gone.
    ///
    /// # Panics
    /// There is no tokio runtime around.
    #[must_use = "serving ends when this is dropped"]
    pub fn local(self) -> Local {
        let calls = usize::try_from(self.settings.max_concurrent_streams).unwrap_or(usize::MAX);
        let (local, incoming) = Local::pair(calls);
        let (sender, orders) = watch::channel(Orders::default());
        let (_, shared) = self.share(orders);
        tokio::spawn(async move {
            connection::serve(incoming, shared.clone()).await;
            shared.handlers.ended().await;
            // Kept until here, so that the orders never change.
            drop(sender);
        });
        local
    }

    fn share(self, orders: watch::Receiver<Orders>) -> (Handshake, Arc<Shared>) {
        let runtime = Handle::try_current();
        let threads = runtime.is_ok_and(|runtime| runtime.runtime_flavor() != RuntimeFlavor::CurrentThread);
        let load = Load::new(self.own_tasks, threads);
        let handshake = Handshake {
            settings: self.settings,
            #[cfg(feature = "_tls")]
            tls: self.tls,
            failed: self.failed,
            lobby: Lobby::default(),
        };
        let Self { services, receive_limit, compression, on_cancel, lifespan, .. } = self;
        let handlers = Handlers::default();
        let shared =
            Shared { services, load, receive_limit, compression, on_cancel, handlers, lifespan, orders };
        (handshake, Arc::new(shared))
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("services", &self.services).finish_non_exhaustive()
    }
}

/// Serves a connection from its handshake on.
async fn connect(
    socket: impl Socket + 'static,
    peer: Peer,
    handshake: &Handshake,
    shared: Arc<Shared>,
) -> Result<(), Status> {
    let mut orders = shared.orders.clone();
    let incoming = tokio::select! {
        // Aside, so that its memory is not kept for the life of the connection: 5 kB.
        shaken = Box::pin(handshake.run(socket, peer)) => shaken?,
        // A connection that has not begun has nothing to finish.
        _ = orders.wait_for(|orders| orders.stage > Stage::Serving) => return Ok(()),
    };
    connection::serve(incoming, shared).await;
    Ok(())
}

async fn join(connections: &mut JoinSet<()>, shared: &Shared) {
    while connections.join_next().await.is_some() {}
    shared.handlers.ended().await;
}
