use super::*;
use std::future::poll_fn;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

fn connected(room: usize) -> (Io, Flusher, DuplexStream) {
    let (near, far) = duplex(room);
    let (io, flusher) = pair(Box::pin(near), Tally::server());
    (io, flusher, far)
}

/// What has arrived by now.
fn arrived(far: &mut DuplexStream) -> usize {
    let mut bytes = vec![0; 1 << 20];
    let mut buf = ReadBuf::new(&mut bytes);
    let _ = Pin::new(far).poll_read(&mut Context::from_waker(Waker::noop()), &mut buf);
    buf.filled().len()
}

#[tokio::test]
async fn writes_leave_with_the_flusher_alone() {
    let (mut io, mut flusher, mut far) = connected(1 << 20);
    io.write_all(b"one ").await.unwrap();
    io.write_all(b"two").await.unwrap();
    io.flush().await.unwrap();
    assert_eq!(arrived(&mut far), 0);
    poll_fn(|cx| flusher.poll_flush(cx)).await.unwrap();
    assert_eq!(arrived(&mut far), 7);
}

#[tokio::test]
async fn what_is_collected_is_bounded() {
    let (mut io, _flusher, mut far) = connected(1 << 20);
    for _ in 0..10 {
        io.write_all(&[0; COLLECT / 4]).await.unwrap();
    }
    assert_eq!(arrived(&mut far), 2 * COLLECT);
    assert!(lock(&io.0).out.capacity() <= 2 * COLLECT);
    io.write_all(&[0; COLLECT + 1]).await.unwrap();
    assert_eq!(arrived(&mut far), COLLECT / 2 + COLLECT + 1);
    io.write_all(&[0; 100]).await.unwrap();
    io.write_all(&[0; DIRECT + 1]).await.unwrap();
    assert_eq!((arrived(&mut far), lock(&io.0).out.len()), (100 + DIRECT + 1, 0));
}

#[tokio::test]
async fn a_peer_that_does_not_read_stops_writes() {
    let (mut io, mut flusher, mut far) = connected(1000);
    let writing = tokio::spawn(async move { io.write_all(&[7; 3 * COLLECT]).await });
    let mut received = vec![0; 3 * COLLECT];
    let reading = async {
        far.read_exact(&mut received[..2 * COLLECT]).await.unwrap();
        tokio::spawn(async move { poll_fn(|cx| flusher.poll_flush(cx)).await });
        far.read_exact(&mut received[2 * COLLECT..]).await.unwrap();
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), reading).await.unwrap();
    writing.await.unwrap().unwrap();
    assert!(received.iter().all(|byte| *byte == 7));
}

/// A socket like TLS: what it takes leaves when it is flushed, which takes several attempts.
struct Holding {
    socket: DuplexStream,
    held: Vec<u8>,
    attempts: u8,
}

impl AsyncRead for Holding {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Holding {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.held.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.attempts += 1;
        if self.attempts < 3 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Self { socket, held, .. } = &mut *self;
        let written = ready!(Pin::new(socket).poll_write(cx, held))?;
        assert_eq!(written, held.len());
        held.clear();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn what_the_socket_holds_is_flushed_as_well() {
    for size in [100, COLLECT + 1] {
        let (near, mut far) = duplex(1 << 20);
        let (mut io, mut flusher) =
            pair(Box::pin(Holding { socket: near, held: Vec::new(), attempts: 0 }), Tally::server());
        io.write_all(&vec![7; size]).await.unwrap();
        poll_fn(|cx| flusher.poll_flush(cx)).await.unwrap();
        assert_eq!(arrived(&mut far), size);
    }
}

#[tokio::test]
async fn a_frame_of_our_own_goes_between_those_of_h2() {
    let (mut io, mut flusher, mut far) = connected(1 << 20);
    // DATA of three bytes.
    let frame = *b"\0\0\x03\0\0\0\0\0\x01abc";
    io.write_all(&frame[..5]).await.unwrap();
    flusher.insert(b"ours");
    io.write_all(&frame[5..]).await.unwrap();
    flusher.insert(b"+more");
    poll_fn(|cx| flusher.poll_flush(cx)).await.unwrap();
    let mut bytes = [0; 21];
    far.read_exact(&mut bytes).await.unwrap();
    assert_eq!(&bytes[12..], b"ours+more");
}

#[tokio::test]
async fn a_dead_connection_says_why() {
    let (mut io, mut flusher, mut far) = connected(1 << 20);
    far.write_all(b"unread").await.unwrap();
    flusher.fail("no answer".into());
    let errors = [
        io.read(&mut [0; 8]).await.unwrap_err(),
        io.write(b"x").await.unwrap_err(),
        poll_fn(|cx| flusher.poll_flush(cx)).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::TimedOut, "no answer"));
    }
}

#[tokio::test]
async fn answers_do_not_wait_for_a_peer_that_does_not_read() {
    let (mut io, _flusher, mut far) = connected(1000);
    let write =
        |io: &mut Io, bytes: &[u8]| Pin::new(io).poll_write(&mut Context::from_waker(Waker::noop()), bytes);
    while write(&mut io, &[0; 1000]).is_ready() {}
    assert!((COLLECT - 1000..=COLLECT).contains(&lock(&io.0).out.len()));
    // Behind the preface: a PING.
    far.write_all(&[0; 24]).await.unwrap();
    far.write_all(b"\0\0\x08\x06\0\0\0\0\0pingpong").await.unwrap();
    io.read_exact(&mut [0; 41]).await.unwrap();
    while write(&mut io, &[0; 1000]).is_ready() {}
    assert_eq!(lock(&io.0).out.len(), OVERDRAFT);
}

#[tokio::test]
async fn a_turn_reads_so_much_and_no_more() {
    let (mut io, mut flusher, mut far) = connected(1 << 20);
    far.write_all(&[7; 1000]).await.unwrap();
    let mut read = |size: usize| {
        let (mut bytes, woken) = (vec![0; size], Arc::new(AtomicUsize::new(0)));
        let mut buf = ReadBuf::new(&mut bytes);
        let waker = Waker::from(Arc::new(Count(woken.clone())));
        let _ = Pin::new(&mut io).poll_read(&mut Context::from_waker(&waker), &mut buf).map(Result::unwrap);
        (buf.filled().len(), woken.load(Ordering::Relaxed))
    };
    assert_eq!(read(100), (100, 0), "before the first turn there is no limit");
    flusher.begin(300);
    assert_eq!([200, 200, 200, 200].map(&mut read), [(200, 0), (200, 0), (0, 1), (0, 0)]);
    flusher.begin(300);
    assert_eq!(read(1000), (500, 0), "what there is, once");
    flusher.begin(300);
    assert_eq!([200, 200].map(&mut read), [(0, 0); 2]);
    far.write_all(&[7; 10]).await.unwrap();
    assert_eq!(read(200), (0, 0), "the task has been told of it");
    flusher.begin(300);
    assert_eq!(read(200), (10, 0));
}

struct Count(Arc<AtomicUsize>);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn an_idle_buffer_gives_its_memory_back() {
    let (mut io, mut flusher, _far) = connected(1 << 20);
    io.write_all(&[0; 40_000]).await.unwrap();
    assert!(!flusher.can_rest(), "something waits");
    poll_fn(|cx| flusher.poll_flush(cx)).await.unwrap();
    assert!(flusher.can_rest());
    flusher.rest();
    assert!(!flusher.can_rest());
    assert_eq!(lock(&io.0).out.capacity(), 0);
}
