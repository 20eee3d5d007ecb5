//! Processes of our own: a server or a client each, so that its CPU time can be
//! told from that of the other side.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::load::order;
use crate::workload::{Flavor, Workload};

/// A process that serves or calls.
pub struct Process {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a server; gives back its port, too.
    pub fn serve(peer: &str, flavor: Flavor) -> io::Result<(Self, String)> {
        let mut process = Self::start(&["serve", peer, flavor.name()])?;
        let port = process.answer()?;
        Ok((process, port))
    }

    /// Starts a client of the server at `port`.
    pub fn load(peer: &str, flavor: Flavor, port: &str) -> io::Result<Self> {
        Self::start(&["load", peer, flavor.name(), port])
    }

    fn start(args: &[&str]) -> io::Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(orders), Some(answers)) => Ok(Self { child, orders, answers: BufReader::new(answers) }),
            _ => Err(io::Error::other("a process without pipes")),
        }
    }

    /// Lets a client make calls; gives back how many it made, and in which time.
    pub fn order(&mut self, workload: Workload, time: Duration) -> io::Result<(u64, Duration)> {
        writeln!(self.orders, "{}", order(workload, time))?;
        self.orders.flush()?;
        let answer = self.answer()?;
        let mut numbers = answer.split(' ').map(str::parse::<u64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(calls)), Some(Ok(nanos))) => Ok((calls, Duration::from_nanos(nanos))),
            _ => Err(io::Error::other(format!("a client answers {answer:?}"))),
        }
    }

    fn answer(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::Error::other("a process has ended before its time")),
            _ => Ok(line.trim().to_owned()),
        }
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
