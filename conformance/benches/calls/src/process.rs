//! Processes of our own: a server or a client each, so that what one side needs
//! can be told from what the other does.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::call::Call;
use crate::cores::Cores;
use crate::load::{Load, Order};
use crate::peer::cpp;
use crate::setup::Setup;

/// A process that serves or calls. Its end comes with this value's.
pub struct Process {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a server; gives back its port, too.
    pub fn serve(peer: &str, setup: Setup, cores: Cores) -> io::Result<(Self, u16)> {
        let mut process = Self::start(&["serve", peer, &setup.to_string()], cores)?;
        let port = process.answer()?.parse().map_err(|_| io::Error::other("a server without a port"))?;
        Ok((process, port))
    }

    /// Starts a client with connections to the server at `port`; each has made a
    /// call when this returns.
    pub fn load(peer: &str, setup: Setup, cores: Cores, port: u16, connections: usize) -> io::Result<Self> {
        let (setup, port, connections) = (setup.to_string(), port.to_string(), connections.to_string());
        let mut process = Self::start(&["load", peer, &setup, &port, &connections], cores)?;
        process.answer()?;
        Ok(process)
    }

    fn start(args: &[&str], cores: Cores) -> io::Result<Self> {
        let program = match args {
            [role, cpp::NAME, ..] => {
                cpp::program(role).ok_or_else(|| io::Error::other("there is no C++ peer"))?
            }
            _ => env::current_exe()?,
        };
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = cores.while_on(|| command.spawn())?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(orders), Some(answers)) => Ok(Self { child, orders, answers: BufReader::new(answers) }),
            _ => Err(io::Error::other("a process without pipes")),
        }
    }

    /// Lets a client make calls.
    pub fn order(&mut self, order: Order) -> io::Result<Load> {
        self.send(order)?;
        self.receive()
    }

    /// The first half of [`order`](Self::order): the client begins.
    pub fn send(&mut self, order: Order) -> io::Result<()> {
        writeln!(self.orders, "{order}")?;
        self.orders.flush()
    }

    /// The second half: the client has ended.
    pub fn receive(&mut self) -> io::Result<Load> {
        self.answer()?.parse().map_err(io::Error::other)
    }

    /// Lets a client open so many calls on each connection, which stay open.
    pub fn hold(&mut self, call: Call, calls: usize) -> io::Result<()> {
        writeln!(self.orders, "hold {call} {calls}")?;
        self.orders.flush()?;
        self.answer().map(drop)
    }

    /// Lets a client connect, call once and go away, over and over.
    pub fn churn(&mut self, time: Duration) -> io::Result<Load> {
        writeln!(self.orders, "churn {}", time.as_millis())?;
        self.orders.flush()?;
        self.receive()
    }

    fn answer(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::Error::other("a process has ended before its time")),
            _ => Ok(line.trim().to_owned()),
        }
    }

    /// The memory that is the process's own and resident, in bytes.
    pub fn memory(&self) -> io::Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let sizes = text.lines().filter(|line| line.starts_with("Private_"));
        let kilobytes = sizes.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        Ok(kilobytes.sum::<u64>() * 1024)
    }

    /// The CPU time that the process has used, of all its threads.
    #[allow(unsafe_code, reason = "no safe call tells the CPU time of another process to the nanosecond")]
    pub fn cpu(&self) -> io::Result<Duration> {
        let pid = libc::pid_t::try_from(self.child.id()).map_err(io::Error::other)?;
        let mut clock = 0;
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: both take numbers and fill what they are given.
        let failed = unsafe {
            libc::clock_getcpuclockid(pid, &mut clock) != 0 || libc::clock_gettime(clock, &mut time) != 0
        };
        if failed {
            return Err(io::Error::last_os_error());
        }
        Ok(Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0)))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
